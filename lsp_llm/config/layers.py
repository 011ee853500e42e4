"""Merges layers of settings into one `Settings` and a list of problems; it never reads a file and never raises.

The order of the layers is the caller's, lowest first: defaults, user file, project file, initializationOptions,
workspace/configuration. Tables merge key by key and lists replace, but a project's `context.ignore` only adds. A bad
value costs its own key and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import msgspec

from lsp_llm.config.nearest import known_names
from lsp_llm.config.problems import Fault, Problem, dotted
from lsp_llm.config.project_rules import permitted
from lsp_llm.config.settings import Settings
from lsp_llm.config.toml_lines import key_lines, line_of
from lsp_llm.config.validation import accept


class Origin(Enum):
    """Who wrote a layer, which decides what it may say."""

    BUILT_IN = "built in"
    USER = "user"
    PROJECT = "project"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Layer:
    """Settings as one source gives them, unchecked; `text` is the valid TOML they come from, "" when there is none.

    `source` is a file's path or the name of a message. `problems` are those of reading it.
    """

    source: str
    origin: Origin
    values: Mapping[str, object] = field(default_factory=dict)
    text: str = field(default="", repr=False)
    problems: tuple[Problem, ...] = ()


def merge(layers: Sequence[Layer]) -> tuple[Settings, tuple[Problem, ...]]:
    """One `Settings` from layers, lowest first, and all that was wrong, in the order of the layers."""
    merged: dict[str, Any] = {}
    problems: list[Problem] = []
    for layer in layers:
        values, faults = checked(layer, merged)
        merged = over(merged, _adding_ignores(merged, values) if layer.origin is Origin.PROJECT else values)
        problems += [*layer.problems, *_located(layer, faults)]
    problems += _without_provider(merged, layers)
    problems += _unknown_fallbacks(merged, layers)
    return msgspec.convert(merged, Settings), tuple(problems)


def checked(layer: Layer, below: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """What of a layer counts above those below, and what is wrong with the rest."""
    values, faults = accept(Settings, layer.values)
    if layer.origin is not Origin.PROJECT:
        return values, faults
    values, refused = permitted(values, below)
    return values, faults + refused


def over(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Both, merged key by key; the upper one wins."""
    merged = dict(lower)
    for key, value in upper.items():
        below = merged.get(key)
        merged[key] = over(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _adding_ignores(lower: Mapping[str, Any], project: dict[str, Any]) -> dict[str, Any]:
    """The project's values with its `context.ignore` appended to what is ignored already."""
    context = project.get("context", {})
    if "ignore" not in context:
        return project
    already = lower.get("context", {}).get("ignore", Settings().context.ignore)
    return {**project, "context": {**context, "ignore": list(dict.fromkeys([*already, *context["ignore"]]))}}


def _located(layer: Layer, faults: Iterable[Fault]) -> list[Problem]:
    # Lines are looked for only when something is wrong: a sound file costs no second reading.
    lines = key_lines(layer.text) if faults and layer.text else {}
    return [Problem(layer.source, line_of(lines, fault.path), dotted(fault.path), fault.message) for fault in faults]


def _without_provider(merged: dict[str, Any], layers: Sequence[Layer]) -> list[Problem]:
    """Takes the presets that name no provider out of `merged`, and a problem at the last source of each."""
    presets: dict[str, Any] = merged.get("presets", {})
    problems: list[Problem] = []
    for name in [name for name, preset in presets.items() if "provider" not in preset]:
        del presets[name]
        fault = Fault(("presets", name), 'names no provider; add one, as in provider = "ollama"')
        problems += _located(_last_naming(name, layers), [fault])
    return problems


def _unknown_fallbacks(merged: dict[str, Any], layers: Sequence[Layer]) -> list[Problem]:
    """Takes the names of no preset out of each `fallback` in `merged`, and a problem at the last source of each."""
    presets: dict[str, Any] = merged.get("presets", {})
    problems: list[Problem] = []
    for name, preset in presets.items():
        unknown = [other for other in preset.get("fallback", ()) if other not in presets]
        if unknown:
            # The tables of the layers below must stay as they are.
            known = [other for other in preset["fallback"] if other in presets]
            presets[name] = {**preset, "fallback": known}
        faults = [
            Fault(
                ("presets", name, "fallback"), f"there is no preset {json.dumps(other)}; {known_names(other, presets)}"
            )
            for other in unknown
        ]
        problems += _located(_last_naming(name, layers, "fallback"), faults) if faults else []
    return problems


def _last_naming(preset: str, layers: Sequence[Layer], key: str = "") -> Layer:
    """The uppermost layer that names the preset, and `key` in it if there is one."""
    naming = (layer for layer in reversed(layers) if preset in _presets(layer))
    return next(layer for layer in naming if not key or key in _table(_presets(layer)[preset]))


def _presets(layer: Layer) -> Mapping[str, object]:
    return _table(layer.values.get("presets"))


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
