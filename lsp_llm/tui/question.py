"""What of a call is shown before it is allowed: a change line by line, all else as the server words it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from lsp_llm.tui.turns import Call

LineKind = Literal["plain", "removed", "added"]
Line = tuple[LineKind, str]


def question_lines(call: Call) -> Sequence[Line]:
    """The lines of the question, in order."""
    match _arguments(call.arguments):
        case {"path": str(path), "new_text": str(new), **rest}:
            old = rest.get("old_text")
            removed = old.splitlines() if isinstance(old, str) else []
            lines: list[Line] = [("plain", f"{call.name}: {path}")]
            lines += [("removed", f"- {line}") for line in removed]
            return [*lines, *(("added", f"+ {line}") for line in new.splitlines())]
        case _:
            return [("plain", line) for line in (call.question or call.name).splitlines()]


def _arguments(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None
