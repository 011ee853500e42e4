"""Edits that a model proposes in a chat, over the wire: offered in the file, taken by change, answered to the model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.host import Exchange, FakeHost
from tests.fakes.lsp_client import Buffer, Message
from tests.lsp.chat_client import ChatClient, Sending, answered, call

SHOP = "TAX = 0.19\n\n\ndef net(gross):\n    return gross\n"
NEW = SHOP.replace("0.19", "0.2").replace("return gross", "return gross / 1.2")
EDIT = {"path": "shop.py", "old_text": SHOP, "new_text": NEW}


class Scene:
    """A chat whose model proposes to change the file."""

    def __init__(self, client: ChatClient, host: FakeHost) -> None:
        self.client, self.host = client, host
        self.file = client.root / "shop.py"
        self.file.write_text(SHOP)
        self.shows = True
        client.answers["window/showDocument"] = self._show

    @property
    def uri(self) -> str:
        return self.file.as_uri()

    @property
    def buffer(self) -> Buffer:
        return self.client.buffers[self.uri]

    def open(self) -> Buffer:
        return self.client.open(self.uri, self.file.read_text())

    def _show(self, message: Message) -> None:
        """As an editor does: a file of the user's is opened for good, others only to be looked at."""
        uri = message["params"]["uri"]
        is_ours = uri == self.uri
        self.client.send({"id": message["id"], "result": {"success": self.shows or not is_ours}})
        if is_ours and self.shows and uri not in self.client.buffers:
            self.open()

    async def begun(self, edit: Message) -> tuple[str, Sending]:
        self.chat = await self.client.create()
        sending = self.client.sending(self.chat, "Raise it")
        await call(await self.host.request(), ("c1", "edit_file", edit))
        return self.chat, sending

    async def proposed(self, edit: Message = EDIT) -> tuple[Sending, Message]:
        """The send, and the question."""
        _, sending = await self.begun(edit)
        return sending, await sending.part("toolCall", needsApproval=True)

    async def told(self, sending: Sending) -> str:
        """What the model hears, and the end of the send."""
        request: Exchange = await self.host.request()
        await answered(request, "Done.")
        await sending.answer
        return str(request.json["messages"][-1]["content"])

    async def decide(self, asked: Message, decision: str) -> None:
        decided = {"chatId": self.chat, "callId": asked["callId"], "decision": decision}
        await self.client.request("lsp-llm/chat/approveTool", decided)

    async def pick(self, title: str, line: int = 0) -> None:
        place = {"line": line, "character": 0}
        params = {
            "textDocument": {"uri": self.uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        }
        found = await self.client.request("textDocument/codeAction", params)
        command = next(action["command"] for action in found if action["title"] == title)
        await self.client.request(
            "workspace/executeCommand", {"command": command["command"], "arguments": command["arguments"]}
        )

    async def becomes(self, text: str) -> None:
        await self.client.until(lambda: self.uri in self.client.buffers and self.buffer.text == text, repr(text))


@pytest.fixture
async def scene(tmp_path: Path) -> Any:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        scene = Scene(client, host)
        scene.open()
        yield scene


@pytest.mark.parametrize("decision", ["allow", "deny"])
async def test_a_panel_decides_on_the_whole(scene: Scene, decision: str) -> None:
    sending, asked = await scene.proposed()
    assert json.loads(asked["arguments"])["new_text"] == NEW
    await scene.client.until(lambda: scene.client.asked("window/showDocument") == 1, "the difference")
    assert scene.buffer.text == SHOP, "nothing before the user's word"
    await scene.decide(asked, decision)
    said = await scene.told(sending)
    assert ("accepted the change" if decision == "allow" else "declined the change") in said
    assert scene.buffer.text == (NEW if decision == "allow" else SHOP)
    if decision == "allow":
        await scene.client.command("restore", {"jobId": asked["callId"]})
        await scene.becomes(SHOP)


async def test_the_file_has_the_answer_change_by_change(scene: Scene) -> None:
    sending, asked = await scene.proposed()
    await scene.pick("LLM: accept this change", 4)
    await scene.becomes(SHOP.replace("return gross", "return gross / 1.2"))
    await scene.pick("LLM: drop this change", 0)
    said = await scene.told(sending)
    assert "accepted a part of it; shop.py has that now. Not taken:\n-TAX = 0.19\n+TAX = 0.2" in said
    assert sending.parts[-1]["kind"] == "text"
    assert [part["callId"] for part in sending.parts if part.get("needsApproval") is False] == ["c1", asked["callId"]]


@pytest.mark.parametrize(("title", "said"), [("LLM: accept", "accepted the"), ("LLM: restore original", "declined")])
async def test_the_file_has_the_answer_for_all(scene: Scene, title: str, said: str) -> None:
    sending, _ = await scene.proposed()
    await scene.pick(title)
    assert said in await scene.told(sending)


async def test_a_change_that_is_granted_is_made_in_the_file_that_is_opened_for_it(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"approve": "always"}) as client:
        scene = Scene(client, host)
        _, sending = await scene.begun(EDIT)
        assert "was made without asking, as the user has allowed; shop.py has it now" in await scene.told(sending)
        assert scene.buffer.text == NEW
        assert scene.client.asked("window/showDocument") == 1, "no difference is shown"
        await scene.client.command("restore", {"uri": scene.uri})
        await scene.becomes(SHOP)


