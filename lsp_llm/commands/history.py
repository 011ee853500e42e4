"""`lsp-llm.history`: what was asked and what came of it, fills and chats, as one document to read and search."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.quoting import quoted
from lsp_llm.records.history import Entry
from lsp_llm.records.journal import state_folder
from lsp_llm.records.past import past

MAX_ENTRIES = 500
"""As many as one document shows; a query finds those before."""


class HistoryOptions(Options, frozen=True):
    """`query`: only what has these words."""

    query: str = ""


class ShowHistory:
    """Show it."""

    name = "lsp-llm.history"
    title = "LLM: history"
    place = Place.NONE
    options = HistoryOptions

    def run(self, services: Services, target: object, options: HistoryOptions) -> Mapping[str, Any]:
        """Nothing yet: the document is shown when it is read."""

        async def show() -> None:
            entries = await asyncio.to_thread(past, state_folder(), options.query, MAX_ENTRIES)
            services.pages.show_text("history.md", history_text(entries, options.query))

        services.errands.begin(show())
        return {}


def history_text(entries: Sequence[Entry], query: str) -> str:
    """The document, with a heading for each entry."""
    about = f" with “{query}”" if query else ""
    said = f"The latest {len(entries)}{about}, the last one first." if entries else f"There is nothing{about}."
    return "\n".join([f"# History\n\n{said}\n", *map(_entry_text, entries)])


def _entry_text(entry: Entry) -> str:
    name = PurePath(entry.uri).name
    heading = f"## {entry.timestamp} · {entry.kind} · {name} · {entry.outcome}"
    return "\n".join(
        [heading, "", *_facts(entry), "", quoted("answer", "", entry.answer) if entry.answer else "no answer", ""]
    )


def _facts(entry: Entry) -> Iterator[str]:
    yield f"- preset: {entry.preset}"
    yield f"- document: {entry.uri}"
    if entry.query:
        yield f"- instruction: {' '.join(entry.query.split())}"
    if entry.files:
        yield f"- files: {', '.join(entry.files)}"
    if entry.input_tokens or entry.output_tokens:
        yield f"- tokens: {entry.input_tokens} in, {entry.output_tokens} out"
    if entry.statuses:
        yield f"- course: {'; '.join(entry.statuses)}"
    if entry.reason:
        yield f"- reason: {entry.reason}"
