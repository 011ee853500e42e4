"""What a provider is made of: a pure codec and a transport; it knows neither a dialect nor an HTTP library."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from lsp_llm.errors import ProviderError
from lsp_llm.exchange.messages import FimRequest, ModelRequest
from lsp_llm.stream.events import Event


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request, ready to be sent; headers and query may hold secrets, so that the repr shows nothing."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    method: str = "POST"


class Decoder(Protocol):
    """Bytes of a 2xx body in, events out; independent of how the bytes were cut (law L4)."""

    def push(self, chunk: bytes) -> list[Event]:
        """Take the next bytes."""
        ...

    def finish(self) -> list[Event]:
        """The body ended; a stream without its terminal marker ends in `Failed(Truncated)`."""
        ...


class Codec(Protocol):
    """One wire dialect, pure; what a host adds of its own stands in its provider's settings."""

    @property
    def path(self) -> str:
        """The endpoint below the base, or with "//" beside its version; "{model}" stands for the model."""
        ...

    @property
    def query(self) -> Mapping[str, str]:
        """What the dialect asks for in the address."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the dialect; lower-case names."""
        ...

    def encode(self, request: ModelRequest) -> bytes:
        """The request's JSON body; without a model in it where `model` is empty."""
        ...

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        ...

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What a non-2xx answer (or a 2xx that carries an error or no stream) means."""
        ...


class FimCodec(Protocol):
    """One way to ask for the middle; as a `Codec` in all but what it encodes."""

    @property
    def path(self) -> str:
        """Where the endpoint lies below the base; one that begins with two slashes lies beside its version."""
        ...

    @property
    def query(self) -> Mapping[str, str]:
        """What the way asks for in the address."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the way; lower-case names."""
        ...

    def encode(self, request: FimRequest) -> bytes:
        """The request's JSON body; without a model in it where `model` is empty."""
        ...

    def decoder(self) -> Decoder:
        """A fresh decoder for one answer."""
        ...

    def error(self, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
        """What a non-2xx answer (or a 2xx that carries an error or no stream) means."""
        ...


class Response(Protocol):
    """An answer whose head has arrived; `headers` has lower-case names."""

    status: int
    headers: Mapping[str, str]

    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes; raises Disconnected when the connection breaks."""
        ...


class Transport(Protocol):
    """Sends a request and hands over the streamed answer; leaving the context closes the connection at once."""

    def send(self, request: HttpRequest) -> AbstractAsyncContextManager[Response]:
        """Raises Unavailable when the host cannot be reached."""
        ...


class Credential(Protocol):
    """The key of a provider, wherever it comes from."""

    async def key(self) -> str:
        """The key to send now, "" for none; raises UserError with what to set, ProviderError where it is fetched."""
        ...

    async def refresh(self) -> bool:
        """The host did not accept the key: whether another one can be had by asking again."""
        ...
