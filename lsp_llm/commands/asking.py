"""Asks for the answer to one fill, at one preset after the other, each with a prompt of its own; it knows no document.

What was asked and what it cost is written down on the way.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lsp_llm.commands.job import Job
from lsp_llm.commands.prompting import Prompting, Ready
from lsp_llm.config.settings import Settings
from lsp_llm.exchange.outcome import Usage
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.ports import AnswerSource
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.records.left import Departure, LeftLog
from lsp_llm.records.usage import UsageLog, cost_of
from lsp_llm.status.events import Message

Prepare = Callable[[], Awaitable[Prepared]]


class Means(Protocol):
    """What it takes to ask: who makes prompts, who knows the hosts, and where it is written down."""

    @property
    def prompting(self) -> Prompting:
        """Makes the prompts."""
        ...

    @property
    def hosts(self) -> ModelHosts:
        """Opens the answers."""
        ...

    @property
    def usage(self) -> UsageLog:
        """Counts tokens."""
        ...

    @property
    def left(self) -> LeftLog:
        """Keeps what left the machine."""
        ...


def asking(means: Means, settings: Settings, job: Job) -> Prepare:
    """The work before the request: the prompt for the job, and the key, in a thread; with the preset's fallbacks."""
    others = [name for name in dict.fromkeys(settings.presets[job.preset].fallback) if name != job.preset]
    return _Asking(means, settings, job).at(job.preset, others, ())


@dataclass(frozen=True, slots=True)
class _Asking:
    """Asks for one job."""

    means: Means
    settings: Settings
    job: Job

    def at(self, preset: str, others: Sequence[str], notes: tuple[Message, ...], limit: int = 0) -> Prepare:
        """Asks a preset, and the others where that fails; `limit` is for the prompt, in tokens, 0 for the usual one."""

        async def prepare() -> Prepared:
            means = self.means
            job = replace(self.job, preset=preset)
            ready = await asyncio.to_thread(means.prompting.ready, job, self.settings, limit)
            if others and means.hosts.is_resting(ready.resolved.provider_name):
                said = Message(f"{preset} failed again and again lately: asking {others[0]}", "warning")
                return await self.at(others[0], others[1:], (*notes, said))()
            source = await means.hosts.answer(ready.resolved, ready.request)
            means.left.add(self._departure(ready))
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
            self.means.prompting.estimates.learn(preset.model, ready.measure.characters, usage.input_tokens)
            self.means.usage.add(source.provider, source.model, usage, preset.price, datetime.date.today())
            return cost_of(usage, preset.price)

        return spent
