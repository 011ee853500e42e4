"""Where calls wait for the user: each with a time limit; how the user is asked is for the audience to know."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.tools.approval import Approvals, Claim, Decision, Policy, Settled, Verdict
from lsp_llm.tools.wording import asked


@dataclass(frozen=True, slots=True)
class Question:
    """What the user is to decide; `text` says it."""

    call: ToolCall
    claim: Claim
    text: str


class Audience(Protocol):
    """Who is shown what tools do in a chat, and asked."""

    def called(self, call: ToolCall, question: Question | None) -> None:
        """A call, once for each; with a question it waits until `Desk.answer` is told."""
        ...

    def settled(self, call_id: str, verdict: Verdict) -> None:
        """A question is answered, or is none any more."""
        ...

    def ended(self, result: ToolResult) -> None:
        """What came of a call."""
        ...


class Desk:
    """The questions of one chat."""

    def __init__(self, audience: Audience, limit_seconds: float) -> None:
        self._audience = audience
        self._limit_seconds = limit_seconds
        self._approvals = Approvals()
        self._verdicts: dict[str, asyncio.Future[Verdict]] = {}

    @property
    def waiting(self) -> tuple[str, ...]:
        """The calls that wait for the user, the oldest first."""
        return self._approvals.waiting

    def grants(self, claim: Claim, policy: Policy) -> bool:
        """Whether nobody has to be asked for a yes."""
        return self._approvals.grants(claim, policy)

    async def verdict(self, call: ToolCall, claim: Claim, policy: Policy) -> Verdict:
        """Show the call, and ask where that is needed."""
        known = self._approvals.ask(call.call_id, claim, policy)
        if known is not None:
            self._audience.called(call, None)
            return known
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._verdicts[call.call_id] = future
        try:
            self._audience.called(call, Question(call, claim, asked(call, claim)))
            async with asyncio.timeout(self._limit_seconds):
                return await future
        except TimeoutError:
            self._settle(self._approvals.expire(call.call_id))
            return "unanswered"
        finally:
            self._settle(self._approvals.withdraw(call.call_id))
            del self._verdicts[call.call_id]

    def answer(self, call_id: str, decision: Decision) -> bool:
        """The user's word, from wherever it comes first; False where no such call waits."""
        settled = self._approvals.answer(call_id, decision)
        self._settle(settled)
        return bool(settled)

    def _settle(self, settled: Iterable[Settled]) -> None:
        for each in settled:
            future = self._verdicts[each.call_id]
            if not future.done():
                future.set_result(each.verdict)
            self._audience.settled(each.call_id, each.verdict)
