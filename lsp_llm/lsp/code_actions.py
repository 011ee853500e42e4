"""Which code actions are offered where; every one carries its command ready to run, nothing is generated here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from lsp_llm.jobs.ports import Target
from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.convert import position_of
from lsp_llm.text.positions import Encoding

REWRITE = types.CodeActionKind.RefactorRewrite
Offer = tuple[str, str, dict[str, Any]]
"""A title, a command, and its argument."""


def code_actions(target: Target, encoding: Encoding, jobs: Runner, only: Sequence[str]) -> list[types.CodeAction]:
    """The actions for a place, those that fit the kinds asked for (all if none is)."""
    if only and not any(kind == "" or REWRITE.value == kind or REWRITE.value.startswith(f"{kind}.") for kind in only):
        return []
    offers = [*_fills(target, encoding), *_of_jobs(target, jobs)]
    return [
        types.CodeAction(title=title, kind=REWRITE, command=types.Command(title=title, command=name, arguments=[value]))
        for title, name, value in offers
    ]


def _fills(target: Target, encoding: Encoding) -> Iterator[Offer]:
    start, end = (_place(target, offset, encoding) for offset in (target.start, target.end))
    place = {"uri": target.uri, "range": {"start": start, "end": end}}
    if target.start != target.end:
        yield "LLM: replace selection", "lsp-llm.replace", place
    yield "LLM: yap here", "lsp-llm.yap", place


def _of_jobs(target: Target, jobs: Runner) -> Iterator[Offer]:
    if jobs.running(target.uri):
        yield "LLM: stop", "lsp-llm.cancel", {"uri": target.uri}
    if changes := jobs.offered(target.uri):
        job_id = changes[-1].partition(".")[0]
        yield "LLM: accept", "lsp-llm.accept", {"jobId": job_id}
        yield "LLM: restore original", "lsp-llm.restore", {"jobId": job_id}
        if change := jobs.touched(target.uri, target.start, target.end, changes):
            yield "LLM: accept this change", "lsp-llm.accept", {"jobId": change}
            yield "LLM: drop this change", "lsp-llm.restore", {"jobId": change}
    elif latest := jobs.latest(target.uri):
        touched = jobs.touched(target.uri, target.start, target.end, jobs.restorable(target.uri))
        job = {"jobId": touched or latest}
        yield "LLM: restore original", "lsp-llm.restore", job
        yield "LLM: accept", "lsp-llm.accept", job
        if jobs.order(job["jobId"]) is not None:
            yield "LLM: retry", "lsp-llm.retry", job


def _place(target: Target, offset: int, encoding: Encoding) -> dict[str, int]:
    position = position_of(target.document, offset, encoding)
    return {"line": position.line, "character": position.character}
