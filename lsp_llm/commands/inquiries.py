"""What a client may ask beside its commands: presets, models, token counts; an inquiry changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

import msgspec

from lsp_llm import errors
from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.config.settings import Settings
from lsp_llm.errors import LspLlmError, ProviderError
from lsp_llm.providers.discovery import list_models
from lsp_llm.providers.discovery_presets import PresetList, preset_list
from lsp_llm.providers.discovery_shapes import ModelInfo
from lsp_llm.providers.registry import choose_preset, resolve
from lsp_llm.records.usage import UsageRow
from lsp_llm.status.events import Failed
from lsp_llm.status.wording import wording

OptionsT = TypeVar("OptionsT", bound=Options, contravariant=True)


class Inquiry(Protocol[OptionsT]):
    """One question; `options` is the type of what goes with it beside its place."""

    place: Place
    options: type[Any]

    async def answer(self, services: Services, target: Any, options: OptionsT) -> msgspec.Struct:
        """The answer, in the shape of the protocol; raises LspLlmError. `target` is there where `place` says so."""
        ...


class PresetsOptions(Options, frozen=True):
    """`uri` is a document whose project's settings count."""

    uri: str = ""


class ListPresets:
    """The presets, and which is in use."""

    place = Place.NONE
    options = PresetsOptions

    async def answer(self, services: Services, target: None, options: PresetsOptions) -> PresetList:
        """At once."""
        remembered = services.choices.of(services.workspace())
        return preset_list(services.settings(options.uri), services.environ, remembered)


class ModelsOptions(Options, frozen=True):
    """`provider` is that of the preset in use unless it is named."""

    provider: str = ""
    uri: str = ""


class Models(msgspec.Struct, frozen=True):
    """What a provider has."""

    provider: str
    models: tuple[ModelInfo, ...]


async def models_of(settings: Settings, provider_name: str, environ: Mapping[str, str]) -> Models:
    """Ask a provider, "" for that of the preset in use; raises LspLlmError."""
    name = provider_name or resolve(settings, choose_preset(settings, environ)[0]).provider_name
    return Models(name, (await list_models(settings, name, environ)).models)


class ListModels:
    """The models that a provider has, as it says itself."""

    place = Place.NONE
    options = ModelsOptions

    async def answer(self, services: Services, target: None, options: ModelsOptions) -> Models:
        """After one request to the provider, within its time limit."""
        settings = services.settings(options.uri)
        provider_name = options.provider or resolve(settings, services.chosen(options.uri)[0]).provider_name
        return await models_of(settings, provider_name, services.environ)


class NoOptions(Options, frozen=True):
    """Nothing goes with it."""


class Totals(msgspec.Struct, frozen=True):
    """Token counts, the latest last."""

    totals: list[UsageRow]


class ShowUsage:
    """What was used of each provider and model, by day."""

    place = Place.NONE
    options = NoOptions

    async def answer(self, services: Services, target: None, options: NoOptions) -> Totals:
        """All that is in the state folder, of every server of this user."""
        return Totals(await asyncio.to_thread(services.usage.totals))


def sentence(error: LspLlmError) -> str:
    """What to tell the user of an error, with what to do about it, as where a job fails with it."""
    return wording(Failed(str(error), error.hint if isinstance(error, ProviderError) else ""))


def error_type(error: LspLlmError) -> str:
    """The type of an error by the name that the protocol has for it; what is more special goes by its parent's."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == errors.__name__)
