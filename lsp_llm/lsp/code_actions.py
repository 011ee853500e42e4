"""Which code actions are offered where; every one carries its command ready to run, nothing is generated here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

REWRITE = types.CodeActionKind.RefactorRewrite


@dataclass(frozen=True, slots=True)
class Offer:
    """What a place in a document allows."""

    uri: str
    range: types.Range
    has_selection: bool
    running: Sequence[str]
    """Ids of the jobs under way in the document."""
    restorable: Sequence[str]
    """Ids of ended jobs of the document, the one meant first."""


def code_actions(offer: Offer, only: Sequence[str] | None) -> list[types.CodeAction]:
    """The actions, those that fit the kinds asked for."""
    if only and not any(kind == "" or REWRITE.value == kind or REWRITE.value.startswith(f"{kind}.") for kind in only):
        return []
    return [
        types.CodeAction(title=title, kind=REWRITE, command=types.Command(title=title, command=name, arguments=[value]))
        for title, name, value in _offered(offer)
    ]


def _offered(offer: Offer) -> Iterator[tuple[str, str, dict[str, Any]]]:
    place = {"uri": offer.uri, "range": offer.range}
    if offer.has_selection:
        yield "LLM: replace selection", "lsp-llm.replace", place
    yield "LLM: yap here", "lsp-llm.yap", place
    if offer.running:
        yield "LLM: stop", "lsp-llm.cancel", {"uri": offer.uri}
    if offer.restorable:
        yield "LLM: restore original", "lsp-llm.restore", {"jobId": offer.restorable[0]}
