"""`lsp-llm.preset`: which preset is in use in this workspace; what the user chooses stands above all settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.config.settings import Settings
from lsp_llm.providers.discovery_presets import PresetRow, preset_list
from lsp_llm.providers.registry import resolve

MAX_NAMES = 8
"""More buttons than that no client shows well."""


class PresetOptions(Options, frozen=True):
    """`id`: the one to use from now on, null for that of the settings; without it the user is asked."""

    id: str | msgspec.UnsetType | None = msgspec.UNSET


class UsePreset:
    """Choose."""

    name = "lsp-llm.preset"
    title = "LLM: choose the preset"
    place = Place.NONE
    options = PresetOptions

    def run(self, services: Services, target: object, options: PresetOptions) -> Mapping[str, Any]:
        """The preset in use, and a sentence on why; raises UserError for an unknown one."""
        workspace = services.workspace()
        match options.id:
            case None:
                services.choices.forget(workspace)
            case str(name):
                resolve(services.settings(""), name)
                services.choices.remember(workspace, name)
            case _:
                self._ask(services)
        chosen, reason = services.chosen("")
        return {"id": chosen, "reason": reason}

    def _ask(self, services: Services) -> None:
        workspace = services.workspace()
        chosen, reason = services.chosen("")
        names = other_presets(services, chosen)
        if names and services.picker.is_there:
            services.picker.ask(
                f"LLM: {reason}. Which one from now on?", names, lambda name: services.choices.remember(workspace, name)
            )


def other_presets(services: Services, chosen: str) -> list[str]:
    """The presets that could be used instead, those with a key first; as many as a menu can show."""
    found = preset_list(services.settings(""), services.environ)
    usable = [row for row in found.presets if _is_usable(row) and row.name != chosen]
    return [row.name for row in sorted(usable, key=lambda row: row.key == "none")][:MAX_NAMES]


class PresetMenu:
    """The other presets for a menu, worked out anew only when the settings or the choice have changed."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: tuple[Settings, str, list[str]] | None = None

    def names(self) -> Sequence[str]:
        """What could be used instead of the preset in use."""
        services = self._services
        settings, remembered = services.settings(""), services.choices.of(services.workspace())
        if self._known is None or self._known[0] is not settings or self._known[1] != remembered:
            self._known = settings, remembered, other_presets(services, services.chosen("")[0])
        return self._known[2]


def _is_usable(row: PresetRow) -> bool:
    return row.key != "missing" and not row.problem
