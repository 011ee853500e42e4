"""Asks a model host which models it has: one request within a time limit; it keeps nothing but what the key needed.

It speaks to the host over a transport of its own, because a list is rare and answers should not wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lsp_llm.config.nearest import known_names
from lsp_llm.config.secrets import Secret, redact
from lsp_llm.config.settings import Preset, Settings
from lsp_llm.errors import NotFound, UserError
from lsp_llm.providers.base import HttpRequest, Transport
from lsp_llm.providers.credentials import Access, Credentials
from lsp_llm.providers.discovery_shapes import ModelInfo, list_place, models_in
from lsp_llm.providers.faults import error_of_answer
from lsp_llm.providers.hosts import authorization, url
from lsp_llm.providers.json_call import call
from lsp_llm.providers.local import LocalEngine
from lsp_llm.providers.registry import LOCAL, ResolvedPreset
from lsp_llm.providers.transport import HttpTransport

LIMIT_SECONDS = 15.0
ANY_MODEL = "any"
"""Stands where a preset must name a model and a list needs none."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What a host has; `headers` are those of its answer, with lower-case names."""

    models: tuple[ModelInfo, ...]
    headers: Mapping[str, str]


def preset_of(settings: Settings, provider_name: str) -> ResolvedPreset:
    """A preset that leads to the provider, a made-up one if need be; raises UserError where there is no provider."""
    provider = settings.providers.get(provider_name)
    if provider is None:
        raise UserError(f'there is no provider "{provider_name}"; {known_names(provider_name, settings.providers)}')
    presets = (preset for preset in settings.presets.values() if preset.provider == provider_name and preset.model)
    preset = next(presets, Preset(provider_name, ANY_MODEL))
    return ResolvedPreset(provider_name, preset, provider_name, provider)


async def list_models(settings: Settings, provider_name: str, environ: Mapping[str, str]) -> Listing:
    """The models of a provider, with its key; raises LspLlmError."""
    resolved = preset_of(settings, provider_name)
    transport = HttpTransport(resolved.provider.ca_file)
    try:
        access = await Credentials(environ, lambda _: transport).access(resolved)
        return await listing(access, transport)
    finally:
        await transport.close()


async def listing(access: Access, transport: Transport, limit_seconds: float = LIMIT_SECONDS) -> Listing:
    """The models of a provider that can be addressed.

    Raises ProviderError where the host declines or does not answer in time, UserError where no key or address is set.
    """
    name, provider = access.resolved.provider_name, access.resolved.provider
    if not provider.base_url:
        if name != LOCAL:
            raise UserError(f'provider "{name}" has no base_url: set it in [providers.{name}]')
        return Listing((ModelInfo(LocalEngine(provider.model).label),), {})
    key = await access.credential.key()
    place = list_place(provider.dialect)
    address = url(provider.base_url, place.path, {**place.query, **provider.query})
    headers = {
        "accept": "application/json",
        **authorization(provider.auth, key),
        **place.headers,
        **provider.headers,
    }
    status, answer_headers, body = await call(transport, HttpRequest(address, headers, b"", "GET"), limit_seconds)
    answer_headers, body = _without_key(answer_headers, body, key)
    if not 200 <= status < 300:
        error = error_of_answer(status, answer_headers, body)
        if isinstance(error, NotFound):
            raise NotFound(f"{name} has no list of models at {place.path}.", "Name the model in the preset yourself.")
        raise error
    return Listing(models_in(body), answer_headers)


def _without_key(headers: Mapping[str, str], body: bytes, key: str) -> tuple[dict[str, str], bytes]:
    """An answer that does not hold the key: a host may echo it anywhere, even as the name of a model."""
    secrets = [Secret(key)]
    text = redact(body.decode("utf-8", "surrogateescape"), secrets)
    return {name: redact(value, secrets) for name, value in headers.items()}, text.encode("utf-8", "surrogateescape")
