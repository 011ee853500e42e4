"""One send in a chat: ask, carry out what the model calls, ask again, until it has said its say.

Whatever comes is on the page at once, so that a stop or a crash at any point loses no more than the last delta. Answers
with calls are followed by a turn with their results; where it cannot be written any more, `tool_pairs` makes one up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from lsp_llm.chat.asking import Heard, Tell, ask
from lsp_llm.chat.conversation import Conversation, Turn, TurnStatus
from lsp_llm.chat.draft import Draft, add_turn, attempt
from lsp_llm.chat.ports import Listener, Page, Requests
from lsp_llm.chat.stamping import new_message_id, now
from lsp_llm.chat.tool_pairs import call_ids, unique_calls
from lsp_llm.errors import LspLlmError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.jobs.answering import INCOMPLETE
from lsp_llm.status.events import Message
from lsp_llm.tools.approval import Policy
from lsp_llm.tools.base import World
from lsp_llm.tools.execution import Execution
from lsp_llm.tools.registry import Toolbox

LAST_ROUND: Final = "This call was not carried out: it is over the limit of {rounds} rounds of calls. Answer without."
STOPPED_CALLING: Final = "the model was stopped after {rounds} rounds of tool calls; send again to let it go on"

GO_ON: Final = Turn("", "user", "Your last message was cut off. Go on exactly where it ends; repeat nothing of it.")
"""Few models still take an answer of theirs as the last message."""

Keep = Callable[[Turn, Replay], Turn]
"""Keeps what a dialect wants back with a turn, and gives the turn its key."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the model may do in this send; an empty toolbox offers nothing.

    `ended` are the results that the execution's audience has been told of, by the id of the call.
    """

    toolbox: Toolbox
    execution: Execution
    ended: Mapping[str, ToolResult]
    world: World
    policy: Policy
    max_rounds: int


@dataclass(slots=True)
class Course:
    """What has come of a send so far; true at any time, however the send ends."""

    message_id: str = ""
    """Of the last turn of the assistant."""
    texts: list[str] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    calls: list[ToolCall] = field(default_factory=list)
    finish: str = FinishReason.UNKNOWN
    """A `FinishReason`, or "cancelled"."""
    usage: Usage = field(default_factory=Usage)
    cost: float | None = None

    @property
    def text(self) -> str:
        """The words of all its answers; of one that went on, those that have come since."""
        return "\n\n".join(filter(None, self.texts))

    @property
    def thinking(self) -> str:
        """The reasoning of all its answers."""
        return "\n\n".join(filter(None, self.thoughts))

    def take(self, turn: Turn, heard: Heard) -> None:
        """One answer more."""
        self.message_id = turn.message_id
        self.texts.append(turn.text)
        self.thoughts.append(turn.thinking)
        self.calls += turn.tool_calls
        self.finish = heard.finish
        self.usage = _sum(self.usage, heard.usage)
        if heard.cost is not None:
            self.cost = (self.cost or 0.0) + heard.cost


class Send:
    """Answers the last turn of a conversation; `run` it once."""

    def __init__(
        self,
        chat: Conversation,
        page: Page,
        requests: Requests,
        tools: Tools,
        listener: Listener,
        keep: Keep,
        tell: Tell,
    ) -> None:
        self.chat = chat
        """With the turns that have come."""
        self.course = Course()
        self._page = page
        self._requests = requests
        self._tools = tools
        self._listener = listener
        self._keep = keep
        self._tell = tell
        self._complaints: set[str] = set()

    def offer(self, tools: Tools) -> None:
        """Offer these instead of those that it was made with."""
        self._tools = tools

    async def run(self) -> None:
        """All rounds; raises LspLlmError. When cancelled it raises too, and what had come is on the page."""
        await self._rounds(None)

    async def go_on(self) -> None:
        """The same where the last turn is an answer that was cut off: the first answer goes on in its place."""
        former = self.chat.turns[-1]
        self.course.message_id = former.message_id
        await self._rounds(former)

    async def _rounds(self, former: Turn | None) -> None:
        # Behind the last round there is one that is told so, and an answer to that.
        for rounds in range(1, self._tools.max_rounds + 3):
            turn = await self._answer(former if rounds == 1 else None)
            if turn.tool_calls:
                await self._carry_out(turn.tool_calls, rounds)
            elif self.course.finish != FinishReason.PAUSE or turn.is_empty:
                break
        else:
            self._tell(Message(STOPPED_CALLING.format(rounds=self._tools.max_rounds), "warning"))
        self._invite()

    def _invite(self) -> None:
        """Make room for the next turn of the user's, whom a document shows where to type."""
        if self.chat.turns and self.chat.turns[-1].role == "assistant":
            attempt(lambda: self._page.begin(Turn("", "user")), self._complain)

    async def _answer(self, former: Turn | None) -> Turn:
        """One answer of the model, now the conversation's last turn."""
        message_id = former.message_id if former else new_message_id()
        draft = Draft(self._page, _Spaced(self._listener, self.course), message_id, self._complain, former)
        # Of an answer without a word the model is sent nothing: it is the question that it answers then.
        asked = self.chat.with_turn(GO_ON) if former and former.text else self.chat
        toolbox = self._tools.toolbox
        try:
            heard = await ask(lambda: self._requests.prepared(asked, toolbox.specs), draft, self._tell)
        except asyncio.CancelledError:
            self._end(draft, "cancelled", Heard(), former)
            self.course.finish = "cancelled"
            raise
        except LspLlmError:
            self._end(draft, "failed", Heard(FinishReason.ERROR), former)
            raise
        return self._end(draft, "cut off" if heard.finish in INCOMPLETE else "done", heard, former)

    def _end(self, draft: Draft, status: TurnStatus, heard: Heard, former: Turn | None) -> Turn:
        calls = unique_calls(heard.calls, call_ids(self.chat.turns))
        replay = heard.replay

        def keep(turn: Turn) -> Turn:
            # Of an answer that went on, this is only the last part.
            return turn if replay is None or former else self._keep(turn, replay)

        usage = _sum(former.usage, heard.usage) if former and former.usage else heard.usage
        turn = draft.end(status, now(), usage if usage != Usage() else None, calls, keep)
        if draft.is_begun:
            before = replace(self.chat, turns=self.chat.turns[:-1]) if former else self.chat
            self.chat = before.with_turn(turn)
            self.course.take(_since(former, turn) if former else turn, heard)
        else:
            self.course.finish = heard.finish
        return turn

    async def _carry_out(self, calls: Sequence[ToolCall], rounds: int) -> None:
        """Add a turn with a result for each call."""
        tools = self._tools
        if rounds > tools.max_rounds:
            sentence = LAST_ROUND.format(rounds=tools.max_rounds)
            self._add_results([ToolResult(call.call_id, call.name, sentence, is_error=True) for call in calls])
            return
        try:
            self._add_results(await tools.execution.carry_out(calls, tools.toolbox, tools.world, tools.policy))
        except asyncio.CancelledError:
            self._add_results([tools.ended[call.call_id] for call in calls if call.call_id in tools.ended])
            self.course.finish = "cancelled"
            raise

    def _add_results(self, results: Sequence[ToolResult]) -> None:
        if not results:
            return
        turn = Turn(new_message_id(), "user", tool_results=tuple(results), timestamp=now())
        add_turn(self._page, turn, self._complain)
        self.chat = self.chat.with_turn(turn)

    def _complain(self, sentence: str) -> None:
        """Say it once: a full disk would say it for every delta."""
        if sentence not in self._complaints:
            self._complaints.add(sentence)
            self._tell(Message(sentence, "error"))


class _Spaced:
    """A listener to whom the answers of one send are one text, the same as that of its course."""

    def __init__(self, listener: Listener, course: Course) -> None:
        self._listener = listener
        self._before = {"text": course.text, "thinking": course.thinking}

    def text(self, delta: str) -> None:
        """More of the answer."""
        self._listener.text(self._space("text") + delta)

    def thinking(self, delta: str) -> None:
        """More of the reasoning."""
        self._listener.thinking(self._space("thinking") + delta)

    def _space(self, kind: str) -> str:
        return "\n\n" if self._before.pop(kind, "") else ""


def _since(former: Turn, turn: Turn) -> Turn:
    """The turn with what has come of it since it was the former one."""
    thinking = turn.thinking[len(former.thinking) :].lstrip("\n")
    return replace(turn, text=turn.text[len(former.text) :], thinking=thinking)


def _sum(first: Usage, then: Usage) -> Usage:
    return Usage(
        first.input_tokens + then.input_tokens,
        first.output_tokens + then.output_tokens,
        first.cache_read_tokens + then.cache_read_tokens,
        first.cache_write_tokens + then.cache_write_tokens,
        first.reasoning_tokens + then.reasoning_tokens,
    )
