"""Begins a fill: what replace, yap and ask have in common; the answer comes later, in a job."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lsp_llm.commands.base import Services
from lsp_llm.commands.prompting import Job
from lsp_llm.errors import UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.jobs.ports import Order, Target
from lsp_llm.jobs.runner import Prepared
from lsp_llm.providers.registry import choose_preset, resolve


def begin_fill(services: Services, target: Target, kind: Kind, query: str, preset: str) -> Mapping[str, Any]:
    """Take the job and answer at once with its id; raises UserError for an unknown preset or a busy place."""
    settings = services.settings(target.uri)
    target = _from_line_start(target) if kind == "replace" else replace(target, start=target.end)
    if settings.edits.mode in ("atomic", "preview"):
        raise UserError(f'edits.mode = "{settings.edits.mode}" is not there yet: use "auto" or "stream"')
    name = preset or choose_preset(settings, services.environ)[0]
    resolve(settings, name)
    job = Job(
        kind,
        target.document.text,
        target.start,
        target.end,
        target.path,
        target.language_id,
        target.document.line_end,
        query,
        name,
    )

    async def prepare() -> Prepared:
        ready = await asyncio.to_thread(services.prompting.ready, job, settings, services.environ)
        source = await services.hosts.answer(ready.resolved, ready.request, ready.key)
        return Prepared(source, ready.filters, ready.notes)

    return {"jobId": services.runner.start(target, Order(kind, name, query), prepare)}


def _from_line_start(target: Target) -> Target:
    """Blanks before the selection belong to it: models repeat whole lines, and whole lines can be told to be the same."""
    line, column = target.document.point(target.start)
    is_indented = not target.document.lines[line][:column].strip(" \t")
    return replace(target, start=target.start - column) if is_indented else target
