"""Begins a fill: what replace, yap, ask and retry have in common; the answer comes later, in a job."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from lsp_llm.commands.base import Services
from lsp_llm.commands.prompting import Job
from lsp_llm.config.settings import Mode as ModeSetting
from lsp_llm.exchange.kinds import Kind, Mode
from lsp_llm.jobs.ports import Order, Target
from lsp_llm.jobs.runner import Prepared
from lsp_llm.providers.registry import choose_preset, resolve


def begin_fill(
    services: Services, target: Target, kind: Kind, query: str, preset: str, mode: ModeSetting = "auto"
) -> Mapping[str, Any]:
    """Take the job and answer at once with its id; raises UserError for an unknown preset or a busy place."""
    target = _from_line_start(target) if kind == "replace" else replace(target, start=target.end)
    order = order_for(services, target.uri, kind, query, preset, mode)
    text = target.document.text
    return {"jobId": services.runner.start(target, order, preparing(services, target, text, order))}


def order_for(services: Services, uri: str, kind: Kind, query: str, preset: str, mode: ModeSetting) -> Order:
    """What is to be done, with the settings' word where the user gave none; raises UserError for an unknown preset."""
    settings = services.settings(uri)
    name = preset or choose_preset(settings, services.environ)[0]
    resolve(settings, name)
    return Order(kind, name, query, _mode(mode if mode != "auto" else settings.edits.mode))


def preparing(services: Services, target: Target, text: str, order: Order) -> Callable[[], Awaitable[Prepared]]:
    """The work before the request: the prompt for the target's place in this text, and the key, in a thread."""
    settings = services.settings(target.uri)
    line_end = target.document.line_end
    job = Job(
        order.kind, text, target.start, target.end, target.path, target.language_id, line_end, order.query, order.preset
    )

    async def prepare() -> Prepared:
        ready = await asyncio.to_thread(services.prompting.ready, job, settings, services.environ)
        source = await services.hosts.answer(ready.resolved, ready.request, ready.key)
        return Prepared(source, ready.filters, ready.notes)

    return prepare


def _mode(mode: ModeSetting) -> Mode:
    # No client has a reason yet to be served otherwise than by a stream.
    return "stream" if mode == "auto" else mode


def _from_line_start(target: Target) -> Target:
    """Blanks before the selection belong to it: models repeat whole lines, and only whole lines can be compared."""
    line, column = target.document.point(target.start)
    is_indented = not target.document.lines[line][:column].strip(" \t")
    return replace(target, start=target.start - column) if is_indented else target
