"""`lsp-llm history`: what was asked and what came of it, the last one first; it changes nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from lsp_llm.cli.columns import as_json, printable_lines
from lsp_llm.commands.history import history_text
from lsp_llm.records.history import Entry
from lsp_llm.records.journal import state_folder
from lsp_llm.records.past import past


def show_history(query: str, limit: int, *, as_data: bool) -> int:
    """Print at most so many entries that have the query in them; `as_data`: as JSON, with all their fields."""
    entries = past(state_folder(), query, limit)
    if as_data:
        print(as_json({"entries": list(map(_whole, entries))}))
    else:
        print(printable_lines(history_text(entries, query)))
    return 0


def _whole(entry: Entry) -> dict[str, Any]:
    """Also the fields that hold nothing: who reads them should not have to look whether they are there."""
    return {field.encode_name: getattr(entry, field.name) for field in msgspec.structs.fields(Entry)}
