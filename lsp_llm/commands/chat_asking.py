"""Makes each request of a send (the `Requests` port of chats), at one preset after the other where one is unavailable.

What there is to say of a prompt is said once for a send and not with each of its rounds.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.redacting import ChatRedaction
from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_prompting import ChatAsk, ChatPrompting, ChatReady
from lsp_llm.config.secrets import redact
from lsp_llm.config.settings import Settings
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.ports import AnswerSource
from lsp_llm.records.left import Departure
from lsp_llm.records.usage import cost_of
from lsp_llm.status.events import Level, Message
from lsp_llm.stream.filters.originals import Originals

Prepare = Callable[[], Awaitable[Prepared]]


@dataclass(frozen=True, slots=True)
class ChatAsking:
    """Asks for one send; `uri` is a document whose project's settings and files count, "" for the first folder's."""

    services: Services
    prompting: ChatPrompting
    uri: str
    preset: str
    redaction: ChatRedaction
    replay_of: Callable[[Turn], Replay | None]
    _said: set[str] = field(default_factory=set)

    async def prepared(self, chat: Conversation, tools: Sequence[ToolSpec]) -> Prepared:
        """The answer to the last turn, ready to be asked for; raises LspLlmError."""
        settings = self.services.settings(self.uri)
        preset = settings.presets.get(self.preset)
        others = [name for name in dict.fromkeys(preset.fallback) if name != self.preset] if preset else []
        return await _Asking(self, settings, chat, tools).at(self.preset, others, ())()

    async def rendered(self, chat: Conversation) -> str:
        """What would be sent for the last turn, to be read; raises UserError."""
        ask = _Asking(self, self.services.settings(self.uri), chat, ()).ask(self.preset)
        return redact(await asyncio.to_thread(self.prompting.described, ask), self.services.hosts.secrets())

    def new(self, sentences: Iterable[str], level: Level) -> tuple[Message, ...]:
        """Those that were not said before in this send."""
        fresh = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._said]
        self._said.update(fresh)
        return tuple(Message(sentence, level) for sentence in fresh)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One request, at one preset after the other, each with a prompt of its own."""

    order: ChatAsking
    settings: Settings
    chat: Conversation
    tools: Sequence[ToolSpec]

    def at(self, preset: str, others: Sequence[str], notes: tuple[Message, ...], limit: int = 0) -> Prepare:
        """Asks a preset, and the others where that fails; `limit` is for the prompt, in tokens, 0 for the usual one."""

        async def prepare() -> Prepared:
            order, services = self.order, self.order.services
            ready = await asyncio.to_thread(order.prompting.ready, self.ask(preset), limit)
            if others and services.hosts.is_resting(ready.resolved.provider_name):
                said = Message(f"{preset} failed again and again lately: asking {others[0]}", "warning")
                return await self.at(others[0], others[1:], (*notes, said))()
            source = await services.hosts.answer(ready.resolved, ready.request)
            services.left.add(self._departure(ready))
            # Halved once: a host that declines the half as well means something else.
            shorter = None if limit else self._shorter(preset, others, ready)
            told = (*notes, *order.new(ready.notes, "info"), *order.new(ready.warnings, "warning"))
            filters = Originals(order.redaction.originals)
            return Prepared(source, filters, told, fallback, self._spent(source, ready), shorter, ready.files)

        said = [Message(f"asking {name} instead of {preset}", "warning") for name in others[:1]]
        fallback = self.at(others[0], others[1:], tuple(said)) if others else None
        return prepare

    def ask(self, preset: str) -> ChatAsk:
        """What is to be made a prompt of."""
        order = self.order
        around = order.services.surroundings(order.uri)
        return ChatAsk(self.chat, preset, self.tools, self.settings, around, order.redaction, order.replay_of)

    def _shorter(self, preset: str, others: Sequence[str], ready: ChatReady) -> Prepare:
        said = Message(f"the chat is too long for {preset}: asking again with half of it", "warning")
        return self.at(preset, others, (said,), max(1, ready.tokens // 2))

    def _departure(self, ready: ChatReady) -> Departure:
        resolved, order = ready.resolved, self.order
        root = str(order.services.surroundings(order.uri).root or "")
        secrets = len(order.redaction.originals)
        model = resolved.preset.model
        return Departure(resolved.provider_name, model, resolved.name, ready.files, ready.tokens, secrets, root)

    def _spent(self, source: AnswerSource, ready: ChatReady) -> Callable[[Usage], float | None]:
        preset = ready.resolved.preset

        def spent(usage: Usage) -> float | None:
            self.order.prompting.estimates.learn(preset.model, ready.characters, usage.input_tokens)
            self.order.services.usage.add(source.provider, source.model, usage, preset.price, datetime.date.today())
            return cost_of(usage, preset.price)

        return spent
