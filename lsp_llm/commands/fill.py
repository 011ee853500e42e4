"""Begins a fill: what replace, yap, ask and retry have in common; the answer comes later, in a job."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lsp_llm.commands.base import Services
from lsp_llm.commands.prompting import Job
from lsp_llm.config.settings import Mode as ModeSetting
from lsp_llm.config.settings import Settings
from lsp_llm.exchange.kinds import Kind, Mode
from lsp_llm.exchange.outcome import Usage
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.ports import Order, Target
from lsp_llm.providers.registry import choose_preset, resolve
from lsp_llm.records.usage import cost_of
from lsp_llm.status.events import Message

Prepare = Callable[[], Awaitable[Prepared]]


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


def preparing(services: Services, target: Target, text: str, order: Order) -> Prepare:
    """The work before the request: the prompt for the target's place in this text, and the key, in a thread."""
    settings = services.settings(target.uri)
    line_end = target.document.line_end
    job = Job(
        order.kind, text, target.start, target.end, target.path, target.language_id, line_end, order.query, order.preset
    )

    def prepare_with(preset: str, others: Sequence[str], notes: tuple[Message, ...]) -> Prepare:
        async def prepare() -> Prepared:
            with_preset = replace(job, preset=preset)
            ready = await asyncio.to_thread(services.prompting.ready, with_preset, settings)
            if others and services.hosts.is_resting(ready.resolved.provider_name):
                said = Message(f"{preset} failed again and again lately: asking {others[0]}", "warning")
                return await prepare_with(others[0], others[1:], (*notes, said))()
            source = await services.hosts.answer(ready.resolved, ready.request)
            price = ready.resolved.preset.price

            def spent(usage: Usage) -> float | None:
                services.usage.add(source.provider, source.model, usage, price, datetime.date.today())
                return cost_of(usage, price)

            return Prepared(source, ready.filters, (*notes, *ready.notes), fallback, spent)

        said = [Message(f"asking {name} instead of {preset}", "warning") for name in others[:1]]
        fallback = prepare_with(others[0], others[1:], tuple(said)) if others else None
        return prepare

    return prepare_with(order.preset, _fallbacks(settings, order.preset), ())


def _fallbacks(settings: Settings, preset: str) -> Sequence[str]:
    """The presets to ask after this one, each once."""
    return [name for name in dict.fromkeys(settings.presets[preset].fallback) if name != preset]


def _mode(mode: ModeSetting) -> Mode:
    # No client has a reason yet to be served otherwise than by a stream.
    return "stream" if mode == "auto" else mode


def _from_line_start(target: Target) -> Target:
    """Blanks before the selection belong to it: models repeat whole lines, and only whole lines can be compared."""
    line, column = target.document.point(target.start)
    is_indented = not target.document.lines[line][:column].strip(" \t")
    return replace(target, start=target.start - column) if is_indented else target
