"""What a user may do with an answer: one edit, a preview, single changes, asking again, walking among answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import Buffer, LspClient, Refusal, host_options

URI = "file:///project/list.txt"
SOURCE = "one\ntwo\nthree\nfour\nfive\n"
ALL = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 0}}
ANSWER = "ONE\ntwo\nthree\nFOUR\nfive\n"


class Scene:
    """A client with a document, and a host that answers."""

    def __init__(self, client: LspClient, host: FakeHost, buffer: Buffer) -> None:
        self.client = client
        self.host = host
        self.buffer = buffer

    async def answered(self, text: str, job: dict[str, Any]) -> str:
        exchange = await self.host.request()
        for at in range(0, len(text), 5):
            await exchange.say(text[at : at + 5])
        await exchange.done()
        assert (await self.client.ended(job["jobId"]))["kind"] == "finished"
        return job["jobId"]

    async def replace(self, text: str, **more: Any) -> str:
        job = await self.client.command("replace", {"uri": URI, "range": ALL, **more})
        return await self.answered(text, job)

    async def becomes(self, text: str) -> None:
        await self.client.until(lambda: self.buffer.text == text, f"{text!r}")

    async def titles(self, line: int) -> dict[str, Any]:
        place = {"line": line, "character": 0}
        params = {"textDocument": {"uri": URI}, "range": {"start": place, "end": place}, "context": {"diagnostics": []}}
        found = await self.client.request("textDocument/codeAction", params)
        return {action["title"]: action["command"] for action in found}

    async def pick(self, title: str, line: int = 0) -> Any:
        command = (await self.titles(line))[title]
        params = {"command": command["command"], "arguments": command["arguments"]}
        return await self.client.request("workspace/executeCommand", params)


@pytest.fixture
async def scene() -> Any:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        yield Scene(client, host, client.open(URI, SOURCE))


def applied(client: LspClient) -> int:
    return sum(request["method"] == "workspace/applyEdit" for request in client.requests)


def shown_text(uri: str) -> str:
    return Path(uri.removeprefix("file://")).read_text()


async def test_atomic_is_one_edit_at_the_end(scene: Scene) -> None:
    await scene.replace(ANSWER, mode="atomic")
    assert scene.buffer.text == ANSWER
    assert applied(scene.client) == 1


async def test_a_preview_changes_nothing_until_it_is_taken(scene: Scene) -> None:
    await scene.replace(ANSWER, mode="preview")
    assert applied(scene.client) == 0
    shown = next(item for item in scene.client.requests if item["method"] == "window/showDocument")
    text = shown_text(shown["params"]["uri"])
    assert "-one\n+ONE\n" in text
    assert "change 2" in text
    await scene.pick("LLM: accept")
    await scene.becomes(ANSWER)
    await scene.pick("LLM: restore original", 3)
    await scene.becomes(ANSWER.replace("FOUR", "four"))


async def test_a_preview_is_taken_and_dropped_by_change(scene: Scene) -> None:
    await scene.replace(ANSWER, mode="preview")
    await scene.pick("LLM: accept this change", 3)
    await scene.becomes(SOURCE.replace("four", "FOUR"))
    await scene.pick("LLM: drop this change", 0)
    assert "LLM: accept this change" not in await scene.titles(0)
    assert scene.buffer.text == SOURCE.replace("four", "FOUR")


async def test_one_change_of_a_finished_job_is_put_back(scene: Scene) -> None:
    job = await scene.replace(ANSWER)
    await scene.client.command("restore", {"jobId": job, "hunk": 2})
    await scene.becomes(ANSWER.replace("FOUR", "four"))
    await scene.client.command("restore", {"jobId": job})
    await scene.becomes(SOURCE)


async def test_what_was_accepted_is_not_restored(scene: Scene) -> None:
    await scene.replace(ANSWER)
    await scene.pick("LLM: accept")
    with pytest.raises(Refusal, match="nothing to restore"):
        await scene.client.command("restore")
    assert scene.buffer.text == ANSWER


async def test_a_retry_keeps_the_former_answer_until_its_first_text_and_asks_for_the_original(scene: Scene) -> None:
    await scene.replace(ANSWER, query="shout")
    job = await scene.client.command("retry", {"query": "whisper"})
    exchange = await scene.host.request()
    asked = exchange.json["messages"][-1]["content"]
    assert "whisper" in asked
    assert "four" in asked
    assert "FOUR" not in asked
    assert scene.buffer.text == ANSWER
    await exchange.say("uno\ntwo\nthree\nfour\nfive\n")
    await exchange.done()
    await scene.client.ended(job["jobId"])
    assert scene.buffer.text == SOURCE.replace("one", "uno")
    await scene.client.command("restore")
    await scene.becomes(SOURCE)


async def test_a_retry_that_fails_leaves_the_former_answer(scene: Scene) -> None:
    await scene.replace(ANSWER)
    job = await scene.client.command("retry")
    await (await scene.host.request()).answer(404, {"error": {"message": "gone"}})
    assert (await scene.client.ended(job["jobId"]))["kind"] == "failed"
    assert scene.buffer.text == ANSWER
    await scene.client.command("restore")
    await scene.becomes(SOURCE)


async def test_one_walks_among_the_answers_of_retries(scene: Scene) -> None:
    await scene.replace(ANSWER)
    other = SOURCE.replace("two", "TWO")
    await scene.answered(other, await scene.client.command("retry"))
    assert scene.buffer.text == other
    await scene.client.command("alternative", {"step": -1})
    await scene.becomes(ANSWER)
    await scene.client.command("alternative", {"step": 1})
    await scene.becomes(other)
    await scene.client.command("restore")
    await scene.becomes(SOURCE)


async def test_a_job_over_the_text_of_another_is_restored_to_it_and_then_to_the_original(scene: Scene) -> None:
    await scene.replace(ANSWER)
    await scene.replace(ANSWER.replace("ONE", "EINS"))
    await scene.client.command("restore")
    await scene.becomes(ANSWER)
    await scene.client.command("restore")
    await scene.becomes(SOURCE)


async def test_restore_survives_the_server(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    async with FakeHost() as host:
        async with LspClient(options=host_options(host.base_url), environ=environ) as client:
            scene = Scene(client, host, client.open(URI, SOURCE))
            await scene.replace(ANSWER)
        async with LspClient(environ=environ) as client:
            buffer = client.open(URI, ANSWER)
            await client.command("restore")
            await client.until(lambda: buffer.text == SOURCE)
        async with LspClient(environ=environ) as client:
            client.open(URI, ANSWER + "changed since\n")
            with pytest.raises(Refusal, match="nothing to restore"):
                await client.command("restore")


async def test_a_preview_outlives_a_close_and_comes_back_on_the_same_text(scene: Scene) -> None:
    job = await scene.replace(ANSWER, mode="preview")
    scene.client.close(scene.buffer)
    scene.buffer = scene.client.open(URI, SOURCE)
    await scene.pick("LLM: accept this change", 3)
    await scene.becomes(SOURCE.replace("four", "FOUR"))
    await scene.client.command("accept", {"jobId": job})
    await scene.becomes(ANSWER)


async def test_accepting_a_preview_of_a_closed_document_opens_it(scene: Scene) -> None:
    await scene.replace(ANSWER, mode="preview")
    scene.client.close(scene.buffer)
    await scene.client.command("accept")
    # This client shows nothing, so the user is told.
    await scene.client.until(lambda: "LLM: open /project/list.txt" in scene.client.messages())
    assert applied(scene.client) == 0
    scene.buffer = scene.client.open(URI, SOURCE)
    await scene.becomes(ANSWER)


async def test_a_preview_does_not_come_back_on_another_text(scene: Scene) -> None:
    await scene.replace(ANSWER, mode="preview")
    scene.client.close(scene.buffer)
    scene.client.open(URI, SOURCE + "six\n")
    await scene.client.until(lambda: any("changed while it was closed" in said for said in scene.client.messages()))
    with pytest.raises(Refusal, match="nothing to accept"):
        await scene.client.command("accept")
