"""Makes every tool call of a conversation have an id of its own and exactly one result; it carries out no call.

Dialects without ids have them made up for each answer, so two answers may have the same; people edit documents; and a
server may end between a call and its result. Hosts refuse all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace
from itertools import count

from lsp_llm.chat.conversation import Turn
from lsp_llm.exchange.tools import ToolCall, ToolResult

NOT_CARRIED_OUT = "This call was not carried out."


def unique_calls(calls: Sequence[ToolCall], taken: Set[str]) -> tuple[ToolCall, ...]:
    """The calls of a new answer under ids that are not `taken` in its conversation; what is unique stays as it is."""
    used = set(taken)
    renamed = []
    for call in calls:
        call_id = _free_id(call.call_id, used)
        used.add(call_id)
        renamed.append(call if call_id == call.call_id else replace(call, call_id=call_id))
    return tuple(renamed)


def call_ids(turns: Iterable[Turn]) -> frozenset[str]:
    """The ids of all calls in these turns."""
    return frozenset(call.call_id for turn in turns for call in turn.tool_calls)


def paired(turns: Iterable[Turn]) -> Iterator[Turn]:
    """The turns with every call answered once, right behind it; results that answer nothing are left out."""
    used: set[str] = set()
    open_calls: list[tuple[str, ToolCall]] = []
    for turn in turns:
        if open_calls:
            is_answer = turn.role == "user" and bool(turn.tool_results)
            yield _answered(turn, open_calls) if is_answer else _made_up(open_calls)
            open_calls = []
            if is_answer:
                continue
        if turn.tool_results:
            turn = replace(turn, tool_results=())
        if turn.tool_calls:
            calls = unique_calls(turn.tool_calls, used)
            open_calls = [(old.call_id, new) for old, new in zip(turn.tool_calls, calls, strict=True)]
            used.update(call.call_id for call in calls)
            turn = replace(turn, tool_calls=calls)
        yield turn
    if open_calls:
        yield _made_up(open_calls)


def _answered(turn: Turn, open_calls: Sequence[tuple[str, ToolCall]]) -> Turn:
    """The turn with one result for each call, in the order of the calls."""
    waiting = list(turn.tool_results)
    results = []
    for old_id, call in open_calls:
        found = next((result for result in waiting if result.call_id == old_id), None)
        if found is not None:
            waiting.remove(found)
            results.append(replace(found, call_id=call.call_id))
        else:
            results.append(_missing(call))
    return replace(turn, tool_results=tuple(results))


def _made_up(open_calls: Sequence[tuple[str, ToolCall]]) -> Turn:
    return Turn("", "user", tool_results=tuple(_missing(call) for _, call in open_calls))


def _missing(call: ToolCall) -> ToolResult:
    return ToolResult(call.call_id, call.name, NOT_CARRIED_OUT, is_error=True)


def _free_id(call_id: str, used: Set[str]) -> str:
    if call_id and call_id not in used:
        return call_id
    stem = call_id or "call"
    return next(name for number in count(2 if call_id else 1) if (name := f"{stem}_{number}") not in used)
