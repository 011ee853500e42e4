"""pygls behind the wire: every message that is not hot is structured by lsprotocol and dispatched by pygls.

Three traps of pygls are kept away from here: it is given whole objects, so that an argument with a "jsonrpc" key is not
taken for a message; params that are left out are given as null, so that unknown methods are answered; it writes through
the wire, which never blocks. Importing this module costs some 200 ms, which is why the wire does it late.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from cattrs import Converter
from lsprotocol import converters, types
from pygls.exceptions import JsonRpcException
from pygls.protocol import JsonRPCProtocol
from pygls.server import JsonRPCServer

from lsp_llm.commands.inquiries import error_type, sentence
from lsp_llm.errors import LspLlmError, ProviderError, RateLimited, Unavailable
from lsp_llm.lsp.wire import INTERNAL_ERROR, INVALID_PARAMS, OWN_FAULT, REQUEST_FAILED, RequestRefused, Wire

_log = logging.getLogger(__name__)


@cache
def _converter() -> Converter:
    """Made once: it writes code for every type that it meets, and all clients of a process meet the same ones."""
    return converters.get_converter()


class Protocol(JsonRPCProtocol):
    """JSON-RPC with the message types of LSP; none of pygls' own LSP features."""

    def get_message_type(self, method: str) -> type[Any] | None:
        """The lsprotocol type of a message."""
        return types.METHOD_TO_TYPES.get(method, (None,))[0]

    def get_result_type(self, method: str) -> type[Any] | None:
        """The lsprotocol type of a response."""
        return types.METHOD_TO_TYPES.get(method, (None, None))[1]


class ColdServer(JsonRPCServer):
    """A pygls server that is fed message by message."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(Protocol, _converter)
        self._wire = wire
        self.protocol.set_writer(_Writer(wire), include_headers=False)

    def handle(self, body: bytes) -> None:
        """Take one whole message that has a method; raises RequestRefused for params of another shape."""
        message = msgspec.json.decode(body)
        message.setdefault("params", None)
        try:
            structured = self.protocol.structure_message(message)
        except JsonRpcException:
            # pygls calls some of these an internal error, and says where in many lines of its own.
            raise RequestRefused(INVALID_PARAMS, f"{message['method']}: the params are not of its shape") from None
        self.protocol.handle_message(structured)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Log it; the user is told by the answer, not by a traceback."""
        _log.log(logging.INFO if isinstance(error, JsonRpcException) else logging.WARNING, "%s", error)


class _Writer:
    """What pygls writes goes through the wire."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def write(self, data: bytes) -> None:
        """One whole message, without header."""
        self._wire.send(data)

    def close(self) -> None:
        """The wire is closed by whoever opened it."""


def refused(code: int, error: Exception) -> JsonRpcException:
    """An answer with an error for pygls to send."""
    return JsonRpcException(str(error), code=code)


def failed(error: LspLlmError) -> JsonRpcException:
    """The answer to a request that could not be carried out: a sentence, and as data what kind of failure it is."""
    data: dict[str, Any] = {"errorType": error_type(error)}
    if isinstance(error, ProviderError):
        data["hint"] = error.hint
    if isinstance(error, RateLimited | Unavailable) and error.retry_after_seconds is not None:
        data["retryAfterSeconds"] = error.retry_after_seconds
    return JsonRpcException(sentence(error), code=REQUEST_FAILED, data=data)


def guarded(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A handler whose unforeseen errors are answered with a sentence instead of a traceback."""

    def call(params: Any) -> Any:
        try:
            return handler(params)
        except JsonRpcException:
            raise
        except Exception as error:  # noqa: BLE001  pygls would send the traceback to the client.
            _log.error("a fault in %s: %s", handler.__name__, error, exc_info=True)
            raise refused(INTERNAL_ERROR, RuntimeError(OWN_FAULT.format(error))) from None

    return call
