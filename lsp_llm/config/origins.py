"""Where each setting in force comes from: the uppermost layer whose value for it counts, and the line there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lsp_llm.config.layers import Layer, checked, over
from lsp_llm.config.problems import KeyPath
from lsp_llm.config.toml_lines import key_lines, line_of


@dataclass(frozen=True, slots=True)
class Source:
    """A file's path or the name of a layer, and the line (from 1) where there are lines."""

    name: str
    line: int | None = None

    def __str__(self) -> str:
        return self.name if self.line is None else f"{self.name}:{self.line}"


def origins(layers: Sequence[Layer]) -> Mapping[KeyPath, Source]:
    """The source of every value that some layer, lowest first, sets; a table is no value, unless it is empty."""
    found: dict[KeyPath, Source] = {}
    merged: dict[str, Any] = {}
    for layer in layers:
        values, _ = checked(layer, merged)
        merged = over(merged, values)
        lines = key_lines(layer.text)
        found |= {path: Source(layer.source, line_of(lines, path)) for path, _ in leaves(values)}
    return found


def leaves(values: Mapping[str, Any], above: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value that is no table, and every empty table, with its path."""
    for key, value in values.items():
        path = (*above, key)
        if isinstance(value, dict) and value:
            yield from leaves(value, path)
        else:
            yield path, value
