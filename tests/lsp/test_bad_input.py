"""What a person or a host can do wrong, each against the real server in a child process.

Every time: a clear message that names what to do, the document as it was, and a server that goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.providers.retry import MAX_ATTEMPTS
from lsp_llm.text.edits import Edit
from tests.fakes.host import Exchange, FakeHost
from tests.fakes.lsp_client import Buffer, LspClient, Message, Refusal, host_options

URI = "file:///project/shop.py"
SOURCE = "import math\n\ndef area(r):\n    return 3 * r * r\n\nprint(area(2))\n"
AREA = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}
PLACE = {"uri": URI, "range": AREA}
INVALID_PARAMS, REQUEST_FAILED = -32602, -32803


def at(*ends: int) -> Message:
    line, character, end_line, end_character = ends
    return {"start": {"line": line, "character": character}, "end": {"line": end_line, "character": end_character}}


class Bench:
    """A server with one healthy host, and a document."""

    def __init__(self, host: FakeHost, client: LspClient) -> None:
        self.host, self.client = host, client
        self.buffer = client.open(URI, SOURCE)

    async def begin(self, **arguments: Any) -> str:
        job = await self.client.command("replace", {**PLACE, **arguments})
        return str(job["jobId"])

    async def fails(self, job: str) -> str:
        """What the user is told; everyone hears of it, in status and message."""
        end = await self.client.ended(job)
        assert end["kind"] == "failed"
        await self.client.until(lambda: bool(self.client.messages()), "a message")
        (said,) = self.client.messages()
        assert said.startswith(f"LLM: {end['reason']}")
        assert said.endswith(end["hint"])
        return said

    async def refused(self, command: str, *arguments: Any) -> tuple[int, str]:
        with pytest.raises(Refusal) as caught:
            await self.client.command(command, *arguments)
        return caught.value.code, caught.value.message

    async def goes_on(self, text: str = SOURCE) -> None:
        """The document is as it was, and the next fill works."""
        assert self.buffer.text == text
        line = text[: text.index("import math")].count("\n") + 1
        job = await self.client.command("ask", {"query": "go on", "uri": URI, "line": line, "endLine": line})
        exchange = await self.host.request()
        await exchange.say("import math as m\n")
        await exchange.done()
        assert (await self.client.ended(job["jobId"]))["kind"] == "finished"
        assert self.buffer.text == text.replace("import math\n", "import math as m\n")


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with FakeHost() as host:
        options = host_options(host.base_url, variables={})
        # Nobody listens at this port; one that was free a moment ago may be taken by another test.
        options["providers"]["down"] = {"base_url": "http://127.0.0.1:9/v1", "auth": "none"}
        open_to_all = {"base_url": host.base_url, "auth": "none"}
        options["providers"]["slow"] = {**open_to_all, "first_token_timeout_seconds": 2}
        options["providers"]["halting"] = {**open_to_all, "inter_token_timeout_seconds": 0.5}
        options["providers"]["keyless"] = {"base_url": host.base_url, "api_key_env": "MY_LLM_KEY"}
        options["providers"]["nowhere"] = {}
        for name in ("down", "slow", "halting", "keyless", "nowhere"):
            options["presets"][name] = {"provider": name, "model": "m"}
        async with LspClient(options=options) as client:
            yield Bench(host, client)
        assert "Traceback" not in client.errors


# --- the host -----------------------------------------------------------------------------------------------------


async def test_a_host_that_is_down(bench: Bench) -> None:
    said = await bench.fails(await bench.begin(preset="down"))
    assert "refused the connection. Is it running, and is base_url right?" in said
    await bench.goes_on()


async def _wrong_key(exchange: Exchange) -> None:
    await exchange.answer(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})


async def _no_such_model(exchange: Exchange) -> None:
    await exchange.answer(404, {"error": {"message": "The model `m` does not exist", "code": "model_not_found"}})


async def _web_page(exchange: Exchange) -> None:
    await exchange.start(200, {"Content-Type": "text/html"})
    await exchange.send(b"<!doctype html><html><title>Sign in</title><body>Please sign in</body></html>")
    await exchange.end()


async def _nothing(exchange: Exchange) -> None:
    await exchange.done()


async def _cut_short(exchange: Exchange) -> None:
    await exchange.say("def area(radius):\n    x")
    await exchange.end()


async def _error_in_the_stream(exchange: Exchange) -> None:
    await exchange.say("def area(radius):\n    x")
    await exchange.send(b'data: {"error": {"message": "out of memory", "code": 500}}\n\n')
    await exchange.end()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            _wrong_key,
            ["does not accept the API key (401): Incorrect API key provided", "api_key_env or api_key_command"],
        ),
        (_no_such_model, ["no such model or path (404): The model `m` does not exist", "Check the preset's model"]),
        (_web_page, ["a web page instead of a stream", "Sign in", "Check base_url"]),
        (_nothing, ["the model's answer is empty", "ask again"]),
        (_cut_short, ["ended", "again"]),
        (_error_in_the_stream, ["not available (500): out of memory", "Try again in a moment"]),
    ],
)
async def test_a_host_that_answers_with_something_else(
    bench: Bench, answer: Callable[[Exchange], Awaitable[None]], words: list[str]
) -> None:
    job = await bench.begin()
    await answer(await bench.host.request())
    said = await bench.fails(job)
    assert [word for word in words if word not in said] == [], said
    await bench.goes_on()


async def test_a_host_that_breaks_off_before_the_first_text_is_asked_again(bench: Bench) -> None:
    job = await bench.begin()
    for _ in range(MAX_ATTEMPTS):
        (await bench.host.request()).break_connection()
    assert "broke the connection before the answer was whole" in await bench.fails(job)
    issues = [(status["retryAttempt"], status["errorType"]) for status in bench.client.statuses("connectionIssue")]
    assert issues == [(attempt, "Disconnected") for attempt in range(2, MAX_ATTEMPTS + 1)]
    await bench.goes_on()


async def test_a_host_that_limits_the_rate_is_waited_for(bench: Bench) -> None:
    job = await bench.begin()
    await (await bench.host.request()).answer(429, {"error": {"message": "slow down"}}, {"retry-after-ms": "5"})
    exchange = await bench.host.request()
    await exchange.say("def area(radius):\n")
    await exchange.done()
    assert (await bench.client.ended(job))["kind"] == "finished"
    assert [status["remainingSeconds"] for status in bench.client.statuses("rateLimitWait")] == [1]


async def test_a_wait_for_a_rate_limit_can_be_stopped(bench: Bench) -> None:
    job = await bench.begin()
    await (await bench.host.request()).answer(429, {"error": {"message": "slow down"}}, {"retry-after": "60"})
    await bench.client.until(lambda: bool(bench.client.statuses("rateLimitWait")), "a countdown")
    await bench.client.command("cancel", {"jobId": job})
    assert (await bench.client.ended(job))["kind"] == "cancelled"
    await bench.goes_on()


async def test_a_host_that_is_killed_in_the_middle_gives_the_selection_back(bench: Bench) -> None:
    job = await bench.begin()
    exchange = await bench.host.request()
    await exchange.say("def area(radius):\n    return x\n")
    await bench.client.until(lambda: "return x" in bench.buffer.text)
    bench.client.type(bench.buffer, Edit(0, 0, "# mine\n"))
    exchange.break_connection()
    assert "broke the connection before the answer was whole" in await bench.fails(job)
    await bench.goes_on("# mine\n" + SOURCE)


@pytest.mark.parametrize("first_text", ["", "def area(radius):\n    x"])
async def test_a_host_that_falls_silent(bench: Bench, first_text: str) -> None:
    job = await bench.begin(preset="halting" if first_text else "slow")
    exchange = await bench.host.request()
    if first_text:
        await exchange.say(first_text)
    said = await bench.fails(job)
    limit = "inter_token_timeout_seconds" if first_text else "first_token_timeout_seconds"
    assert f"raise {limit} of the provider" in said
    await exchange.closed()
    await bench.goes_on()


async def test_a_key_that_is_not_there(bench: Bench) -> None:
    said = await bench.fails(await bench.begin(preset="keyless"))
    assert "MY_LLM_KEY" in said
    await bench.goes_on()


async def test_a_provider_without_an_address(bench: Bench) -> None:
    said = await bench.fails(await bench.begin(preset="nowhere"))
    assert said == 'LLM: provider "nowhere" has no base_url: set it in [providers.nowhere]'
    await bench.goes_on()


# --- the place ----------------------------------------------------------------------------------------------------


async def test_an_empty_selection_and_one_that_is_past_the_end(bench: Bench) -> None:
    advice = "nothing is selected: select the text to replace, or use lsp-llm.yap to insert"
    for place in (at(3, 4, 3, 4), at(99, 0, 120, 7), at(3, 400, 3, 500)):
        assert await bench.refused("replace", {"uri": URI, "range": place}) == (REQUEST_FAILED, advice), place
    await bench.goes_on()


async def test_a_range_that_reaches_past_the_end_ends_there(bench: Bench) -> None:
    job = await bench.begin(range=at(5, 0, 99, 99))
    exchange = await bench.host.request()
    await exchange.say("print(1)\n")
    await exchange.done()
    assert (await bench.client.ended(job))["kind"] == "finished"
    await bench.goes_on(SOURCE.replace("area(2)", "1"))


async def test_a_range_that_is_none(bench: Bench) -> None:
    for place in (None, 5, {"start": {"line": 0, "character": 0}}, at(-1, 0, 0, 0)):
        code, said = await bench.refused("replace", {"uri": URI, "range": place})
        assert code == INVALID_PARAMS, place
        assert said.startswith('lsp-llm.replace needs "range", an LSP range: {start: {line, character}')
    await bench.goes_on()


async def test_a_document_that_is_not_open(bench: Bench) -> None:
    for uri, name in (("file:///no/a%20b.py", "/no/a b.py"), ("untitled:X", "untitled:X"), ("", "")):
        expected = INVALID_PARAMS, f"{name} is not open in the editor: open it first"
        for command in ("replace", "yap"):
            assert await bench.refused(command, {"uri": uri, "range": AREA}) == expected
    await bench.goes_on()


async def test_a_document_that_is_closed_while_the_answer_streams(bench: Bench) -> None:
    job = await bench.begin()
    exchange = await bench.host.request()
    await exchange.say("def area(radius):\n    x")
    await bench.client.until(lambda: "radius" in bench.buffer.text)
    bench.client.close(bench.buffer)
    end = await bench.client.ended(job)
    assert (end["kind"], end["reason"]) == ("cancelled", "the document was closed")
    await exchange.closed()
    assert await bench.client.command("cancel") == {"cancelled": []}
    assert bench.client.asked("workspace/applyEdit") == 1
    bench.buffer = bench.client.open(URI, SOURCE)
    await bench.goes_on()


async def test_documents_that_cannot_be_edited(bench: Bench) -> None:
    """One is read-only, one is gone for the editor; it takes the eight seconds after which the server gives up."""
    client = bench.client
    names = {"read-only": "file:///project/locked.py", "no such buffer": "file:///project/gone.py"}
    buffers = {uri: client.open(uri, SOURCE) for uri in names.values()}
    can_edit = client.answers["workspace/applyEdit"]

    def answer(message: Message) -> None:
        (change,) = message["params"]["edit"]["documentChanges"]
        match change["textDocument"]["uri"]:
            case "file:///project/locked.py":
                client.send({"id": message["id"], "result": {"applied": False, "failureReason": "read-only"}})
            case "file:///project/gone.py":
                client.send({"id": message["id"], "error": {"code": -32603, "message": "no such buffer"}})
            case _:
                can_edit(message)

    client.answers["workspace/applyEdit"] = answer
    jobs: dict[str, str] = {}
    for reason, uri in names.items():
        jobs[reason] = (await client.command("replace", {"uri": uri, "range": AREA}))["jobId"]
        await (await bench.host.request()).say("def area(radius):\n    return x\n")
    await client.until(lambda: client.asked("workspace/applyEdit") >= 2)
    await bench.goes_on()
    for reason, job in jobs.items():
        end = await client.ended(job)
        assert end["kind"] == "failed"
        assert end["reason"] == f"the editor refused the edit 6 times ({reason})"
        assert end["hint"] == "see that the document can be edited, then run the action again"
    assert [buffer.text for buffer in buffers.values()] == [SOURCE, SOURCE]
    assert len(client.messages()) == 2


async def test_a_file_that_vanishes_from_the_disk_does_not_matter_to_an_open_document(
    bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "shop.py"
    path.write_text(SOURCE)
    buffer: Buffer = bench.client.open(path.as_uri(), SOURCE)
    job = await bench.client.command("replace", {"uri": path.as_uri(), "range": AREA})
    exchange = await bench.host.request()
    path.unlink()
    await exchange.say("def area(r):\n    return math.pi * r * r\n")
    await exchange.done()
    assert (await bench.client.ended(job["jobId"]))["kind"] == "finished"
    assert buffer.text == SOURCE.replace("3 *", "math.pi *")
    await bench.goes_on()


async def test_a_place_where_another_job_is_writing(bench: Bench) -> None:
    job = await bench.begin()
    exchange = await bench.host.request()
    code, said = await bench.refused("replace", PLACE)
    assert code == REQUEST_FAILED
    assert said == f"job {job} is still writing there: stop it first, or choose another place"
    await bench.client.command("cancel", {"jobId": job})
    await exchange.closed()
    await bench.goes_on()


# --- the words ----------------------------------------------------------------------------------------------------


MISTAKES: tuple[tuple[str, Message, int, str], ...] = (
    ("replace", {**PLACE, "prest": "fake"}, INVALID_PARAMS, 'has no argument "prest": did you mean "preset"?'),
    ("cancel", {"job": "1"}, INVALID_PARAMS, 'lsp-llm.cancel has no argument "job": did you mean "jobId"?'),
    ("replace", {**PLACE, "query": 5}, INVALID_PARAMS, "lsp-llm.replace: Expected `str`, got `int` - at `$.query`"),
    ("ask", PLACE, INVALID_PARAMS, "lsp-llm.ask: Object missing required field `query`"),
    ("repalce", {}, INVALID_PARAMS, 'there is no command "lsp-llm.repalce"; did you mean "lsp-llm.replace"?'),
    ("replace", {**PLACE, "preset": "fkae"}, REQUEST_FAILED, 'there is no preset "fkae"; did you mean "fake"?'),
    ("ask", {**PLACE, "query": " "}, REQUEST_FAILED, 'ask for something: lsp-llm.ask "your words"'),
    ("cancel", {"jobId": "99"}, REQUEST_FAILED, "there is no job 99"),
    ("restore", {"jobId": "99"}, REQUEST_FAILED, "there is no job 99 to restore"),
    ("restore", {}, REQUEST_FAILED, "there is nothing to restore"),
)


async def test_words_that_are_not_known(bench: Bench) -> None:
    for command, argument, code, said in MISTAKES:
        assert (await bench.refused(command, argument))[0] == code, said
        assert said in (await bench.refused(command, argument))[1]
    await bench.goes_on()
