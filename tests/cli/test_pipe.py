"""`lsp-llm pipe`: the real program between real pipes, and a model host that speaks HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.cli.calling import bare_environment, begun, called, fake_settings, write_settings
from tests.cli.terminal import CTRL_C, Terminal
from tests.fakes.host import FakeHost

KEY = {"FAKE_KEY": "key-1"}
PIPED = ("pipe", "--prompt", "shout")
LIMIT_SECONDS = 60


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with FakeHost() as host:
        yield host


@pytest.fixture
def home(tmp_path: Path, host: FakeHost) -> Path:
    write_settings(tmp_path, fake_settings(host.base_url))
    return tmp_path


async def begun_with(home: Path, text: bytes, *arguments: str) -> asyncio.subprocess.Process:
    process = await begun(home, *arguments, environ=KEY)
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.close()
    return process


async def read(process: asyncio.subprocess.Process, count: int) -> bytes:
    assert process.stdout is not None
    return await asyncio.wait_for(process.stdout.readexactly(count), LIMIT_SECONDS)


async def rest(process: asyncio.subprocess.Process) -> tuple[int | None, bytes, bytes]:
    assert process.stdout is not None
    assert process.stderr is not None
    async with asyncio.timeout(LIMIT_SECONDS):
        output, errors = await asyncio.gather(process.stdout.read(), process.stderr.read())
        await process.wait()
    return process.returncode, output, errors


async def test_the_answer_comes_as_it_is_said(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"hello\nworld\n", *PIPED)
    exchange = await host.request()
    said = exchange.json["messages"][-1]["content"]
    assert "shout" in said
    assert "hello\nworld\n" in said
    await exchange.say("HELLO\nWO")
    assert await read(process, 8) == b"HELLO\nWO"
    await exchange.say("RLD\n")
    await exchange.done()
    assert await rest(process) == (0, b"RLD\n", b"")


async def test_the_filters_and_line_ends_are_those_of_an_editor(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"\tif x:\r\n\t\treturn 1\r\n", *PIPED)
    exchange = await host.request()
    await exchange.say("<think>hm</think>\n```python\nif y:\n    return 2\n```")
    await exchange.done()
    assert await rest(process) == (0, b"\tif y:\r\n\t\treturn 2\r\n", b"")


@pytest.mark.parametrize(("given", "wanted"), [(b"", b"HI\n"), (b"hi", b"HI"), (b"hi\n", b"HI\n")])
async def test_it_ends_as_what_was_given_does(home: Path, host: FakeHost, given: bytes, wanted: bytes) -> None:
    process = await begun_with(home, given, *PIPED)
    exchange = await host.request()
    await exchange.say("HI")
    await exchange.done()
    assert await rest(process) == (0, wanted, b"")


async def test_the_answer_as_json(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"hi\n", *PIPED, "--json")
    exchange = await host.request()
    await exchange.say("HI\n")
    await exchange.done("length")
    code, output, errors = await rest(process)
    found = json.loads(output)
    assert (code, found["text"], found["finishReason"], found["usage"]["outputTokens"]) == (0, "HI\n", "length", 3)
    assert errors == b"lsp-llm: the answer was cut off at the token limit\n"


async def test_it_is_written_down_as_any_job(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"hi\n", *PIPED)
    exchange = await host.request()
    await exchange.say("HI\n")
    await exchange.done()
    await rest(process)
    (entry,) = (await called(home, "history", "--json")).json["entries"]
    assert (entry["uri"], entry["query"], entry["outcome"], entry["answer"]) == ("stdin", "shout", "finished", "HI\n")
    assert not (home / "state" / "lsp-llm" / "ledger").exists()


async def test_a_reader_that_goes_ends_it_quietly(home: Path, host: FakeHost) -> None:
    """`lsp-llm pipe … | head -1`, in a real shell."""
    program = shlex.join([sys.executable, "-m", "lsp_llm", *PIPED])
    command = f"echo hi | {program} | head -1; echo ${{PIPESTATUS[1]}}"
    environment = {**bare_environment(home), **KEY}
    shell = await asyncio.create_subprocess_exec(
        "bash", "-c", command, stdout=PIPE, stderr=PIPE, cwd=home, env=environment
    )
    exchange = await host.request()
    await exchange.say("ONE\nTWO\n")
    assert await read(shell, 4) == b"ONE\n"
    closing = asyncio.create_task(exchange.closed())
    while not closing.done():
        # It is noticed with the first text that nobody reads.
        await exchange.say("MORE\n")
        await asyncio.wait([closing], timeout=0.05)
    await closing
    assert await rest(shell) == (0, b"141\n", b"")
    assert "the output was closed" in (await called(home, "history")).output


async def test_ctrl_c_ends_it_and_what_came_is_there(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"hi\n", *PIPED)
    exchange = await host.request()
    await exchange.say("ONE\nTW")
    assert await read(process, 6) == b"ONE\nTW"
    process.send_signal(signal.SIGINT)
    await exchange.closed()
    assert await rest(process) == (130, b"", b"")


async def test_in_a_terminal_nothing_is_waited_for_and_controls_are_taken_out(home: Path, host: FakeHost) -> None:
    async with Terminal(home, *PIPED, environ=KEY) as terminal:
        exchange = await host.request()
        await terminal.shows("[yapping] fake: request sent")
        await exchange.say("ONE\x1b]52;c;eA==\x07\n")
        await terminal.shows("ONE\ufffd]52;c;eA==\ufffd")
        terminal.press(CTRL_C)
        await exchange.closed()
        assert await terminal.end() == 130
        # The line that moves would be in the answer's way.
        assert "streaming" not in terminal.text


async def test_a_host_that_fails_is_one_sentence(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"hi\n", *PIPED)
    exchange = await host.request()
    await exchange.answer(401, {"error": {"message": "no such key: key-1"}})
    code, output, errors = await rest(process)
    assert (code, output) == (1, b"")
    assert errors.startswith(b"lsp-llm: ")
    assert errors.count(b"\n") == 1
    assert b"key-1" not in errors


async def test_what_a_model_takes_back_is_told_and_comes_once_more(home: Path, host: FakeHost) -> None:
    process = await begun_with(home, b"hi\n", *PIPED)
    exchange = await host.request()
    await exchange.say("let me think\nhm\n")
    await read(process, 13)
    await exchange.say("</think>\nHI\n")
    await exchange.done()
    code, output, errors = await rest(process)
    assert code == 0
    assert output.endswith(b"\nHI\n")
    assert b"the model took back what it had begun with" in errors


@pytest.mark.parametrize(
    ("given", "arguments", "sentence"),
    [
        (b"", ["pipe"], "there is nothing to answer"),
        (b"\x00\x01", [*PIPED], "standard input is a binary file"),
        (b"\xff", [*PIPED], "standard input is not UTF-8 text"),
        (b"hi", [*PIPED, "--action", "explain"], 'the prompt "explain" begins a chat'),
    ],
)
async def test_mistakes_are_told_before_anything_is_asked(
    home: Path, given: bytes, arguments: list[str], sentence: str
) -> None:
    ended = await called(home, *arguments, environ=KEY, given=given)
    assert (ended.code, ended.output) == (1, "")
    assert sentence in ended.errors


@pytest.fixture
def full_disk() -> Iterator[IO[bytes]]:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    with Path("/dev/full").open("wb") as full:
        yield full


async def test_a_full_disk_is_one_sentence(home: Path, host: FakeHost, full_disk: IO[bytes]) -> None:
    process = await begun(home, *PIPED, environ=KEY, stdin=asyncio.subprocess.DEVNULL, stdout=full_disk)
    exchange = await host.request()
    await exchange.say("HI\n")
    await exchange.closed()
    assert process.stderr is not None
    assert await process.stderr.read() == b"lsp-llm: standard output cannot be written: No space left on device\n"
    assert await process.wait() == 1


async def test_a_closed_standard_output_is_one_sentence(home: Path) -> None:
    process = await begun(home, *PIPED, environ=KEY, stdin=asyncio.subprocess.DEVNULL, preexec_fn=lambda: os.close(1))
    _, _, errors = await rest(process)
    assert errors == b"lsp-llm: standard output is closed\n"
