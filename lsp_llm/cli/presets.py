"""`lsp-llm presets`: the presets, which is in use and why; it shows where a key is and never the key."""

from __future__ import annotations

import os
from pathlib import Path
from typing import assert_never

from lsp_llm.cli.columns import as_json, columns, printable
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.providers.discovery_presets import PresetList, PresetRow, preset_list


def show_presets(config_file: Path | None, *, as_data: bool) -> int:
    """Print them; `as_data`: as JSON, in the shape of `lsp-llm/presets/list`."""
    found = preset_list(configured_aloud(config_file), os.environ)
    print(as_json(found) if as_data else "\n".join(_lines(found)))
    return 0


def _lines(found: PresetList) -> list[str]:
    rows = [
        (
            "*" if row.name == found.chosen else " ",
            row.name,
            row.provider,
            row.model,
            key_words(row),
            row.problem or row.description,
        )
        for row in found.presets
    ]
    titles = (" ", "preset", "provider", "model", "key", "")
    return [*columns([titles, *rows]), "", f"* {printable(found.reason)}"]


def key_words(row: PresetRow) -> str:
    """Where the key of a preset is, in words."""
    match row.key:
        case "found":
            return f"in {row.key_place}"
        case "missing":
            return f"not in {row.key_place}"
        case "onDemand":
            return f"from {row.key_place}"
        case "none":
            return "none needed"
        case _:
            assert_never(row.key)
