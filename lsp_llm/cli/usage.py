"""`lsp-llm usage`: tokens and cost by day, provider and model, as the servers wrote them down; it guesses nothing."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import reduce

import msgspec

from lsp_llm.cli.columns import as_json, columns
from lsp_llm.commands.inquiries import Totals
from lsp_llm.records.journal import state_folder
from lsp_llm.records.usage import UsageLog, UsageRow, summed

RECENT_DAYS = 14
"""How far back every day has rows of its own; before that, every month."""
_TITLES = ("day", "provider", "model", "requests", "input", "cached", "output", "thinking", "cost")
_NAMES = 3
"""Columns of words; the others are numbers."""


def show_usage(today: datetime.date, *, as_data: bool) -> int:
    """Print it; `as_data`: every row there is as JSON, in the shape of `lsp-llm/usage`."""
    rows = UsageLog(state_folder()).totals()
    print(as_json(Totals(rows)) if as_data else "\n".join(_lines(rows, today)))
    return 0


def _lines(rows: Sequence[UsageRow], today: datetime.date) -> list[str]:
    if not rows:
        return ["nothing was used yet"]
    first = (today - datetime.timedelta(days=RECENT_DAYS - 1)).isoformat()
    early = summed((row for row in rows if row.day < first), len("2026-01"))
    shown = [*early, *(row for row in rows if row.day >= first)]
    everything = msgspec.structs.replace(reduce(UsageRow.plus, rows), day="total", provider="", model="")
    lines = _right([_TITLES, *map(_cells, [*shown, everything])])
    return [*columns(lines), *_note(everything)]


def _cells(row: UsageRow) -> tuple[str, ...]:
    counts = row.requests, row.input_tokens, row.cache_read_tokens, row.output_tokens, row.reasoning_tokens
    cost = "-" if row.unpriced_requests == row.requests else f"{row.cost:,.4f}{'+' if row.unpriced_requests else ''}"
    return (row.day, row.provider, row.model, *(f"{count:,}" for count in counts), cost)


def _right(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The rows with their numbers aligned at the right."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        [cell if at < _NAMES else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True))]
        for row in rows
    ]


def _note(everything: UsageRow) -> list[str]:
    if not everything.unpriced_requests:
        return []
    said = f"{everything.unpriced_requests:,} of {everything.requests:,} requests had no price"
    return ["", f"{said}: set price = {{input = …, output = …}} (per million tokens) in [presets.NAME]"]
