"""Carries out the calls of one answer: understood, approved, side by side, each with a limit; it talks to no model.

Every call gets a result, in the order of the calls: what goes wrong is told to the model and ends nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.tools.approval import Claim, Policy
from lsp_llm.tools.base import BadArguments, Prepared, Tool, ToolFailed, World
from lsp_llm.tools.desk import Audience, Desk
from lsp_llm.tools.registry import Toolbox
from lsp_llm.tools.results import failure_of, refusal, result_of

# A tool that knows the limit ends by itself, and says more than that it was ended.
GRACE_SECONDS: Final = 3.0
STOPPED: Final = "The user stopped the answer; the call did not end."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds."""

    call_seconds: float = 60.0
    approval_seconds: float = 300.0


class Execution:
    """The calls of one chat."""

    def __init__(self, audience: Audience, limits: Limits) -> None:
        self.desk = Desk(audience, limits.approval_seconds)
        self._audience = audience
        self._limits = limits
        self._one_proposal = asyncio.Lock()
        # Tools that do not heed a cancel; held so that they are not lost, and that their faults are heard of.
        self._stuck: set[asyncio.Task[str]] = set()

    async def carry_out(
        self, calls: Sequence[ToolCall], toolbox: Toolbox, world: World, policy: Policy
    ) -> tuple[ToolResult, ...]:
        """A result for each call, in their order. When cancelled, every tool is stopped before it raises."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._result(call, toolbox, world, policy)) for call in _with_own_id(calls)]
        return tuple(task.result() for task in tasks)

    async def _result(self, call: ToolCall, toolbox: Toolbox, world: World, policy: Policy) -> ToolResult:
        try:
            result = result_of(call, await self._text(call, toolbox, world, policy), world.redactor)
        except ToolFailed as error:
            result = failure_of(call, str(error), world.redactor)
        except asyncio.CancelledError:
            self._audience.ended(failure_of(call, STOPPED, world.redactor))
            raise
        except Exception as error:  # noqa: BLE001  A fault of one tool is the model's to know, and ends no other call.
            _log.warning("the tool %s failed", call.name, exc_info=error)
            result = failure_of(call, f"{call.name} failed: {type(error).__name__}: {error}", world.redactor)
        self._audience.ended(result)
        return result

    async def _text(self, call: ToolCall, toolbox: Toolbox, world: World, policy: Policy) -> str:
        """What the tool gives. Raises ToolFailed, and whatever the tool does."""
        try:
            tool, prepared = _understood(call, toolbox)
        except BadArguments as error:
            self._audience.called(call, None)
            raise ToolFailed(f"{error} Nothing was carried out.") from None
        asks_itself = tool.approval == "within" and policy == "ask"
        claim = Claim(call.name, prepared.subject)
        if said := refusal(await self.desk.verdict(call, claim, "always" if asks_itself else policy)):
            raise ToolFailed(said)
        if tool.approval == "before":
            return await self._limited(prepared.run(world), self._limits.call_seconds + GRACE_SECONDS)
        # One proposal at a time, each made of the text that the one before has left.
        async with self._one_proposal:
            seconds = self._limits.approval_seconds if asks_itself else self._limits.call_seconds
            return await self._limited(prepared.run(world), seconds)

    async def _limited(self, running: Coroutine[Any, Any, str], seconds: float) -> str:
        task = asyncio.create_task(running)
        try:
            await asyncio.wait({task}, timeout=seconds)
            if not task.done():
                raise ToolFailed(f"The call did not end within {seconds:g} s and was stopped.")
            if task.cancelled():
                raise ToolFailed("The call was broken off from within.")
            return task.result()
        finally:
            await self._stop(task)

    async def _stop(self, task: asyncio.Task[str]) -> None:
        if task.done():
            return
        task.cancel()
        await asyncio.wait({task}, timeout=GRACE_SECONDS)
        self._stuck.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[str]) -> None:
        self._stuck.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _log.info("a tool that was stopped ended with %r", error)


def _with_own_id(calls: Sequence[ToolCall]) -> Iterator[ToolCall]:
    """The calls; those that share an id have a problem, since an answer could not tell them apart."""
    ids = Counter(call.call_id for call in calls)
    for call in calls:
        shared = f"Several calls have the id {call.call_id!r}."
        yield call if ids[call.call_id] == 1 else replace(call, problem=call.problem or shared)


def _understood(call: ToolCall, toolbox: Toolbox) -> tuple[Tool, Prepared]:
    tool = toolbox.find(call.name)
    if tool is None:
        raise BadArguments(f"There is no tool {call.name!r}; there are: {', '.join(toolbox.names) or 'none'}.")
    if call.problem:
        raise BadArguments(call.problem)
    return tool, tool.prepare(call)
