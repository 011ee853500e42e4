"""Begins a fill: what replace, yap, ask and retry have in common; the answer comes later, in a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lsp_llm.commands.asking import Prepare, asking
from lsp_llm.commands.base import Services
from lsp_llm.commands.job import Job
from lsp_llm.config.settings import Mode as ModeSetting
from lsp_llm.exchange.kinds import Kind, Mode
from lsp_llm.jobs.ports import Order, Target
from lsp_llm.providers.registry import resolve
from lsp_llm.records.instructions import Instruction


def begin_fill(
    services: Services,
    target: Target,
    kind: Kind,
    query: str,
    preset: str,
    mode: ModeSetting = "auto",
    action: str = "",
) -> Mapping[str, Any]:
    """Take the job and answer at once with its id; raises UserError for an unknown preset or a busy place."""
    target = placed(target, kind)
    order = replace(order_for(services, target.uri, kind, query, preset, mode), action=action)
    text = target.document.text
    job_id = services.runner.start(target, order, preparing(services, target, text, order))
    if query.strip() or action:
        services.instructions.add(Instruction(kind, order.preset, query, action))
    return {"jobId": job_id}


def order_for(services: Services, uri: str, kind: Kind, query: str, preset: str, mode: ModeSetting) -> Order:
    """What is to be done, with the settings' word where the user gave none; raises UserError for an unknown preset."""
    settings = services.settings(uri)
    name = preset or services.chosen(uri)[0]
    resolve(settings, name)
    return Order(kind, name, query, _mode(mode if mode != "auto" else settings.edits.mode))


def preparing(services: Services, target: Target, text: str, order: Order) -> Prepare:
    """The work before the request: the prompt for the target's place in this text, and the key, in a thread."""
    return asking(services, services.settings(target.uri), job_for(services, target, text, order))


def job_for(services: Services, target: Target, text: str, order: Order) -> Job:
    """What a prompt is made for; `text` is the document's as the job sees it."""
    return Job(
        order.kind,
        text,
        target.start,
        target.end,
        target.path,
        target.language_id,
        target.document.line_end,
        order.query,
        order.preset,
        order.action,
        services.surroundings(target.uri),
    )


def _mode(mode: ModeSetting) -> Mode:
    # No client has a reason yet to be served otherwise than by a stream.
    return "stream" if mode == "auto" else mode


def placed(target: Target, kind: Kind) -> Target:
    """Where a fill of this kind works: a replacing from the line's start where it can, a yap at the end."""
    return _from_line_start(target) if kind == "replace" else replace(target, start=target.end)


def _from_line_start(target: Target) -> Target:
    """Blanks before the selection belong to it: models repeat whole lines, and only whole lines can be compared."""
    line, column = target.document.point(target.start)
    is_indented = not target.document.lines[line][:column].strip(" \t")
    return replace(target, start=target.start - column) if is_indented else target
