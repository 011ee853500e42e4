"""Puts tool calls together from the fragments of any dialect; pure, it neither checks a schema nor runs anything.

A host may number calls (`index`), name them (`call_id`), both, or neither; it may send each call whole, interleave
their fragments, or give every one the index 0. A new id always begins a new call.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.stream.snippet import snippet


@dataclass(slots=True)
class _Open:
    """A call under way."""

    index: int | None
    call_id: str
    name: str
    fragments: list[str] = field(default_factory=list)


class ToolCallAssembler:
    """The calls of one answer, in the order of their first fragments."""

    def __init__(self) -> None:
        self._calls: list[_Open] = []

    def __bool__(self) -> bool:
        """Whether anything was called."""
        return bool(self._calls)

    def take(self, *, index: int | None = None, call_id: str = "", name: str = "", arguments: Any = "") -> str:
        """Add a fragment; `arguments` is a piece of JSON text or a whole value. Gives the name of the call it is of."""
        call = self._call_of(index, call_id, name)
        if name and not call.fragments and call.name != name:
            # A name comes once, again with each fragment, or in pieces.
            call.name = name if name.startswith(call.name) else call.name + name
        if isinstance(arguments, str):
            call.fragments += [arguments] if arguments else []
        elif arguments is not None:
            call.fragments = [json.dumps(arguments, ensure_ascii=False)]
        return call.name

    def replace_arguments(self, arguments: str, *, index: int | None = None, call_id: str = "") -> None:
        """The host repeats the arguments as a whole: that stands above what was put together."""
        self._call_of(index, call_id, "").fragments = [arguments]

    def finish(self) -> list[ToolCall]:
        """All calls, whole; an id that is missing or stands twice is replaced by one of our own."""
        calls: list[ToolCall] = []
        taken: set[str] = set()
        given = {call.call_id for call in self._calls}
        free = (call_id for number in count(1) if (call_id := f"call_{number}") not in given)
        for call in self._calls:
            call_id = call.call_id if call.call_id and call.call_id not in taken else next(free)
            taken.add(call_id)
            arguments = "".join(call.fragments).strip() or "{}"
            calls.append(ToolCall(call_id, call.name, arguments, problem_of(call.name, arguments)))
        return calls

    def _call_of(self, index: int | None, call_id: str, name: str) -> _Open:
        """The call that a fragment belongs to; a new one where it names a new id, a new index, or nothing open."""
        found = next((call for call in reversed(self._calls) if index is None or call.index == index), None)
        if call_id and (found is None or found.call_id != call_id):
            # The same id under another number is another call, of a host that names all alike.
            named = (call for call in self._calls if call.call_id == call_id and index in (None, call.index))
            found = next(named, None) or _late(found)
        elif found is not None and index is None and not call_id and name and found.fragments:
            found = None  # Neither a number nor an id, but a name again: the next call.
        if found is None:
            found = _Open(index, call_id, "")
            self._calls.append(found)
        found.call_id = found.call_id or call_id
        return found


def _late(found: _Open | None) -> _Open | None:
    """A call without an id may get it later; one with another id is another call."""
    return found if found is not None and not found.call_id else None


def problem_of(name: str, arguments: str) -> str:
    """Why a call must not be carried out, in a sentence for the model; "" where its arguments are a JSON object."""
    if not name:
        return "The call names no tool."
    try:
        value = json.loads(arguments)
    except (ValueError, RecursionError):
        return f"The arguments are no valid JSON: {snippet(arguments)}"
    return "" if isinstance(value, dict) else "The arguments must be a JSON object."
