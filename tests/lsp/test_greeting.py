"""What is answered before the server is there, and that whatever else comes is left to it untouched."""

from __future__ import annotations

import asyncio
import json
import os
import select
from collections.abc import Iterator
from typing import Any

import pytest

from lsp_llm.lsp.framing import FrameDecoder, frame
from lsp_llm.lsp.greeting import NO_GREETING, Greeting, greet
from tests.fakes.lsp_client import LspClient, Message
from tests.lsp.test_handshake import CAPTURED
from tests.turns import until

PLAIN = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}


def framed(message: Any) -> bytes:
    return frame(json.dumps(message).encode())


class Pipes:
    """A client's ends of the server's input and output."""

    def __init__(self) -> None:
        self.read_fd, self._input = os.pipe()
        self._output, self.write_fd = os.pipe()
        os.set_blocking(self._output, False)

    def send(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._input, view) :]

    def hang_up(self) -> None:
        os.close(self._input)
        self._input = -1

    def greet(self) -> Greeting:
        return greet(self.read_fd, self.write_fd)

    def is_read(self) -> bool:
        return not select.select([self.read_fd], [], [], 0)[0]

    def answers(self) -> list[Message]:
        try:
            said = os.read(self._output, 1 << 16)
        except BlockingIOError:
            return []
        return [json.loads(body) for body in FrameDecoder().push(said) if isinstance(body, bytes)]

    def close(self) -> None:
        for fd in (self.read_fd, self._input, self._output, self.write_fd):
            if fd >= 0:
                os.close(fd)


@pytest.fixture
def pipes() -> Iterator[Pipes]:
    pipes = Pipes()
    yield pipes
    pipes.close()


def test_an_initialize_is_answered_and_handed_on_with_what_came_behind_it(pipes: Pipes) -> None:
    behind = framed({"jsonrpc": "2.0", "method": "initialized", "params": {}}) + b"Content-Le"
    pipes.send(framed(PLAIN) + behind)
    assert pipes.greet() == Greeting(json.dumps(PLAIN).encode(), behind)
    (said,) = pipes.answers()
    assert said["id"] == 1
    assert said["result"]["serverInfo"]["name"] == "lsp-llm"


@pytest.mark.parametrize("cut", [1, 16, 30, 60])
async def test_it_may_come_in_pieces(pipes: Pipes, cut: int) -> None:
    data = framed(PLAIN)
    pipes.send(data[:cut])
    greeted = asyncio.create_task(asyncio.to_thread(pipes.greet))
    await until(pipes.is_read)
    pipes.send(data[cut:])
    assert await greeted == Greeting(json.dumps(PLAIN).encode(), b"")
    assert len(pipes.answers()) == 1


@pytest.mark.parametrize(
    "data",
    [
        framed({**PLAIN, "method": "shutdown"}),
        framed({"jsonrpc": "2.0", "method": "exit"}) + framed(PLAIN),
        framed({**PLAIN, "jsonrpc": "1.0"}),
        framed({**PLAIN, "id": None}),
        framed({**PLAIN, "id": True}),
        framed({**PLAIN, "params": {"capabilities": 5}}),
        framed({key: PLAIN[key] for key in ("jsonrpc", "id", "method")}),
        framed([PLAIN]),
        framed(5),
        frame(b"{"),
        frame(b"\xff"),
        frame(b"[" * 20_000),
        b"noise\r\n\r\n" + framed(PLAIN),
    ],
)
def test_whatever_else_comes_first_is_left_alone(pipes: Pipes, data: bytes) -> None:
    os.set_blocking(pipes.read_fd, False)
    pipes.send(data)
    assert pipes.greet() == Greeting(rest=data)
    assert pipes.answers() == []


def test_half_a_message_at_the_end_of_input_is_left_alone(pipes: Pipes) -> None:
    data = framed(PLAIN)[:-1]
    pipes.send(data)
    pipes.hang_up()
    assert pipes.greet() == Greeting(rest=data)


async def test_a_long_message_costs_no_more_than_its_length(pipes: Pipes) -> None:
    """Copied anew for every piece, it would take minutes."""
    data = framed({**PLAIN, "method": "other", "params": "x" * 30_000_000})
    greeted = asyncio.create_task(asyncio.to_thread(pipes.greet))
    await asyncio.to_thread(pipes.send, data)
    assert await asyncio.wait_for(greeted, 60) == Greeting(rest=data)


def test_a_closed_input_is_left_alone() -> None:
    assert greet(-1, -1) == NO_GREETING


def test_a_closed_output_is_left_alone(pipes: Pipes) -> None:
    pipes.send(framed(PLAIN))
    assert greet(pipes.read_fd, -1) == Greeting(rest=framed(PLAIN))


@pytest.mark.parametrize("name", ["helix-25.01.1", "neovim-0.12.4", "emacs-30.2"])
async def test_the_answer_is_the_one_that_the_wire_gives(name: str) -> None:
    """With a flag on the command line nothing is answered early."""
    params = {**CAPTURED[name], "processId": None}
    answers = []
    for arguments in ([], ["--log-level", "warning"]):
        async with LspClient(*arguments, initialize=params) as client:
            answers.append(client.server_info)
    assert answers[0] == answers[1]


async def test_what_is_sent_without_waiting_for_the_answer_is_taken() -> None:
    client = LspClient()
    await client.spawn()
    uri = "file:///project/a.py"
    document = {"uri": uri, "languageId": "python", "version": 1, "text": "x = 1\n"}
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    asked = {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}}

    async def go_on() -> Any:
        client.notify("initialized", {})
        client.notify("textDocument/didOpen", {"textDocument": document})
        return await client.request("textDocument/codeAction", asked)

    greeted, actions = await asyncio.gather(client.request("initialize", client.params), go_on())
    assert greeted["serverInfo"]["name"] == "lsp-llm"
    assert actions
    await client.request("shutdown", None)
    client.notify("exit", None)
    assert await client.gone() == 0
