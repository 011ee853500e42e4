"""JSON-RPC with a server that is a child process: messages out and in, and its end; it knows no method of LSP."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self, TypeVar

import msgspec

from lsp_llm.errors import UserError
from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.messages import Envelope, ErrorAnswer, MessageId, Notification, Request, ResponseError, Result

SILENCE_SECONDS = 60.0
"""After so long without what is waited for, the server is given up."""
_READ_BYTES = 65536

_T = TypeVar("_T")
_envelope = msgspec.json.Decoder(Envelope)
_error = msgspec.json.Decoder(ResponseError)


class Connection:
    """A running server; `received` is called with its requests and notifications."""

    def __init__(self, process: Process, log: IO[bytes], received: Callable[[Envelope], None]) -> None:
        self._process = process
        self._log = log
        self._received = received
        self._answers: dict[MessageId, asyncio.Future[None]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        environ: Mapping[str, str],
        folder: Path,
        log: IO[bytes],
        received: Callable[[Envelope], None],
    ) -> Self:
        """Start the server in a folder; `log` takes what it writes to stderr and can be read."""
        # In a session of its own, Ctrl+C in the terminal does not reach the server: it is for us to end it.
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environ, stdin=PIPE, stdout=PIPE, stderr=log, start_new_session=True
        )
        return cls(process, log, received)

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self._send(Notification(method, params))

    def answer(self, request: Envelope, result: object) -> None:
        """Answer a request of the server's."""
        self._send(Result(_id(request), result))

    def refuse(self, request: Envelope, code: int, text: str) -> None:
        """Answer a request of the server's with an error."""
        self._send(ErrorAnswer(_id(request), ResponseError(code, text)))

    async def request(self, method: str, params: object) -> None:
        """Ask, and wait for the answer; raises UserError with the words of a refusal."""
        number = len(self._answers) + 1
        answered = self._answers[number] = asyncio.get_running_loop().create_future()
        self._send(Request(number, method, params))
        await self.unless_it_ends(answered)

    async def unless_it_ends(self, awaited: Awaitable[_T]) -> _T:
        """What is waited for; raises UserError when the server ends instead, or when it takes too long."""
        waiting = asyncio.ensure_future(awaited)
        try:
            await asyncio.wait({waiting, self._reading}, timeout=SILENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                return waiting.result()
        finally:
            waiting.cancel()
        if not self._reading.done():
            raise UserError(f"the server said nothing for {SILENCE_SECONDS:g} s{self._last_words()}")
        self._reading.result()
        raise UserError(f"the server ended before it was done{self._last_words()}")

    async def wait(self) -> None:
        """Wait until the server has ended."""
        await self._process.wait()

    async def end(self) -> None:
        """Leave no process behind: the server is killed if it still runs, and its own children end with it."""
        with suppress(ProcessLookupError):
            if self._process.returncode is None:
                self._process.kill()
        await self._process.wait()
        assert self._process.stdin
        self._process.stdin.close()
        await asyncio.wait({self._reading})

    def _send(self, message: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(frame(msgspec.json.encode(message)))

    async def _read(self) -> None:
        assert self._process.stdout
        frames = FrameDecoder()
        while data := await self._process.stdout.read(_READ_BYTES):
            for body in frames.push(data):
                if isinstance(body, BrokenFrame):
                    raise UserError(f"the server wrote what is no message: {body.beginning!r}")
                self._take(_envelope.decode(body))

    def _take(self, message: Envelope) -> None:
        if message.method is not msgspec.UNSET:
            self._received(message)
            return
        answered = self._answers.get(_id(message))
        if answered is None or answered.done():
            return
        if isinstance(message.error, msgspec.Raw):
            answered.set_exception(UserError(_error.decode(message.error).message))
        else:
            answered.set_result(None)

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f"; the last line of its log: {lines[-1]}" if lines else ""


def _id(message: Envelope) -> MessageId:
    return message.id if isinstance(message.id, (int, str)) else 0
