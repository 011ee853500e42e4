"""What a user gets of one answer: text, what is told on the way, and the sentence in which a failure ends.

    heard = await hear(hosts, Asked("openai_chat", base_url))

Everything between the socket and the user is the real thing: ModelHosts, its codecs and retries, and jobs/answering.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from lsp_llm.config.settings import Dialect, Settings
from lsp_llm.errors import LspLlmError, ProviderError
from lsp_llm.exchange.messages import FimRequest, Message, ModelRequest
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.jobs.answering import Prepared, answer
from lsp_llm.providers.asking import Answer
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.providers.registry import builtin_values, resolve
from lsp_llm.status.events import Failed, Notice, RequestCompleted, RequestSent, Status
from lsp_llm.status.wording import wording
from lsp_llm.stream.events import Event, Thinking, ToolCalled, Unknown
from lsp_llm.stream.filters.base import Filter, Piece
from lsp_llm.stream.filters.chain import FilterChain

PROVIDER, MODEL = "p", "m"
REQUEST = ModelRequest(MODEL, (Message("system", "be terse"), Message("user", "hello")))


@dataclass(frozen=True, slots=True)
class Asked:
    """Which host is asked, and how."""

    dialect: Dialect
    base_url: str
    provider: dict[str, Any] = field(default_factory=dict)
    preset: dict[str, Any] = field(default_factory=dict)
    request: ModelRequest | FimRequest = REQUEST
    filters: Sequence[Callable[[], Filter]] = ()
    name: str = PROVIDER
    """Another one takes what is built in for a provider of this name, below what stands here."""

    def settings(self) -> Settings:
        """A configuration with this one provider and one preset of it."""
        built_in = builtin_values()["providers"].get(self.name, {})
        provider = {**built_in, "dialect": self.dialect, "base_url": self.base_url, "auth": "none", **self.provider}
        preset = {"provider": self.name, "model": MODEL, **self.preset}
        return msgspec.convert({"providers": {self.name: provider}, "presets": {self.name: preset}}, Settings)


@dataclass(slots=True)
class Heard:
    """One answer as it reached the user, and the events that it was made of."""

    text: str = ""
    told: list[Status] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    error: LspLlmError | None = None

    @property
    def sentence(self) -> str:
        """The end of a failed job as the user reads it, "" where the answer is whole."""
        if self.error is None:
            return ""
        return wording(Failed(str(self.error), self.error.hint if isinstance(self.error, ProviderError) else ""))

    @property
    def notices(self) -> list[str]:
        """What else the user reads, but for each request and a whole answer's own notice."""
        return [wording(status) for status in self.told if not isinstance(status, RequestSent | RequestCompleted)]

    @property
    def request_count(self) -> int:
        """How often the host was asked."""
        return sum(isinstance(status, RequestSent) for status in self.told)

    @property
    def completed(self) -> tuple[FinishReason, Usage]:
        """How a whole answer ended; fails for any other."""
        assert self.error is None, self.sentence
        (ending,) = [status for status in self.told if isinstance(status, RequestCompleted)]
        return ending.finish_reason, ending.usage

    @property
    def calls(self) -> list[ToolCall]:
        """The tools that the model asked for."""
        return [event.call for event in self.events if isinstance(event, ToolCalled)]

    @property
    def thoughts(self) -> str:
        """The reasoning, which is no part of the text."""
        return "".join(event.delta for event in self.events if isinstance(event, Thinking))

    @property
    def oddities(self) -> list[str]:
        """What was not understood and ignored."""
        return [event.raw for event in self.events if isinstance(event, Unknown)]

    def feed(self, piece: Piece) -> None:
        """Take text as a document does."""
        self.text = piece.text if piece.restart else self.text + piece.text


@dataclass(frozen=True, slots=True)
class _Overheard:
    """An answer whose events are noted on their way (an `AnswerSource`)."""

    answer: Answer
    events_seen: list[Event]

    @property
    def provider(self) -> str:
        return self.answer.provider

    @property
    def model(self) -> str:
        return self.answer.model

    @property
    def first_token_timeout_seconds(self) -> float:
        return self.answer.first_token_timeout_seconds

    @property
    def inter_token_timeout_seconds(self) -> float:
        return self.answer.inter_token_timeout_seconds

    async def events(self) -> AsyncGenerator[list[Event] | Notice, None]:
        answer = self.answer.events()
        try:
            async for told in answer:
                if isinstance(told, list):
                    self.events_seen.extend(told)
                yield told
        finally:
            await answer.aclose()


async def hear(hosts: ModelHosts, asked: Asked, heard: Heard | None = None) -> Heard:
    """Ask, and hear to the end; give `heard` to look at what has come in between."""
    heard = heard or Heard()

    async def prepare() -> Prepared:
        source = await hosts.answer(resolve(asked.settings(), asked.name), asked.request)
        return Prepared(_Overheard(source, heard.events), FilterChain(asked.filters))

    try:
        await answer(prepare, heard.feed, heard.told.append)
    except LspLlmError as error:
        heard.error = error
    return heard
