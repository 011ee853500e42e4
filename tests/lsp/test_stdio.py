"""Real pipes: what Stdio promises is about descriptors, and a fake would promise anything."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from lsp_llm.lsp.stdio import Stdio
from tests.turns import some_turns, until

Pipe = tuple[int, int]


@pytest.fixture
def pipes() -> Iterator[tuple[Pipe, Pipe]]:
    """The server's input and its output, each with the end to read from first."""
    pair = os.pipe(), os.pipe()
    yield pair
    for fd in (*pair[0], *pair[1]):
        with suppress(OSError):
            os.close(fd)


def ends(received: list[bytes], part: bytes) -> bool:
    return b"".join(received).endswith(part)


async def read_all(fd: int, size: int) -> bytes:
    """So many bytes from a descriptor, read as an editor does: when it has time."""
    data = b""
    while len(data) < size and (more := await asyncio.to_thread(os.read, fd, 1 << 16)):
        data += more
    return data


async def test_what_comes_is_handed_over_until_the_input_ends(pipes: tuple[Pipe, Pipe]) -> None:
    (input_end, editor), (_, output) = pipes
    received: list[bytes] = []
    running = asyncio.create_task(Stdio(input_end, output).run(received.append))
    for part in (b"one", b"two"):
        os.write(editor, part)
        await until(partial(ends, received, part))
    os.close(editor)
    await asyncio.wait_for(running, 60)
    assert b"".join(received) == b"onetwo"


async def test_an_editor_that_does_not_read_holds_up_nothing_and_loses_nothing(pipes: tuple[Pipe, Pipe]) -> None:
    (input_end, editor), (screen, output) = pipes
    received: list[bytes] = []
    stdio = Stdio(input_end, output)
    running = asyncio.create_task(stdio.run(received.append))
    await asyncio.sleep(0)
    lines = [b"%06d\n" % number * 100 for number in range(3000)]
    for line in lines:
        stdio.write(line)
    os.write(editor, b"still here")
    await until(lambda: received)
    whole = b"".join(lines)
    first = await read_all(screen, 500_000)
    # What is written between two reads of the editor goes behind what waits.
    stdio.write(b"last\n")
    whole += b"last\n"
    assert first + await read_all(screen, len(whole) - len(first)) == whole
    stdio.stop()
    await running
    await stdio.drain(1)


async def test_draining_waits_for_a_slow_editor(pipes: tuple[Pipe, Pipe]) -> None:
    (input_end, _), (screen, output) = pipes
    stdio = Stdio(input_end, output)
    running = asyncio.create_task(stdio.run(lambda data: None))
    await asyncio.sleep(0)
    stdio.write(b"x" * 1_000_000)
    stdio.stop()
    await running
    reading = asyncio.create_task(read_all(screen, 1_000_000))
    await stdio.drain(60)
    os.close(output)
    assert len(await reading) == 1_000_000


async def test_draining_does_not_wait_for_ever_and_leaves_nothing_that_could_block(pipes: tuple[Pipe, Pipe]) -> None:
    (input_end, _), (screen, output) = pipes
    stdio = Stdio(input_end, output)
    running = asyncio.create_task(stdio.run(lambda data: None))
    await asyncio.sleep(0)
    stdio.write(b"x" * 1_000_000)
    stdio.stop()
    await running
    await stdio.drain(0.01)
    # There is room again, but the descriptor blocks now: a write of all that is queued would never return.
    assert len(os.read(screen, 1_000_000)) < 1_000_000
    await some_turns()
    os.set_blocking(screen, False)
    with pytest.raises(BlockingIOError):
        os.read(screen, 1)


async def test_an_editor_that_closes_its_end_ends_the_session(pipes: tuple[Pipe, Pipe]) -> None:
    (input_end, _), (screen, output) = pipes
    stdio = Stdio(input_end, output)
    running = asyncio.create_task(stdio.run(lambda data: None))
    await asyncio.sleep(0)
    os.close(screen)
    stdio.write(b"to nobody")
    stdio.write(b"to nobody")
    await asyncio.wait_for(running, 60)
    await stdio.drain(1)


async def test_an_editor_that_closes_its_end_while_much_is_queued(pipes: tuple[Pipe, Pipe]) -> None:
    (input_end, _), (screen, output) = pipes
    stdio = Stdio(input_end, output)
    running = asyncio.create_task(stdio.run(lambda data: None))
    await asyncio.sleep(0)
    for _ in range(100):
        stdio.write(b"x" * 10_000)
    os.close(screen)
    await asyncio.wait_for(running, 60)
    await asyncio.wait_for(stdio.drain(600), 60)


async def test_sockets_as_some_editors_use_them() -> None:
    server, editor = socket.socketpair()
    with server, editor:
        received: list[bytes] = []
        stdio = Stdio(server.fileno(), server.fileno())
        running = asyncio.create_task(stdio.run(received.append))
        editor.send(b"hello")
        await until(lambda: received)
        stdio.write(b"world")
        assert editor.recv(100) == b"world"
        editor.shutdown(socket.SHUT_WR)
        await asyncio.wait_for(running, 60)
        await stdio.drain(1)


async def test_regular_files(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.write_bytes(b"x" * 1_000_000)
    received: list[bytes] = []
    with source.open("rb") as reading, target.open("wb") as writing:
        stdio = Stdio(reading.fileno(), writing.fileno())
        stdio.write(b"one")
        await asyncio.wait_for(stdio.run(received.append), 60)
        stdio.write(b"two")
        await stdio.drain(1)
    assert b"".join(received) == source.read_bytes()
    assert target.read_bytes() == b"onetwo"


async def test_the_descriptors_are_left_as_they_were_found(pipes: tuple[Pipe, Pipe]) -> None:
    """A shell that shares its terminal with the server could not read from it any more."""
    (input_end, editor), (_, output) = pipes
    stdio = Stdio(input_end, output)
    os.close(editor)
    await stdio.run(lambda data: None)
    await stdio.drain(1)
    assert os.get_blocking(input_end)
    assert os.get_blocking(output)
