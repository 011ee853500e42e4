"""The wire: messages to whoever handles them, and back; it knows no feature, and not how a message travels.

Hot messages are decoded into the structs of messages.py and handed over at once: didChange, codeAction, and answers to
requests of ours. Every other message is cold and goes to the pygls server of cold.py, which is imported with the first
of them.
Whatever is wrong with a message is answered or logged, and the next one is taken.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from lsp_llm.lsp.hold import Hold
from lsp_llm.lsp.mending import in_utf8, without_half_characters
from lsp_llm.lsp.messages import Envelope, ErrorAnswer, MessageId, Notification, Request, ResponseError, Result
from lsp_llm.stream.surrogates import json_of

_log = logging.getLogger(__name__)

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32602, -32603
SERVER_NOT_INITIALIZED, REQUEST_FAILED = -32002, -32803
OWN_FAULT = "a fault in lsp-llm: {}; see the log (--log-file)"
REQUEST_SECONDS = 30.0
"""The time limit of requests to the client (law L9)."""

Answer = Callable[[msgspec.Raw | None, ResponseError | None], None]
"""Called once with the result or the error; both None when the time limit has passed."""

_envelope = msgspec.json.Decoder(Envelope)
_error = msgspec.json.Decoder(ResponseError)


class Output(Protocol):
    """Where messages go."""

    def send(self, body: bytes) -> None:
        """Send or queue one whole message; never block."""
        ...


class Cold(Protocol):
    """Whoever handles what is not hot."""

    def handle(self, body: bytes) -> None:
        """Take one whole message."""
        ...


class Trace(Protocol):
    """Whoever writes down what goes over the wire."""

    def received(self, body: bytes) -> None:
        """From the client."""
        ...

    def sent(self, body: bytes) -> None:
        """To the client."""
        ...


class HotHandler(Protocol):
    """Handles the raw params of one method; a result is sent back if the message was a request."""

    def __call__(self, params: msgspec.Raw) -> Any:
        """Raises RequestRefused."""
        ...


class RequestRefused(Exception):
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


Gate = Callable[[str], RequestRefused | None]
"""Why a method is not taken now, None when it is."""


class Wire:
    """One client connection."""

    def __init__(self, output: Output, load_cold: Callable[[], Cold], trace: Trace | None = None) -> None:
        self._output = output
        self._load_cold = load_cold
        self._cold: Cold | None = None
        self._trace = trace
        self._hot: Mapping[str, HotHandler] = {}
        self._refusal: Gate = lambda method: None
        self._answers: dict[MessageId, tuple[Answer, float]] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._count = 0
        self._hold = Hold(self._handle)

    def serve(self, hot: Mapping[str, HotHandler], refusal: Gate) -> None:
        """Name the methods that do not go through the cold server, and who says when a method is not taken."""
        self._hot = hot
        self._refusal = refusal

    # --- in -----------------------------------------------------------------------------------------------------------

    def resume(self, initialize: bytes) -> None:
        """Take an initialize that has its answer already."""
        message, body = _read(initialize)
        message.id = msgspec.UNSET
        self._handle(message, body)

    def misframed(self, beginning: bytes) -> None:
        """Say that bytes came which are no message; `beginning` is what they start with."""
        _log.warning("a broken frame was skipped; it begins with %r", beginning)
        self.refuse(None, PARSE_ERROR, "broken frame: a header with Content-Length is expected")

    def take(self, body: bytes) -> None:
        """Take one whole message from the client."""
        if self._trace is not None:
            self._trace.received(body)
        try:
            message, body = _read(body)
        except (ValueError, RecursionError) as error:
            code = INVALID_REQUEST if isinstance(error, msgspec.ValidationError) else PARSE_ERROR
            _log.warning("a message was not understood: %s", error)
            self.refuse(None, code, f"not a JSON-RPC message: {error}")
            return
        self._hold.take(message, body)

    def hold(self, limit_seconds: float) -> None:
        """Take nothing but answers until `release`, and no longer than this; the rest is taken then, in its order."""
        self._hold.begin(limit_seconds)

    def release(self) -> None:
        """Take what was held back."""
        self._hold.end()

    def _handle(self, message: Envelope, body: bytes) -> None:
        try:
            self._dispatch(message, body)
        except RequestRefused as refusal:
            self._refuse(message, refusal.code, str(refusal))
        except msgspec.ValidationError as error:
            self._refuse(message, INVALID_PARAMS, f"{message.method}: {error}")
        except Exception as error:  # noqa: BLE001  The messages behind this one must not be lost with it.
            _log.error("a fault in %s: %s", _name(message), error, exc_info=True)
            self._refuse(message, INTERNAL_ERROR, OWN_FAULT.format(error))

    def _dispatch(self, message: Envelope, body: bytes) -> None:
        if message.method is msgspec.UNSET:
            self._take_answer(message)
            return
        if message.jsonrpc != "2.0":
            raise RequestRefused(INVALID_REQUEST, f'{message.method}: "jsonrpc": "2.0" is missing')
        if (refusal := self._refusal(message.method)) is not None:
            raise refusal
        if (handler := self._hot.get(message.method)) is None:
            self._cold_server().handle(body)
            return
        result = handler(msgspec.Raw(b"{}") if message.params is msgspec.UNSET else message.params)
        if message.id is not msgspec.UNSET:
            self.send(json_of(Result(message.id, result)))

    def _take_answer(self, message: Envelope) -> None:
        waiting = self._answers.pop(message.id, None) if isinstance(message.id, (int, str)) else None
        if waiting is None:
            _log.info("an answer to nothing that was asked: id %r", message.id)
            return
        answer, _ = waiting
        error = _error_of(message)
        answer(None if error or message.result is msgspec.UNSET else message.result, error)

    def _refuse(self, message: Envelope, code: int, text: str) -> None:
        """Answer a request; a notification or an answer can only be logged."""
        if message.method is not msgspec.UNSET and message.id is not msgspec.UNSET:
            self.refuse(message.id, code, text)
        else:
            _log.warning("%s", text)

    def _cold_server(self) -> Cold:
        if self._cold is None:
            self._cold = self._load_cold()
        return self._cold

    # --- out ----------------------------------------------------------------------------------------------------------

    def send(self, body: bytes) -> None:
        """Send one whole message."""
        if self._trace is not None:
            self._trace.sent(body)
        self._output.send(body)

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send(json_of(Notification(method, params)))

    def request(self, method: str, params: object, answer: Answer, limit_seconds: float | None = None) -> None:
        """Send a request; `answer` is called once, also when nothing comes within the time limit."""
        self._count += 1
        due = asyncio.get_running_loop().time() + (REQUEST_SECONDS if limit_seconds is None else limit_seconds)
        self._answers[self._count] = answer, due
        if self._sweep is None or due < self._sweep.when():
            self._wait_for_next(due)
        self.send(json_of(Request(self._count, method, params)))

    def refuse(self, message_id: MessageId | None, code: int, text: str) -> None:
        """Answer a request with an error."""
        self.send(json_of(ErrorAnswer(message_id, ResponseError(code, text))))

    def close(self) -> None:
        """Wait for no answer any more: the client has gone."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._answers.clear()
        self._hold.close()

    def _wait_for_next(self, due: float) -> None:
        """One timer serves all requests: edits come by the thousand."""
        if self._sweep is not None:
            self._sweep.cancel()
        self._sweep = asyncio.get_running_loop().call_at(due, self._expire)

    def _expire(self) -> None:
        now = asyncio.get_running_loop().time()
        numbers = [number for number, (_, due) in self._answers.items() if due <= now]
        late = [self._answers.pop(number)[0] for number in numbers]
        self._sweep = None
        if self._answers:
            self._wait_for_next(min(due for _, due in self._answers.values()))
        for answer in late:
            answer(None, None)


def _error_of(message: Envelope) -> ResponseError | None:
    if message.error is msgspec.UNSET or bytes(message.error) == b"null":
        return None
    try:
        return _error.decode(message.error)
    except msgspec.DecodeError:
        return ResponseError(INTERNAL_ERROR, "an error that is not one of JSON-RPC")


def _read(body: bytes) -> tuple[Envelope, bytes]:
    """The message, and its body as it could be read; raises ValueError."""
    body = in_utf8(body)
    try:
        return _envelope.decode(body), body
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        body = without_half_characters(body)
        return _envelope.decode(body), body


def _name(message: Envelope) -> str:
    return "an answer" if message.method is msgspec.UNSET else message.method