async def test_a_new_file(scene: Scene) -> None:
    scene.file = scene.client.root / "pkg" / "new.py"
    sending, asked = await scene.proposed({"path": "pkg/new.py", "new_text": "x = 1\n"})
    assert scene.buffer.text == ""
    await scene.decide(asked, "allow")
    assert "accepted" in await scene.told(sending)
    assert scene.buffer.text == "x = 1\n"


async def test_an_editor_that_does_not_show_the_file_tells_the_user_to_open_it(scene: Scene) -> None:
    scene.client.close(scene.buffer)
    scene.shows = False
    _, sending = await scene.begun(EDIT)
    await scene.client.until(lambda: f"LLM: open {scene.file}" in scene.client.messages())
    scene.open()
    asked = await sending.part("toolCall", needsApproval=True)
    await scene.decide(asked, "allow")
    assert "accepted" in await scene.told(sending)


async def test_a_stopped_send_takes_its_offer_along(scene: Scene) -> None:
    sending, _ = await scene.proposed()
    await scene.client.request("lsp-llm/chat/cancel", {"chatId": scene.chat})
    assert (await sending.answer)["finishReason"] == "cancelled"
    with pytest.raises(Exception, match="nothing to accept"):
        await scene.client.command("accept")
    assert scene.buffer.text == SHOP


async def test_an_offer_waits_for_its_document_to_be_opened_again(scene: Scene) -> None:
    """VS Code shows the difference in the tab of the file, where that was a preview, and closes the file."""
    sending, asked = await scene.proposed()
    scene.client.close(scene.buffer)
    scene.open()
    await scene.pick("LLM: accept this change", 0)
    await scene.becomes(SHOP.replace("0.19", "0.2"))
    await scene.decide(asked, "allow")
    assert "accepted the change" in await scene.told(sending)
    assert scene.buffer.text == NEW


async def test_a_yes_opens_a_closed_document_again(scene: Scene) -> None:
    sending, asked = await scene.proposed()
    scene.client.close(scene.buffer)
    await scene.decide(asked, "allow")
    assert "accepted the change" in await scene.told(sending)
    assert scene.buffer.text == NEW


async def test_nothing_is_done_in_a_text_that_changed_while_it_was_closed(scene: Scene) -> None:
    sending, asked = await scene.proposed()
    scene.client.close(scene.buffer)
    scene.file.write_text("other\n")
    await scene.decide(asked, "allow")
    assert "changed while it was closed" in await scene.told(sending)
    assert scene.buffer.text == "other\n"
    assert any("changed while it was closed" in message for message in scene.client.messages())
