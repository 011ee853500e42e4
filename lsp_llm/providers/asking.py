"""Asks a host for one answer, and again where that helps; it tells what happens between the events, and reads no text.

Nothing is sent again once text has come: the rest of another answer does not fit behind it. Leaving `events` closes
the connection, or ends the wait for the next attempt.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

import msgspec

from lsp_llm.config.secrets import Secret, redact
from lsp_llm.errors import Auth, ProviderError
from lsp_llm.providers.base import Codec, Credential, FimCodec, HttpRequest, Response, Transport
from lsp_llm.providers.breaker import Breaker
from lsp_llm.providers.retry import MAX_ATTEMPTS, declined_parameter, wait_seconds
from lsp_llm.status.events import ConnectionIssue, Message, Notice, RateLimitWait, RequestSent
from lsp_llm.stream.events import Event, Failed, Finish, Text

MAX_ERROR_BYTES = 64 * 1024
MAX_REST_BYTES = 64 * 1024
REST_SECONDS = 0.25
"""How much may follow the end of an answer, and for how long, before its connection is given up."""


@dataclass(slots=True)
class HostMemory:
    """What is remembered of a host between answers."""

    breaker: Breaker = field(default_factory=Breaker)
    declined: dict[str, set[str]] = field(default_factory=dict)
    """By model: fields of a request that it does not take."""


@dataclass(slots=True)
class Answer:
    """One answer, asked for when its events are read (the `AnswerSource` of jobs)."""

    provider: str
    model: str
    first_token_timeout_seconds: float
    inter_token_timeout_seconds: float
    codec: Codec | FimCodec
    transport: Transport
    credential: Credential
    memory: HostMemory
    body: bytes = field(repr=False)
    address: Callable[[str], HttpRequest] = field(repr=False)
    """The request without its body, for a key."""

    async def events(self) -> AsyncGenerator[list[Event] | Notice, None]:
        """Ask, and give what comes; raises ProviderError when the host declines, fails, or cannot be reached."""
        attempt, may_refresh = 1, True
        while True:
            # It may take a command of the user's, or a host of its own: nothing is sent before.
            key = await self.credential.key()
            request = self.address(key)
            yield RequestSent(self.provider, self.model)
            has_text, failure = False, None
            try:
                async with aclosing(self._attempt(request)) as answer:
                    async for events in answer:
                        _hide(events, key)
                        if not has_text:
                            _raise_failure(events)
                            has_text = any(isinstance(event, Text) for event in events)
                        yield events
            except ProviderError as error:
                _hide([Failed(error)], key)
                if has_text:
                    raise
                failure = error
            if failure is None:
                self.memory.breaker.succeeded()
                return
            if may_refresh and isinstance(failure, Auth) and await self.credential.refresh():
                may_refresh = False
            elif name := self._newly_declined(failure):
                yield Message(f"{self.model or self.provider} does not take {name}: asked without it", "warning")
            else:
                self.memory.breaker.failed(asyncio.get_running_loop().time())
                wait = wait_seconds(failure, attempt, random.random())
                if wait is None:
                    raise failure
                attempt += 1
                async for notice in _waiting(failure, attempt, wait):
                    yield notice

    async def _attempt(self, request: HttpRequest) -> AsyncGenerator[list[Event], None]:
        body = _without(self.body, self.memory.declined.get(self.model, set()))
        async with self.transport.send(HttpRequest(request.url, request.headers, body)) as response:
            if not 200 <= response.status < 300:
                raise self.codec.error(response.status, response.headers, await _beginning(response))
            decoder, chunks = self.codec.decoder(), response.chunks()
            async for chunk in chunks:
                if events := decoder.push(chunk):
                    yield events
                    if isinstance(events[-1], Finish):
                        await _read_out(chunks)
                        return
            if events := decoder.finish():
                yield events

    def _newly_declined(self, error: ProviderError) -> str:
        """The field that the host does not take, remembered for this model; "" where leaving it out was tried."""
        declined = self.memory.declined.setdefault(self.model, set())
        sent = [name for name in msgspec.json.decode(self.body, type=dict[str, msgspec.Raw]) if name not in declined]
        name = declined_parameter(error, sent)
        if name:
            declined.add(name)
        return name


def _hide(events: list[Event], key: str) -> None:
    """No sentence of a host's shows the key, even if the host repeats it."""
    last = events[-1]
    if isinstance(last, Failed) and key:
        secrets = [Secret(key)]
        last.error.args = (redact(str(last.error), secrets),)
        last.error.hint = redact(last.error.hint, secrets)


def _raise_failure(events: list[Event]) -> None:
    """A failure inside the stream before any text is a failure of the request."""
    last = events[-1]
    if isinstance(last, Failed) and not any(isinstance(event, Text) for event in events):
        raise last.error


async def _waiting(error: ProviderError, attempt: int, wait: float) -> AsyncGenerator[Notice, None]:
    """Say why and for how long, and wait; `attempt` is the one to come."""
    if not getattr(error, "retry_after_seconds", None):
        yield ConnectionIssue(type(error).__name__, attempt, MAX_ATTEMPTS)
        await asyncio.sleep(wait)
        return
    for remaining in range(math.ceil(wait), 0, -1):
        yield RateLimitWait(remaining)
        await asyncio.sleep(min(1.0, wait - (math.ceil(wait) - remaining)))


def _without(body: bytes, names: set[str]) -> bytes:
    """The JSON body without some of its fields."""
    if not names:
        return body
    fields = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: value for name, value in fields.items() if name not in names})


async def _read_out(chunks: AsyncIterator[bytes]) -> None:
    """The answer is whole, and nothing that still comes changes that; the end of the body keeps its connection warm."""
    room_bytes = MAX_REST_BYTES
    with suppress(TimeoutError, ProviderError):
        async with asyncio.timeout(REST_SECONDS):
            async for chunk in chunks:
                room_bytes -= len(chunk)
                if room_bytes < 0:
                    return


async def _beginning(response: Response) -> bytes:
    """As much of an error's body as is worth reading."""
    body = b""
    async for chunk in response.chunks():
        body += chunk
        if len(body) >= MAX_ERROR_BYTES:
            break
    return body[:MAX_ERROR_BYTES]
