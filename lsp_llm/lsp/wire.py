"""The wire: frames to messages, messages to whoever handles them, and back; it knows no feature.

Hot messages are decoded into the structs of messages.py and handed over at once: didChange, and answers to requests of
ours. Every other message is cold and goes to the pygls server of cold.py, which is imported with the first of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.messages import Envelope, ErrorAnswer, MessageId, Notification, Request, ResponseError, Result

_log = logging.getLogger(__name__)

PARSE_ERROR, INVALID_REQUEST, INVALID_PARAMS, INTERNAL_ERROR = -32700, -32600, -32602, -32603
SERVER_NOT_INITIALIZED, REQUEST_FAILED = -32002, -32803
REQUEST_SECONDS = 30.0
"""The time limit of requests to the client (law L9)."""

Answer = Callable[[msgspec.Raw | None, ResponseError | None], None]
"""Called once with the result or the error; both None when the time limit has passed."""

_envelope = msgspec.json.Decoder(Envelope)
_error = msgspec.json.Decoder(ResponseError)
_encode = msgspec.json.Encoder().encode


class Output(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> None:
        """Send or queue; never block."""
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


class RequestRefused(Exception):  # noqa: N818  It is an answer, not a fault.
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Wire:
    """One client connection."""

    def __init__(self, output: Output, load_cold: Callable[[], Cold], trace: Trace | None = None) -> None:
        self._output = output
        self._load_cold = load_cold
        self._cold: Cold | None = None
        self._trace = trace
        self._frames = FrameDecoder()
        self._hot: Mapping[str, HotHandler] = {}
        self._answers: dict[MessageId, tuple[Answer, asyncio.TimerHandle]] = {}
        self._count = 0

    def handle_hot(self, handlers: Mapping[str, HotHandler]) -> None:
        """Name the methods that do not go through the cold server."""
        self._hot = handlers

    # --- in -----------------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take bytes from the client."""
        for body in self._frames.push(data):
            if isinstance(body, BrokenFrame):
                _log.warning("a broken frame was skipped; it begins with %r", body.beginning)
                self.refuse(None, PARSE_ERROR, "broken frame: a header with Content-Length is expected")
            else:
                self._take(body)

    def _take(self, body: bytes) -> None:
        if self._trace is not None:
            self._trace.received(body)
        try:
            message = _envelope.decode(body)
        except msgspec.DecodeError as error:
            _log.warning("a message was not understood: %s", error)
            self.refuse(None, PARSE_ERROR, f"not a JSON-RPC message: {error}")
            return
        if message.method is msgspec.UNSET:
            self._take_answer(message, body)
        elif (handler := self._hot.get(message.method)) is not None:
            self._call(handler, message)
        else:
            self._cold_server().handle(body)

    def _take_answer(self, message: Envelope, body: bytes) -> None:
        waiting = self._answers.pop(message.id, None) if isinstance(message.id, (int, str)) else None
        if waiting is not None:
            answer, timer = waiting
            timer.cancel()
            error = _error_of(message)
            answer(None if error or message.result is msgspec.UNSET else message.result, error)
        elif isinstance(message.id, str):
            self._cold_server().handle(body)
        else:
            _log.info("an answer to nothing that was asked: id %r", message.id)

    def _call(self, handler: HotHandler, message: Envelope) -> None:
        params = msgspec.Raw(b"{}") if message.params is msgspec.UNSET else message.params
        try:
            result = handler(params)
        except RequestRefused as refusal:
            self._answer_hot(message, ErrorAnswer(_id(message), ResponseError(refusal.code, str(refusal))))
        except msgspec.ValidationError as error:
            text = f"{message.method}: {error}"
            _log.warning("%s", text)
            self._answer_hot(message, ErrorAnswer(_id(message), ResponseError(INVALID_PARAMS, text)))
        else:
            self._answer_hot(message, Result(_id(message), result))

    def _answer_hot(self, message: Envelope, answer: Result | ErrorAnswer) -> None:
        if message.id is not msgspec.UNSET:
            self.send(_encode(answer))

    def _cold_server(self) -> Cold:
        if self._cold is None:
            self._cold = self._load_cold()
        return self._cold

    # --- out ----------------------------------------------------------------------------------------------------------

    def send(self, body: bytes) -> None:
        """Send one whole message."""
        if self._trace is not None:
            self._trace.sent(body)
        self._output.write(frame(body))

    def notify(self, method: str, params: object) -> None:
        """Send a notification."""
        self.send(_encode(Notification(method, params)))

    def request(self, method: str, params: object, answer: Answer) -> None:
        """Send a request; `answer` is called once, also when nothing comes within the time limit."""
        self._count += 1
        number = self._count
        timer = asyncio.get_running_loop().call_later(REQUEST_SECONDS, self._expire, number)
        self._answers[number] = (answer, timer)
        self.send(_encode(Request(number, method, params)))

    def refuse(self, message_id: MessageId | None, code: int, text: str) -> None:
        """Answer a request with an error."""
        self.send(_encode(ErrorAnswer(message_id, ResponseError(code, text))))

    def _expire(self, number: int) -> None:
        waiting = self._answers.pop(number, None)
        if waiting is not None:
            waiting[0](None, None)


def _error_of(message: Envelope) -> ResponseError | None:
    if message.error is msgspec.UNSET or bytes(message.error) == b"null":
        return None
    try:
        return _error.decode(message.error)
    except msgspec.DecodeError:
        return ResponseError(INTERNAL_ERROR, "an error that is not one of JSON-RPC")


def _id(message: Envelope) -> MessageId | None:
    return message.id if isinstance(message.id, (int, str)) else None
