"""Which code actions are offered where; every one carries its command ready to run, nothing is generated here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import PurePath
from typing import Any, Literal

from lsp_llm.chat.terms import ENDING
from lsp_llm.context.diagnostics import LINES_AROUND, Diagnostic, described_in
from lsp_llm.jobs.ports import Target
from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.convert import position_of
from lsp_llm.lsp.messages import CodeAction, Command
from lsp_llm.lsp.uris import shown_name
from lsp_llm.prompts.library import LibraryPrompt, fits
from lsp_llm.text.positions import Encoding

Kind = Literal["quickfix", "refactor.rewrite"]
FIX = "fix"
"""The prompt of the library that mends a diagnostic."""
MAX_FIXES = 5
"""A menu of more could not be read; where there are more, each is near the one that the cursor is on."""
MAX_TITLE = 60
"""Letters of a diagnostic's message that a menu shows."""

Offer = tuple[str, str, dict[str, Any]]
"""A title, a command, and its argument."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be offered besides what every place has: prompts, what is reported at the place, other presets."""

    prompts: Sequence[LibraryPrompt] = ()
    diagnostics: Sequence[Diagnostic] = ()
    presets: Sequence[str] = ()
    chat: Sequence[Offer] = ()
    """Where the document is a chat: what can be done there, in the place of fills."""
    chats: Sequence[str] = ()
    """The chats that are open."""


def code_actions(target: Target, encoding: Encoding, jobs: Runner, only: Sequence[str], menu: Menu) -> list[CodeAction]:
    """The actions for a place, those that fit the kinds asked for (all if none is)."""
    place = _place(target, encoding)
    offers: Mapping[Kind, Iterator[Offer]] = {
        "quickfix": _fixes(target, encoding, menu),
        # The prompts come last: some clients show ten lines, and a job that runs has to be stopped quickly.
        "refactor.rewrite": chain(
            menu.chat if _is_chat(target) else _fills(target, place),
            _of_jobs(target, jobs),
            () if _is_chat(target) else _of_code(target, encoding, menu, place),
            _of_presets(menu),
        ),
    }
    return [
        CodeAction(title, kind, Command(title, name, [value]))
        for kind, found in offers.items()
        if _is_asked_for(kind, only)
        for title, name, value in found
    ]


def _is_chat(target: Target) -> bool:
    return target.uri.endswith(ENDING)


def _of_code(target: Target, encoding: Encoding, menu: Menu, place: dict[str, Any]) -> Iterator[Offer]:
    if target.start != target.end:
        yield "LLM: ask about selection", "lsp-llm.chat", place
        for uri in menu.chats[-1:]:
            name = PurePath(shown_name(uri)).name.removesuffix(ENDING)
            yield f"LLM: ask about selection in {name}", "lsp-llm.chat", {**place, "chat": uri}
    yield from _of_library(target, encoding, menu, place)


def _fills(target: Target, place: dict[str, Any]) -> Iterator[Offer]:
    if target.start != target.end:
        yield "LLM: replace selection", "lsp-llm.replace", place
    yield "LLM: yap here", "lsp-llm.yap", place


def _of_jobs(target: Target, jobs: Runner) -> Iterator[Offer]:
    if jobs.running(target.uri):
        yield "LLM: stop", "lsp-llm.cancel", {"uri": target.uri}
    if changes := jobs.places.offered(target.uri):
        job_id = changes[-1].partition(".")[0]
        yield "LLM: accept", "lsp-llm.accept", {"jobId": job_id}
        yield "LLM: restore original", "lsp-llm.restore", {"jobId": job_id}
        if change := jobs.places.touched(target.uri, target.start, target.end, changes):
            yield "LLM: accept this change", "lsp-llm.accept", {"jobId": change}
            yield "LLM: drop this change", "lsp-llm.restore", {"jobId": change}
    elif latest := jobs.places.latest(target.uri):
        touched = jobs.places.touched(target.uri, target.start, target.end, jobs.places.restorable(target.uri))
        job = {"jobId": touched or latest}
        yield "LLM: restore original", "lsp-llm.restore", job
        yield "LLM: accept", "lsp-llm.accept", job
        if jobs.order(job["jobId"]) is not None:
            yield "LLM: retry", "lsp-llm.retry", job


def _of_library(target: Target, encoding: Encoding, menu: Menu, place: dict[str, Any]) -> Iterator[Offer]:
    has_selection, found = target.start != target.end, menu.diagnostics[:MAX_FIXES]
    for prompt in menu.prompts:
        if not fits(prompt, target.language_id, has_selection=has_selection, has_diagnostic=bool(found)):
            continue
        if "diagnostic" in prompt.when and found:
            yield f"LLM: {prompt.title}", "lsp-llm.run", _mending(target, encoding, prompt.id, found)
        elif prompt.kind != "replace" or has_selection:
            yield f"LLM: {prompt.title}", "lsp-llm.run", {"action": prompt.id, **place}


def _fixes(target: Target, encoding: Encoding, menu: Menu) -> Iterator[Offer]:
    fix = next((prompt for prompt in menu.prompts if prompt.id == FIX and prompt.kind != "chat"), None)
    if fix is None or (fix.languages and target.language_id not in fix.languages):
        return
    for each in menu.diagnostics[:MAX_FIXES]:
        message = " ".join(each.message.split())
        shown = message if len(message) <= MAX_TITLE else f"{message[: MAX_TITLE - 1].rstrip()}…"
        yield f"LLM: fix: {shown}", "lsp-llm.run", _mending(target, encoding, FIX, [each])


def _of_presets(menu: Menu) -> Iterator[Offer]:
    for name in menu.presets:
        yield f"LLM: use {name}", "lsp-llm.preset", {"id": name}


def _mending(target: Target, encoding: Encoding, action: str, found: Sequence[Diagnostic]) -> dict[str, Any]:
    """The argument of a run over all lines that are shown with the diagnostics: a fix is seldom where the message is.

    What an answer repeats of them is left untouched.
    """
    document = target.document
    described = []
    for each in found:
        first, _ = document.point(each.start)
        # A range that ends at the start of a line does not mean that line.
        last, _ = document.point(max(each.start, each.end - 1))
        described.append(described_in(PurePath(target.path).name, document.lines, each, first, last))
        start, end = document.offset(max(0, first - LINES_AROUND), 0), document.offset(last + LINES_AROUND + 1, 0)
        target = replace(target, start=min(target.start, start), end=max(target.end, end))
    return {"action": action, **_place(target, encoding), "query": "\n".join(described)}


def _place(target: Target, encoding: Encoding) -> dict[str, Any]:
    start, end = (position_of(target.document, offset, encoding) for offset in (target.start, target.end))
    return {
        "uri": target.uri,
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
    }


def _is_asked_for(kind: Kind, only: Sequence[str]) -> bool:
    return not only or any(asked in ("", kind) or kind.startswith(f"{asked}.") for asked in only)
