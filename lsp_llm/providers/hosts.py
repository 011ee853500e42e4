"""Opens answers at model hosts: endpoint, key and dialect put together; it reads no settings file and keeps no text."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, assert_never
from urllib.parse import quote, urlencode

from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import Auth, Dialect, Provider
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import FimRequest, ModelRequest, without_system
from lsp_llm.providers.asking import Answer, HostMemory
from lsp_llm.providers.base import Codec, Credential, FimCodec, HttpRequest
from lsp_llm.providers.credentials import Credentials
from lsp_llm.providers.local import LocalEngine
from lsp_llm.providers.prefill import with_prefill_mark
from lsp_llm.providers.registry import LOCAL, ResolvedPreset
from lsp_llm.providers.transport import HttpTransport

MODEL_IN_PATH: Final = "{model}"
BESIDE_THE_VERSION: Final = "//"
"""How a path begins that does not lie below the version of the other endpoints."""
_VERSION: Final = "/v1"
_HEADERS: Final[Mapping[str, str]] = {"content-type": "application/json", "accept": "text/event-stream"}


@dataclass(frozen=True, slots=True)
class _EngineKey:
    """The key of the embedded engine, which lives as long as it does (a `Credential`)."""

    value: str

    async def key(self) -> str:
        """The key."""
        return self.value

    async def refresh(self) -> bool:
        """There is no other."""
        return False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where to ask, with which key, and what the model is called for the user."""

    base_url: str
    auth: Auth
    credential: Credential
    model: str


class ModelHosts:
    """The warm connections, the keys, the embedded engine, and what is remembered of hosts; all jobs share it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._transports: dict[str, HttpTransport] = {}
        self._credentials = Credentials(environ, self._transport)
        self._engines: dict[str, LocalEngine] = {}
        self._memories: dict[str, HostMemory] = {}

    async def answer(self, resolved: ResolvedPreset, request: ModelRequest | FimRequest) -> Answer:
        """An answer ready to be asked for; starts the embedded engine where it is the provider.

        Raises UserError for what is missing in settings or environment, ProviderError where a host has to be asked
        for its own address.
        """
        access = await self._credentials.access(resolved)
        resolved, provider = access.resolved, access.resolved.provider
        place = await self._place(resolved, access.credential)
        codec, path, body = encoded(resolved, request)
        address = url(
            place.base_url, path.replace(MODEL_IN_PATH, quote(place.model)), {**codec.query, **provider.query}
        )
        headers = {**_HEADERS, **codec.headers, **provider.headers, **resolved.preset.headers}
        return Answer(
            resolved.provider_name,
            place.model,
            provider.first_token_timeout_seconds,
            provider.inter_token_timeout_seconds,
            codec,
            self._transport(provider),
            place.credential,
            self._memory(resolved.provider_name),
            body,
            # What the user set stands above the key's own header.
            lambda key: HttpRequest(address, {**authorization(place.auth, key), **headers}, b""),
        )

    def is_resting(self, provider_name: str) -> bool:
        """Whether the provider failed so often lately that another one should be asked, if there is one."""
        return self._memory(provider_name).breaker.is_resting(asyncio.get_running_loop().time())

    def secrets(self) -> tuple[Secret, ...]:
        """Every key that was found so far, for those who take secrets out of texts."""
        return self._credentials.secrets()

    async def close(self) -> None:
        """Close every connection and end the embedded engine."""
        for transport in self._transports.values():
            await transport.close()
        for engine in self._engines.values():
            await engine.stop()

    def _transport(self, provider: Provider) -> HttpTransport:
        return self._transports.setdefault(provider.ca_file, HttpTransport(provider.ca_file))

    def _memory(self, provider_name: str) -> HostMemory:
        return self._memories.setdefault(provider_name, HostMemory())

    async def _place(self, resolved: ResolvedPreset, credential: Credential) -> _Place:
        name, provider = resolved.provider_name, resolved.provider
        if provider.base_url:
            return _Place(provider.base_url, provider.auth, credential, resolved.preset.model)
        if name != LOCAL:
            raise UserError(f'provider "{name}" has no base_url: set it in [providers.{name}]')
        # One engine at a time: the model of before the settings changed would fill the memory.
        for model in [model for model in self._engines if model != provider.model]:
            await self._engines.pop(model).stop()
        endpoint = await self._engines.setdefault(provider.model, LocalEngine(provider.model)).start()
        return _Place(endpoint.base_url, "bearer", _EngineKey(endpoint.api_key), endpoint.label)


def codec_for(dialect: Dialect) -> Codec:
    """The codec of a dialect, which is loaded when it is first asked for: starting the server pays for none."""
    match dialect:
        case "openai_chat":
            from lsp_llm.providers.openai_chat import OpenAIChatCodec

            return OpenAIChatCodec()
        case "openai_responses":
            from lsp_llm.providers.openai_responses import OpenAIResponsesCodec

            return OpenAIResponsesCodec()
        case "anthropic":
            from lsp_llm.providers.anthropic import AnthropicCodec

            return AnthropicCodec()
        case "gemini":
            from lsp_llm.providers.gemini import GeminiCodec

            return GeminiCodec()
        case "ollama":
            from lsp_llm.providers.ollama import OllamaCodec

            return OllamaCodec()
        case _:
            assert_never(dialect)


def encoded(resolved: ResolvedPreset, request: ModelRequest | FimRequest) -> tuple[Codec | FimCodec, str, bytes]:
    """The codec, the path of its endpoint, and the body; where the path names the model, the body does not."""
    if isinstance(request, FimRequest):
        from lsp_llm.providers.fim import fim_codec

        middle = fim_codec(resolved.preset.fim)
        return middle, middle.path, middle.encode(request)
    codec = codec_for(resolved.provider.dialect)
    path = resolved.provider.path or codec.path
    messages = request.messages if resolved.preset.system else tuple(without_system(request.messages))
    messages = with_prefill_mark(messages, resolved.provider.prefill)
    model = "" if MODEL_IN_PATH in path else request.model
    return codec, path, codec.encode(replace(request, model=model, messages=messages))


def url(base_url: str, path: str, query: Mapping[str, str]) -> str:
    """The address of an endpoint below a provider's base."""
    base = base_url.rstrip("/")
    if path.startswith(BESIDE_THE_VERSION):
        base = base.removesuffix(_VERSION)
    asked = f"?{urlencode(query)}" if query else ""
    return f"{base}/{path.lstrip('/')}{asked}"


def authorization(auth: Auth, key: str) -> dict[str, str]:
    """The header that carries the key, none without a key."""
    if not key:
        return {}
    match auth:
        case "bearer" | "oauth" | "google":
            return {"authorization": f"Bearer {key}"}
        case "x-api-key" | "x-goog-api-key" | "api-key":
            return {auth: key}
        case "none":
            return {}
        case _:
            assert_never(auth)
