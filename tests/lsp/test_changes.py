from __future__ import annotations

import asyncio
import json
import stat
from pathlib import Path

import pytest

from lsp_llm.lsp.changes import CHANGED, changed_text, write
from lsp_llm.tools.base import Outcome, Proposal
from tests.fakes.host import FakeHost
from tests.lsp.chat_client import ChatClient, answered, call

EDIT = {"path": "shop.py", "old_text": "0.19", "new_text": "0.2"}


def proposal(path: Path, text: str | None, replacement: str = "new") -> Proposal:
    return Proposal(path.as_posix(), text, 0, len(text or ""), replacement)


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "run.sh"
    path.write_text("old")
    path.chmod(0o754)
    assert write(proposal(path, "old")) == Outcome("accepted")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o754)
    assert [each.name for each in tmp_path.iterdir()] == ["run.sh"]


def test_a_new_file_comes_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b.txt"
    assert write(proposal(path, None)) == Outcome("accepted")
    assert path.read_text() == "new"


@pytest.mark.parametrize(("there", "meant"), [("other", "old"), (None, "old"), ("other", None)])
def test_another_text_than_was_meant_is_left_alone(tmp_path: Path, there: str | None, meant: str | None) -> None:
    path = tmp_path / "f"
    if there is not None:
        path.write_text(there)
    assert write(proposal(path, meant)) == Outcome("failed", CHANGED)
    assert (path.read_text() if path.exists() else None) == there


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("a file where a folder would be")
    assert write(proposal(tmp_path / "f" / "g", None)).decision == "failed"
    assert [each.name for each in tmp_path.iterdir()] == ["f"]


def test_the_changed_text() -> None:
    assert changed_text(Proposal("p", "abc", 1, 2, "X")) == "aXc"
    assert changed_text(Proposal("p", None, 0, 0, "X")) == "X"


@pytest.mark.parametrize("decision", ["allow", "deny"])
async def test_an_edit_of_an_open_document_is_the_users_to_accept(tmp_path: Path, decision: str) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        buffer = client.open((client.root / "shop.py").as_uri(), "TAX = 0.19\n")
        chat = await client.create()
        sending = client.sending(chat, "Raise it")
        await call(await host.request(), ("c1", "edit_file", EDIT))
        asked = await sending.part("toolCall", needsApproval=True)
        assert json.loads(asked["arguments"])["new_text"] == "0.2"
        assert buffer.text == "TAX = 0.19\n", "nothing before the user's word"
        await client.until(lambda: client.asked("window/showDocument") == 1, "the difference")
        decided = {"chatId": chat, "callId": asked["callId"], "decision": decision}
        await client.request("lsp-llm/chat/approveTool", decided)
        request = await host.request()
        said = "accepted the change" if decision == "allow" else "declined the change"
        assert said in request.json["messages"][-1]["content"]
        assert buffer.text == ("TAX = 0.2\n" if decision == "allow" else "TAX = 0.19\n")
        await answered(request, "Done.")
        await sending.answer


async def test_a_file_that_is_not_open_is_changed_on_the_disk(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"approve": "always"}) as client:
        (client.root / "shop.py").write_text("TAX = 0.19\n")
        sending = client.sending(await client.create(), "Raise it")
        await call(await host.request(), ("c1", "edit_file", EDIT))
        await answered(await host.request(), "Done.")
        await sending.answer
        assert (client.root / "shop.py").read_text() == "TAX = 0.2\n"


async def test_an_editor_that_refuses_is_told_to_the_model(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"approve": "always"}) as client:
        client.open((client.root / "shop.py").as_uri(), "TAX = 0.19\n")

        def refuse(message: dict[str, object]) -> None:
            client.send({"id": message["id"], "result": {"applied": False, "failureReason": "read-only"}})

        client.answers["workspace/applyEdit"] = refuse
        sending = client.sending(await client.create(), "Raise it")
        await call(await host.request(), ("c1", "edit_file", EDIT))
        request = await host.request()
        assert "could not be made" in request.json["messages"][-1]["content"]
        assert "read-only" in request.json["messages"][-1]["content"]
        await answered(request, "Sorry.")
        await asyncio.wait_for(sending.answer, 20)
