"""Requests and notifications over one link to a server, from its first message to its end; it knows no feature.

A server that has to answer and says nothing at all is asked whether it is there; if it stays silent, the link is
closed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import msgspec

from lsp_llm.lsp.link import Link
from lsp_llm.lsp.messages import Envelope, ErrorAnswer, MessageId, Notification, Request, ResponseError, Result
from lsp_llm.stream.surrogates import json_of

PULSE_SECONDS: Final = 10.0
"""After so long without a sign of life the server is asked for one, and after the same time again it is given up."""
METHOD_NOT_FOUND: Final = -32601
PULSE: Final = "$/lsp-llm/pulse"
"""No server knows it, and every server has to say so at once (LSP 3.17, "$ Notifications and Requests")."""

Received = Callable[[str, Any], None]
"""Takes a notification: method and params."""
Asked = Callable[[str, Any], tuple[object, Sequence[tuple[str, object]]] | None]
"""Takes a request of the server's: gives its result and what to tell the server behind it; None for an unknown one."""

_envelope = msgspec.json.Decoder(Envelope)


class Gone(ConnectionError):
    """The link is closed, and no answer will come."""


class Refused(Exception):
    """The server answered with an error; `data` is what stands beside the sentence."""

    def __init__(self, sentence: str, data: object) -> None:
        super().__init__(sentence)
        self.data = data


class _Error(msgspec.Struct):
    message: str = "the server gives no reason"
    data: Any = None


class Connection:
    """One link; `run` it."""

    def __init__(
        self,
        link: Link,
        received: Received,
        asked: Asked,
        pulse_seconds: float = PULSE_SECONDS,
    ) -> None:
        self._link = link
        self._received = received
        self._asked = asked
        self._pulse_seconds = pulse_seconds
        self._pending: dict[MessageId, asyncio.Future[Any]] = {}
        self._count = 0
        self._heard = 0
        self._is_gone = False
        self.parting = ""
        """What the server says of the connection itself and of no request: why it ends it."""

    async def run(self) -> None:
        """Take what comes until the link closes; then nothing is awaited any more."""
        watching = asyncio.create_task(self._watch())
        try:
            while (body := await self._link.receive()) is not None:
                self._heard += 1
                await self._take(body)
        except (msgspec.DecodeError, ConnectionError):
            # What is no message comes from no server of ours.
            pass
        finally:
            watching.cancel()
            await self.close()

    async def request(self, method: str, params: object) -> Any:
        """Ask, and wait for the answer; raises Refused, or Gone."""
        if self._is_gone:
            raise Gone("the connection is closed")
        self._count += 1
        answered = self._pending[self._count] = asyncio.get_running_loop().create_future()
        await self._send(Request(self._count, method, params))
        return await answered

    async def notify(self, method: str, params: object) -> None:
        """Send a notification; raises Gone."""
        await self._send(Notification(method, params))

    async def close(self) -> None:
        """Close the link."""
        self._is_gone = True
        for answered in self._pending.values():
            if not answered.done():
                answered.set_exception(Gone("the connection is closed"))
                # Whoever waited may have been cancelled meanwhile.
                answered.exception()
        self._pending.clear()
        await self._link.close()

    async def _send(self, message: object) -> None:
        try:
            await self._link.send(json_of(message))
        except ConnectionError as error:
            raise Gone(str(error)) from None

    async def _take(self, body: bytes) -> None:
        message = _envelope.decode(body)
        if isinstance(message.method, str):
            if isinstance(message.id, int | str):
                await self._answer(message.id, message.method, _value(message.params))
            else:
                self._received(message.method, _value(message.params))
        elif isinstance(message.id, int | str):
            self._settle(self._pending.pop(message.id, None), message)
        elif isinstance(message.error, msgspec.Raw):
            self.parting = _error(message.error).message

    async def _answer(self, message_id: MessageId, method: str, params: Any) -> None:
        answer = self._asked(method, params)
        with suppress(Gone):
            if answer is None:
                error = ResponseError(METHOD_NOT_FOUND, f"this client does not know {method}")
                await self._send(ErrorAnswer(message_id, error))
                return
            result, notices = answer
            await self._send(Result(message_id, result))
            for notice in notices:
                await self.notify(*notice)

    def _settle(self, answered: asyncio.Future[Any] | None, message: Envelope) -> None:
        if answered is None or answered.done():
            return
        if isinstance(message.error, msgspec.Raw):
            error = _error(message.error)
            answered.set_exception(Refused(error.message, error.data))
        else:
            answered.set_result(_value(message.result))

    async def _watch(self) -> None:
        """A link may look open although nobody is at its other end any more."""
        while True:
            heard = self._heard
            await asyncio.sleep(self._pulse_seconds)
            if heard != self._heard or not self._pending:
                continue
            with suppress(TimeoutError, Refused, Gone):
                async with asyncio.timeout(self._pulse_seconds):
                    await self.request(PULSE, None)
            if heard == self._heard:
                await self._link.close()


def _error(raw: msgspec.Raw) -> _Error:
    return msgspec.json.decode(raw, type=_Error)


def _value(raw: msgspec.Raw | msgspec.UnsetType) -> Any:
    return msgspec.json.decode(raw) if isinstance(raw, msgspec.Raw) else None
