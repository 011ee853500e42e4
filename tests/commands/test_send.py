"""`lsp-llm.send`, from the command to the text: a real server in a child process, a real HTTP host."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.text.edits import Edit
from tests.fakes.chats import HELLO, NEXT, asked, call_tool, chat_uri, typed, without_comments
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Message, Refusal, host_options
from tests.lsp.chat_client import PICKING


async def test_the_answer_comes_above_the_next_turn_that_the_user_types_meanwhile(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        assert asked(exchange) == [("user", "Hello")]
        await exchange.say("Hi")
        await client.until(lambda: buffer.text == f"{HELLO.rstrip()}\n\n## Assistant (m)\n\nHi{NEXT}", "the first text")
        client.type(buffer, typed(buffer, "And "))
        await exchange.say(" there.\n\n## User\n\nnot a turn")
        client.type(buffer, typed(buffer, "now?\n"))
        await exchange.done()
        assert (await client.ended(job["jobId"]))["kind"] == "finished"
        answer = "Hi there.\n\n\\## User\n\nnot a turn"
        first = f"{HELLO.rstrip()}\n\n## Assistant (m)\n\n{answer}"
        assert without_comments(buffer.text) == f"{first}{NEXT}And now?\n"

        await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        said = [("user", "Hello"), ("assistant", "Hi there.\n\n## User\n\nnot a turn"), ("user", "And now?")]
        assert asked(exchange) == said
        await exchange.say("Yes.")
        await exchange.done()
        await client.until(lambda: without_comments(buffer.text).endswith(f"Yes.{NEXT}"), "the second answer")


async def test_what_is_typed_before_the_first_text_is_the_next_turn(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        client.type(buffer, typed(buffer, "next\n"))
        await exchange.say("Hi")
        await exchange.done()
        await client.ended(job["jobId"])
        text = without_comments(buffer.text)
        assert text == f"{HELLO.rstrip()}\n\n## Assistant (m)\n\nHi{NEXT}next\n"


@pytest.mark.parametrize(
    ("text", "said"), [("Hello", 'begin your turn with a line "## User"'), ("## User\n", "below the last heading")]
)
async def test_who_has_said_nothing_is_told_how_to(tmp_path: Path, text: str, said: str) -> None:
    async with LspClient(root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        with pytest.raises(Refusal, match=f"nothing to answer: .*{said}"):
            await client.command("send", {"uri": buffer.uri})


async def test_a_failure_before_the_first_text_leaves_the_document_as_it_was(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.answer(401, {"error": {"message": "no"}})
        assert (await client.ended(job["jobId"]))["kind"] == "failed"
        assert buffer.text == HELLO
        await client.command("send", {"uri": buffer.uri})
        await (await host.request()).say("x")
        await client.until(lambda: "## Assistant" in buffer.text)


async def test_deleting_the_answer_stops_it(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Half")
        await client.until(lambda: "Half" in buffer.text)
        end = HELLO.rstrip()
        client.type(buffer, Edit(len(end), buffer.document.length, "\n"))
        await exchange.closed()
        assert (await client.ended(job["jobId"]))["kind"] == "cancelled"
        assert buffer.text == f"{end}\n"


async def test_line_ends_stay_those_of_the_document(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        text = HELLO.replace("\n", "\r\n")
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        for delta in ("a\n", "\n", "b\r", "\nc"):
            await exchange.say(delta)
        await exchange.done()
        await client.ended(job["jobId"])
        assert buffer.text.count("\n") == buffer.text.count("\r\n") == buffer.text.count("\r")
        assert "a\r\n\r\nb\r\nc\r\n\r\n<!--" in buffer.text


async def test_closing_the_document_stops_the_answer_and_the_history_has_it(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Half an answer")
        await client.until(lambda: "Half" in buffer.text)
        client.close(buffer)
        await exchange.closed()
        ended = await client.ended(job["jobId"])
        assert (ended["kind"], ended["reason"]) == ("cancelled", "the document was closed")
        assert "Half an answer" in next(client.home.rglob("history.jsonl")).read_text()


async def test_a_block_that_the_question_leaves_open_is_closed_before_the_answer(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        text = f"{HELLO}\n```python\na = 1\n"
        buffer = client.open(chat_uri(tmp_path), text, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Hi")
        await exchange.done()
        await client.ended(job["jobId"])
        assert without_comments(buffer.text) == f"{text}```\n\n## Assistant (m)\n\nHi{NEXT}"


async def test_a_restore_takes_the_answer_out_and_leaves_the_next_turn(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Hi")
        await exchange.done()
        await client.ended(job["jobId"])
        client.type(buffer, typed(buffer, "next\n"))
        await client.command("restore", {"uri": buffer.uri})
        await client.until(lambda: buffer.text == f"{HELLO.rstrip()}{NEXT}next\n", "the document without the answer")


async def test_a_restore_without_an_id_means_the_answer_that_is_coming(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        code = client.open((tmp_path / "a.py").as_uri(), "a = 1\n")
        fill = await client.command("yap", {"uri": code.uri, "range": code.range(6, 6)})
        exchange = await host.request()
        await exchange.say("b = 2\n")
        await exchange.done()
        await client.ended(fill["jobId"])
        buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
        job = await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        await exchange.say("Hi")
        await client.until(lambda: "Hi" in buffer.text, "the first text")
        with pytest.raises(Refusal, match="is still writing: stop it first"):
            await client.command("accept", job)
        assert await client.command("restore", {}) == job
        await exchange.closed()
        assert (await client.ended(job["jobId"]))["kind"] == "cancelled"
        await client.until(lambda: buffer.text == f"{HELLO.rstrip()}{NEXT}", "the document without the answer")
        assert await client.command("restore", {}) == fill
        await client.until(lambda: code.text == "a = 1\n", "the code without the fill")


async def test_a_click_on_a_question_of_before_decides_nothing(tmp_path: Path) -> None:
    """An answer that is asked for once more may have calls of the ids that the former one had."""
    async with FakeHost() as host:
        options = {**host_options(host.base_url), "tools": {"also": ["run_command"]}}
        async with LspClient(options=options, root=tmp_path, initialize={"capabilities": PICKING}) as client:
            questions: list[Message] = []
            client.answers["window/showMessageRequest"] = questions.append
            buffer = client.open(chat_uri(tmp_path), HELLO, "markdown")
            for count in (1, 2):
                job = await client.command("send", {"uri": buffer.uri, "position": {"line": 10, "character": 0}})
                exchange = await host.request()
                await call_tool(exchange, "run_command", {"command": f"touch {count}"})
                await client.until(lambda count=count: len(questions) == count, "the question")  # type: ignore[misc]
                if count == 1:
                    await client.command("stop", {"uri": buffer.uri})
                    await client.ended(job["jobId"])
            client.send({"id": questions[0]["id"], "result": {"title": "Always in this chat"}})
            client.send({"id": questions[1]["id"], "result": {"title": "Deny"}})
            exchange = await host.request()
            assert "denied" in exchange.json["messages"][-1]["content"]
            assert not (tmp_path / "2").exists()


async def test_an_editor_that_answers_nothing_holds_up_no_stop_and_no_end(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        client.answers["workspace/applyEdit"] = lambda message: None
        jobs = []
        for name in ("one", "two"):
            buffer = client.open((tmp_path / f"{name}.chat.md").as_uri(), HELLO, "markdown")
            jobs.append((await client.command("send", {"uri": buffer.uri}))["jobId"])
            await (await host.request()).say("Hi")
        await client.until(lambda: client.asked("workspace/applyEdit") == 2, "the edits")
        await client.command("cancel", {"jobId": jobs[0]})
        assert (await client.ended(jobs[0]))["kind"] == "cancelled"
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert await client.gone() == 1, "without a shutdown before"
