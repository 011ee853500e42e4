"""The presets that there are, which of them is in use and why, and where each one's key would be; it shows no key.

It runs no command and asks no host, so that a list is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from lsp_llm.config.secrets import key_variable
from lsp_llm.config.settings import Provider, Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.aicore import with_service_key
from lsp_llm.providers.registry import choose_preset, default_key_env, placed, resolve

KEY_COMMAND = "api_key_command"
KeyState = Literal["found", "missing", "onDemand", "none"]
"""`missing`: not in its variable, and the keyring was not asked; `onDemand`: a command or Google's library has it;
`none`: nothing says that one is needed."""


class PresetRow(msgspec.Struct, frozen=True, rename="camel"):
    """One preset; `key_place` names a variable or a setting, `problem` is empty where the preset can be used."""

    name: str
    provider: str
    model: str
    description: str
    key: KeyState
    key_place: str
    problem: str


class PresetList(msgspec.Struct, frozen=True, rename="camel"):
    """All presets by name; `chosen` may be one that is not there, `reason` is a sentence on why it is the one."""

    chosen: str
    reason: str
    presets: tuple[PresetRow, ...]


def preset_list(settings: Settings, environ: Mapping[str, str], remembered: str = "") -> PresetList:
    """The presets of some settings; `remembered` is what the user chose for the workspace."""
    chosen, reason = choose_preset(settings, environ, remembered)
    return PresetList(chosen, reason, tuple(_row(settings, name, environ) for name in sorted(settings.presets)))


def key_place(name: str, provider: Provider, environ: Mapping[str, str]) -> tuple[KeyState, str]:
    """Whether the provider `name` has its key at hand, and where that is or should be."""
    variable = key_variable(provider, default_key_env(name))
    if environ.get(variable, "").strip():
        return "found", variable
    if provider.auth == "google":
        return "onDemand", "Google's application default credentials"
    if provider.auth != "none" and provider.api_key_command:
        return "onDemand", KEY_COMMAND
    return ("missing", variable) if variable else ("none", "")


def _row(settings: Settings, name: str, environ: Mapping[str, str]) -> PresetRow:
    preset = settings.presets[name]
    key: KeyState = "none"
    place = problem = ""
    try:
        resolved = resolve(settings, name)
        key, place = key_place(preset.provider, resolved.provider, environ)
        placed(resolved, with_service_key(environ))
    except UserError as error:
        problem = str(error)
    return PresetRow(name, preset.provider, preset.model, preset.description, key, place, problem)
