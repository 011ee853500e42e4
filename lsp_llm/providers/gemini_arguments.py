"""The arguments of one Gemini function call, put together from the pieces that name their place; it calls nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_STEP: Final = re.compile(
    r"""\. ([^.\[\]'"\s]+) | \[ (\d{1,6}) \] | \[ (?: ' ((?:[^'\\]|\\.)*) ' | " ((?:[^"\\]|\\.)*) " ) \]""",
    re.VERBOSE,
)
_ESCAPED: Final = re.compile(r"\\(.)")
_DEEPEST_STEPS: Final = 64
_VALUES: Final = ("stringValue", "numberValue", "boolValue")


class PartialArguments:
    """The argument object as far as it has come; a string may come in several pieces."""

    def __init__(self, begun: Mapping[str, Any]) -> None:
        self.value: dict[str, Any] = dict(begun)
        self.is_sound = True
        """Whether every piece found its place."""

    def add(self, piece: object) -> None:
        """One piece: a JSON path (RFC 9535) and a value for that place."""
        match piece:
            case {"jsonPath": str(path), **values} if steps := _steps(path):
                self.is_sound &= _put(self.value, steps, _value(values))
            case _:
                self.is_sound = False

    def unfinished_text(self) -> str:
        """What came, without its last brace: such arguments are no JSON, so that nobody carries the call out."""
        return json.dumps(self.value, ensure_ascii=False)[:-1]


def _value(piece: Mapping[object, object]) -> object:
    return next((piece[name] for name in _VALUES if name in piece), None)


def _steps(path: str) -> list[str | int]:
    """The names and positions that lead to a place; empty where the path is none or leads nowhere."""
    steps: list[str | int] = []
    at = 1
    while path.startswith("$") and (found := _STEP.match(path, at)):
        name, position, single, double = found.groups()
        if position is not None:
            steps.append(int(position))
        else:
            steps.append(name or _ESCAPED.sub(r"\1", single or double or ""))
        at = found.end()
    return steps if at == len(path) and len(steps) <= _DEEPEST_STEPS else []


def _put(root: dict[str, Any], steps: list[str | int], value: object) -> bool:
    """Put a value at its place, behind what is there of a string; False where there can be no such place."""
    place: Any = root
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        if not _fits(place, step):
            return False
        there = place[step] if _is_there(place, step) else None
        if following is not None:
            there = there if there is not None else [] if isinstance(following, int) else {}
        else:
            there = there + value if isinstance(there, str) and isinstance(value, str) else value
        if isinstance(place, list) and step == len(place):
            place.append(there)
        else:
            place[step] = there
        place = there
    return True


def _fits(place: Any, step: str | int) -> bool:
    """A list grows by one place at a time."""
    if isinstance(place, list):
        return isinstance(step, int) and step <= len(place)
    return isinstance(place, dict) and isinstance(step, str)


def _is_there(place: Any, step: Any) -> bool:
    return step < len(place) if isinstance(place, list) else step in place
