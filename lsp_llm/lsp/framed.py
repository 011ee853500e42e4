"""One client on standard input and output: bytes to whole messages and back; it looks into none of them."""

from __future__ import annotations

import asyncio
from typing import Protocol

from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.stdio import Stdio


class Receiver(Protocol):
    """Whoever takes the messages."""

    def take(self, body: bytes) -> None:
        """One whole message."""
        ...

    def misframed(self, beginning: bytes) -> None:
        """Bytes that are no message."""
        ...


class Framed:
    """Messages over a stream of bytes."""

    def __init__(self, stdio: Stdio, rest: bytes = b"") -> None:
        """`rest` are bytes that were read of the input before."""
        self._stdio = stdio
        self._rest = rest
        self._frames = FrameDecoder()

    async def run(self, receiver: Receiver) -> None:
        """Hand over what comes until the input ends or `stop` is called."""

        def received(data: bytes) -> None:
            for body in self._frames.push(data):
                if isinstance(body, BrokenFrame):
                    receiver.misframed(body.beginning)
                else:
                    receiver.take(body)

        # Not at once: what is answered must not be written before the descriptors are made ready.
        asyncio.get_running_loop().call_soon(received, self._rest)
        await self._stdio.run(received)

    def send(self, body: bytes) -> None:
        """Send or queue one whole message."""
        self._stdio.write(frame(body))

    def stop(self) -> None:
        """End `run`."""
        self._stdio.stop()

    async def drain(self, time_limit_seconds: float) -> None:
        """Wait until all is written, but not for ever."""
        await self._stdio.drain(time_limit_seconds)
