"""Opens answers at model hosts: endpoint, key and dialect put together; it reads no settings file and keeps no text."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never
from urllib.parse import quote, urlencode

from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import Auth, Dialect
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import ModelRequest, without_system
from lsp_llm.providers.base import Codec, HttpRequest, Response, Transport
from lsp_llm.providers.local import LocalEngine
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.providers.registry import LOCAL, ResolvedPreset
from lsp_llm.providers.transport import HttpTransport
from lsp_llm.stream.events import Event

MAX_ERROR_BYTES = 64 * 1024
MODEL_IN_PATH = "{model}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, asked for when its events are read (the `AnswerSource` of jobs)."""

    provider: str
    model: str
    first_token_timeout_seconds: float
    inter_token_timeout_seconds: float
    codec: Codec
    transport: Transport
    request: HttpRequest = field(repr=False)

    async def events(self) -> AsyncGenerator[list[Event], None]:
        """Ask, and give what comes; raises ProviderError when the host declines or cannot be reached."""
        async with self.transport.send(self.request) as response:
            if not 200 <= response.status < 300:
                raise self.codec.error(response.status, response.headers, await _beginning(response))
            decoder = self.codec.decoder()
            async for chunk in response.chunks():
                if events := decoder.push(chunk):
                    yield events
            yield decoder.finish()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to ask, with which key, and what the model is called for the user."""

    base_url: str
    auth: Auth
    key: str = field(repr=False)
    model: str


class ModelHosts:
    """The warm connections and the embedded engine that all jobs share."""

    def __init__(self) -> None:
        self._transports: dict[str, HttpTransport] = {}
        self._engines: dict[str, LocalEngine] = {}

    async def answer(self, resolved: ResolvedPreset, request: ModelRequest, key: Secret | None) -> Answer:
        """An answer ready to be asked for; starts the embedded engine where it is the provider."""
        provider = resolved.provider
        place = await self._place(resolved, request.model, key)
        codec = codec_for(provider.dialect)
        path = provider.path or codec.path
        if not resolved.preset.system:
            request = replace(request, messages=tuple(without_system(request.messages)))
        if MODEL_IN_PATH in path:
            request = replace(request, model="")
        headers = {
            "content-type": "application/json",
            "accept": "text/event-stream",
            **codec.headers,
            **authorization(place.auth, place.key),
            **provider.headers,
            **resolved.preset.headers,
        }
        return Answer(
            resolved.provider_name,
            place.model,
            provider.first_token_timeout_seconds,
            provider.inter_token_timeout_seconds,
            codec,
            self._transports.setdefault(provider.ca_file, HttpTransport(provider.ca_file)),
            HttpRequest(
                url(place.base_url, path.replace(MODEL_IN_PATH, quote(place.model)), {**codec.query, **provider.query}),
                headers,
                codec.encode(request),
            ),
        )

    async def _place(self, resolved: ResolvedPreset, model: str, key: Secret | None) -> _Place:
        name, provider = resolved.provider_name, resolved.provider
        if provider.base_url:
            return _Place(provider.base_url, provider.auth, key.reveal() if key else "", model)
        if name != LOCAL:
            raise UserError(f'provider "{name}" has no base_url: set it in [providers.{name}]')
        engine = self._engines.setdefault(provider.model, LocalEngine(provider.model))
        endpoint = await engine.start()
        return _Place(endpoint.base_url, "bearer", endpoint.api_key, endpoint.label)

    async def close(self) -> None:
        """Close every connection and end the embedded engine."""
        for transport in self._transports.values():
            await transport.close()
        for engine in self._engines.values():
            await engine.stop()


def codec_for(dialect: Dialect) -> Codec:
    """The codec of a dialect."""
    match dialect:
        case "openai_chat":
            return OpenAIChatCodec()
        case _:
            assert_never(dialect)


def url(base_url: str, path: str, query: Mapping[str, str]) -> str:
    """The address of an endpoint below a provider's base."""
    asked = f"?{urlencode(query)}" if query else ""
    return f"{base_url.rstrip('/')}/{path.lstrip('/')}{asked}"


def authorization(auth: Auth, key: str) -> dict[str, str]:
    """The header that carries the key, none without a key."""
    if not key:
        return {}
    match auth:
        case "bearer" | "oauth":
            return {"authorization": f"Bearer {key}"}
        case "x-api-key" | "x-goog-api-key" | "api-key":
            return {auth: key}
        case "none":
            return {}
        case _:
            assert_never(auth)


async def _beginning(response: Response) -> bytes:
    """As much of an error's body as is worth reading."""
    body = b""
    async for chunk in response.chunks():
        body += chunk
        if len(body) >= MAX_ERROR_BYTES:
            break
    return body[:MAX_ERROR_BYTES]
