"""Listens to one answer and gives up on silence; what the answer says is taken elsewhere.

The timers count meaningful events, which keep-alives are not. They stand still while the next attempt is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing

from lsp_llm.errors import Timeout
from lsp_llm.jobs.ports import AnswerSource
from lsp_llm.status.events import Notice, RequestSent
from lsp_llm.stream.events import Event

TIMER_TOLERANCE = 1.05
"""How much longer than its setting says the wait for the next token may be."""


async def listen(source: AnswerSource, take: Callable[[Sequence[Event]], bool], tell: Callable[[Notice], None]) -> None:
    """Hand over all events; `take` says whether they meant anything. Raises ProviderError, and what `take` raises."""
    loop, has_come = asyncio.get_running_loop(), False
    try:
        async with aclosing(source.events()) as answer, asyncio.timeout(None) as timer:
            async for told in answer:
                if isinstance(told, list):
                    if take(told):
                        has_come = True
                        _put_off(timer, loop.time(), source.inter_token_timeout_seconds)
                else:
                    tell(told)
                    is_sent = isinstance(told, RequestSent)
                    timer.reschedule(loop.time() + source.first_token_timeout_seconds if is_sent else None)
    except TimeoutError:
        raise timed_out(source, has_come=has_come) from None


def timed_out(source: AnswerSource, *, has_come: bool) -> Timeout:
    """What to tell of a host that was silent for too long, before or after anything had come."""
    if has_come:
        waited, setting = source.inter_token_timeout_seconds, "inter_token_timeout_seconds"
        said = f"{source.provider} stopped in the middle of the answer and said nothing for {waited:g} s"
    else:
        waited, setting = source.first_token_timeout_seconds, "first_token_timeout_seconds"
        said = f"{source.provider} sent no first token within {waited:g} s"
    return Timeout(said, f"try again, or raise {setting} of the provider")


def _put_off(timer: asyncio.Timeout, now: float, wait_seconds: float) -> None:
    """Let the timer run out so long from now, or a little later: a new timer for every token would cost too much."""
    due, latest = now + wait_seconds, now + wait_seconds * TIMER_TOLERANCE
    if not due <= (timer.when() or 0) <= latest:
        timer.reschedule(latest)
