"""Frames on real pipes, in both directions."""

from __future__ import annotations

import asyncio
import os

from lsp_llm.lsp.framed import Framed
from lsp_llm.lsp.framing import frame
from lsp_llm.lsp.stdio import Stdio
from tests.turns import until


class Desk:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def take(self, body: bytes) -> None:
        self.taken.append(body)

    def misframed(self, beginning: bytes) -> None:
        self.taken.append(b"no frame: " + beginning)


async def test_messages_come_whole_and_go_with_a_header() -> None:
    (input_end, editor), (screen, output) = os.pipe(), os.pipe()
    framed, desk = Framed(Stdio(input_end, output), rest=frame(b"{1}") + frame(b"{2}")[:-1]), Desk()
    running = asyncio.create_task(framed.run(desk))
    os.write(editor, b"}noise\n\r\n\r\n" + frame(b"{3}"))
    await until(lambda: len(desk.taken) == 4)
    assert desk.taken == [b"{1}", b"{2}", b"no frame: noise\n\r\n\r\n", b"{3}"]
    framed.send(b"{4}")
    framed.stop()
    await running
    await framed.drain(1)
    assert os.read(screen, 99) == frame(b"{4}")
    for fd in (input_end, editor, screen, output):
        os.close(fd)
