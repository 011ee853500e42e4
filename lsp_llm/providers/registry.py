"""What is built in and what the user set, put together: the choice among presets, and a preset with its provider.

Settings merge over the tables key by key. It opens no connection and reads no key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from lsp_llm.config.nearest import known_names
from lsp_llm.config.problems import dotted
from lsp_llm.config.secrets import key_variable
from lsp_llm.config.settings import Preset, Provider, Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.addresses import filled

# Named again for those who need no more of the tables than this.
from lsp_llm.providers.preset_table import PRESETS as PRESETS
from lsp_llm.providers.provider_table import LOCAL as LOCAL
from lsp_llm.providers.provider_table import PROVIDERS as PROVIDERS
from lsp_llm.providers.provider_table import BuiltInProvider

# Of a provider that is not built in nothing is known: it may need no model, and has no blanks but those of `address`.
_UNKNOWN: Final = BuiltInProvider("", model_is="")


@dataclass(frozen=True, slots=True)
class ResolvedPreset:
    """A preset together with its provider: all that a request needs but the key."""

    name: str
    preset: Preset
    provider_name: str
    provider: Provider


def builtin_values() -> dict[str, Any]:
    """The values of the lowest layer of settings: every built-in provider and preset; a new dict at each call."""
    return {
        "providers": {provider.name: dict(provider.settings) for provider in PROVIDERS},
        "presets": {name: dict(preset) for name, preset in PRESETS.items()},
    }


def default_key_env(provider_name: str) -> str:
    """The environment variable where a built-in provider's key usually is, "" when there is none."""
    return _built_in(provider_name).key_env


def choose_preset(settings: Settings, environ: Mapping[str, str], remembered: str = "") -> tuple[str, str]:
    """The name of the preset in use and a sentence on why; the name may be unknown, which `resolve` reports.

    `remembered` is what the user chose for the workspace, which stands above all settings as long as it is there.
    Where none is set: the first built-in one whose key is there, and of which nothing else is missing.
    """
    if remembered in settings.presets:
        return remembered, f'you chose the preset "{remembered}" for this workspace'
    name, reason = _choose_by_settings(settings, environ)
    gone = (
        f'the preset "{remembered}", which you chose for this workspace, is not there any more; ' if remembered else ""
    )
    return name, f"{gone}{reason}"


def _choose_by_settings(settings: Settings, environ: Mapping[str, str]) -> tuple[str, str]:
    if settings.preset:
        return settings.preset, f'the settings choose the preset "{settings.preset}"'
    for name in PRESETS:
        if (key := _key_place(settings, name, environ)) and _is_whole(settings, name, environ):
            return name, f'no preset is set and {key} is there: using "{name}"'
    return LOCAL, f'no preset is set and no API key of a built-in preset is there: using "{LOCAL}"'


def resolve(settings: Settings, name: str) -> ResolvedPreset:
    """The preset `name` with its provider, whose `params` it takes on; `placed` makes it ready to be sent to.

    Raises UserError, with the nearest known name, when either is unknown.
    """
    preset = settings.presets.get(name)
    if preset is None:
        raise UserError(_unknown("preset", name, settings.presets))
    provider = settings.providers.get(preset.provider)
    if provider is None:
        raise UserError(f'preset "{name}": {_unknown("provider", preset.provider, settings.providers)}')
    preset = msgspec.structs.replace(preset, params={**provider.params, **preset.params})
    return ResolvedPreset(name, preset, preset.provider, provider)


def placed(resolved: ResolvedPreset, environ: Mapping[str, str]) -> ResolvedPreset:
    """The same with every blank of the provider's addresses filled, but for what only the host can say.

    Raises UserError that says what is missing: values, or the name of a model.
    """
    known = _built_in(resolved.provider_name)
    if known.model_is and not resolved.preset.model:
        table = dotted(("presets", resolved.name))
        raise UserError(f'preset "{resolved.name}" names no model: set model in [{table}] to {known.model_is}')
    return replace(resolved, provider=filled(resolved.provider_name, resolved.provider, known.blanks, environ))


def _built_in(provider_name: str) -> BuiltInProvider:
    return next((provider for provider in PROVIDERS if provider.name == provider_name), _UNKNOWN)


def _key_place(settings: Settings, preset_name: str, environ: Mapping[str, str]) -> str:
    """Where the key of a preset's provider is, in words; "" where it is not."""
    preset = settings.presets.get(preset_name)
    provider = settings.providers.get(preset.provider) if preset else None
    if preset is None or provider is None:
        return ""
    variable = key_variable(provider, default_key_env(preset.provider))
    if environ.get(variable, "").strip():
        return variable
    return dotted(("providers", preset.provider, "api_key_command")) if provider.api_key_command else ""


def _is_whole(settings: Settings, preset_name: str, environ: Mapping[str, str]) -> bool:
    try:
        placed(resolve(settings, preset_name), environ)
    except UserError:
        return False
    return True


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    return f'there is no {kind} "{name}"; {known_names(name, known)}'
