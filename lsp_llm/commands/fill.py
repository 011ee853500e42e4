"""Begins a fill: what replace, yap, ask and retry have in common; the answer comes later, in a job."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lsp_llm.commands.base import Services
from lsp_llm.commands.job import Job
from lsp_llm.commands.prompting import Ready
from lsp_llm.config.settings import Mode as ModeSetting
from lsp_llm.config.settings import Settings
from lsp_llm.exchange.kinds import Kind, Mode
from lsp_llm.exchange.outcome import Usage
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.ports import AnswerSource, Order, Target
from lsp_llm.providers.registry import resolve
from lsp_llm.records.instructions import Instruction
from lsp_llm.records.left import Departure
from lsp_llm.records.usage import cost_of
from lsp_llm.status.events import Message

Prepare = Callable[[], Awaitable[Prepared]]


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
    settings = services.settings(target.uri)
    asking = _Asking(services, settings, job_for(services, target, text, order))
    return asking.at(order.preset, _fallbacks(settings, order.preset), ())


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


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks for one job, at one preset after the other, each with a prompt of its own."""

    services: Services
    settings: Settings
    job: Job

    def at(self, preset: str, others: Sequence[str], notes: tuple[Message, ...], limit: int = 0) -> Prepare:
        """Asks a preset, and the others where that fails; `limit` is for the prompt, in tokens, 0 for the usual one."""

        async def prepare() -> Prepared:
            services = self.services
            job = replace(self.job, preset=preset)
            ready = await asyncio.to_thread(services.prompting.ready, job, self.settings, limit)
            if others and services.hosts.is_resting(ready.resolved.provider_name):
                said = Message(f"{preset} failed again and again lately: asking {others[0]}", "warning")
                return await self.at(others[0], others[1:], (*notes, said))()
            source = await services.hosts.answer(ready.resolved, ready.request)
            services.left.add(self._departure(ready))
            files = ready.measure.files
            # Halved once: a host that declines the half as well means something else.
            shorter = self._shorter(preset, others, ready) if ready.measure.can_shrink and not limit else None
            return Prepared(
                source, ready.filters, (*notes, *ready.notes), fallback, self._spent(source, ready), shorter, files
            )

        said = [Message(f"asking {name} instead of {preset}", "warning") for name in others[:1]]
        fallback = self.at(others[0], others[1:], tuple(said)) if others else None
        return prepare

    def _shorter(self, preset: str, others: Sequence[str], ready: Ready) -> Prepare:
        said = Message(f"the prompt is too long for {preset}: asking again with half of it", "warning")
        return self.at(preset, others, (said,), max(1, ready.measure.tokens // 2))

    def _departure(self, ready: Ready) -> Departure:
        measure, resolved, root = ready.measure, ready.resolved, self.job.around.root
        model = resolved.preset.model
        where = str(root or "")
        return Departure(
            resolved.provider_name, model, resolved.name, measure.files, measure.tokens, measure.secrets, where
        )

    def _spent(self, source: AnswerSource, ready: Ready) -> Callable[[Usage], float | None]:
        preset = ready.resolved.preset

        def spent(usage: Usage) -> float | None:
            self.services.prompting.estimates.learn(preset.model, ready.measure.characters, usage.input_tokens)
            self.services.usage.add(source.provider, source.model, usage, preset.price, datetime.date.today())
            return cost_of(usage, preset.price)

        return spent


def _fallbacks(settings: Settings, preset: str) -> Sequence[str]:
    """The presets to ask after this one, each once."""
    return [name for name in dict.fromkeys(settings.presets[preset].fallback) if name != preset]


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
