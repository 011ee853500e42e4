"""Puts settings into a JSON file that may have comments and trailing commas, as editors' files do; both stay.

Every result is read back: where it does not say what both say together, it is refused.
"""

from __future__ import annotations

import json
import re
import textwrap
from typing import Any

from lsp_llm.cli.setup.values import Unmergeable, united

_COMMENTS = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
_COMMAS = re.compile(r'"(?:\\.|[^"\\\n])*"|,(?=\s*[}\]])')
_STEP = "  "
_DECODER = json.JSONDecoder()


def with_settings(text: str, ours: str) -> str:
    """The text with the settings of ours; a file that is empty becomes ours. Raises Unmergeable."""
    if not text.strip():
        return ours
    wanted = json.loads(ours)
    expected = united(read(text), wanted)
    if read(text) == expected:
        return text
    try:
        merged = _merged(text, plain(text).index("{"), wanted)
        if read(merged) == expected:
            return merged
    except ValueError:
        # A comma with nothing before it.
        pass
    raise Unmergeable("it is written in a way that cannot be added to")


def read(text: str) -> dict[str, Any]:
    """The settings of a file; raises Unmergeable where it holds no object."""
    try:
        value = json.loads(plain(text))
    except ValueError as error:
        raise Unmergeable(f"it is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise Unmergeable("it holds no settings")
    return value


def plain(text: str) -> str:
    """JSON of the same length, with blanks in the place of comments and trailing commas."""
    return _COMMAS.sub(_blank, _COMMENTS.sub(_blank, text))


def _blank(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith('"') else re.sub(r"[^\n]", " ", found[0])


def _merged(text: str, start: int, wanted: dict[str, Any]) -> str:
    """`start` is where the object begins; what is put in comes behind it."""
    for key, value in wanted.items():
        places = _members(plain(text), start)
        if key not in places:
            text = _inserted(text, start, places, f"{json.dumps(key)}: {_shown(value)}")
        elif isinstance(value, dict):
            text = _merged(text, places[key][0], value)
    return text


def _shown(value: Any) -> str:
    """An object has a line for each member; everything else stands in one."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value)
    members = ",\n".join(f"{json.dumps(key)}: {_shown(inner)}" for key, inner in value.items())
    return "{\n" + textwrap.indent(members, _STEP) + "\n}"


def _members(source: str, start: int) -> dict[str, tuple[int, int]]:
    """Where the values of an object begin and end."""
    places: dict[str, tuple[int, int]] = {}
    at = _skip(source, start + 1)
    while source[at] != "}":
        key, end = _DECODER.raw_decode(source, at)
        begin = _skip(source, _skip(source, end) + 1)
        _, end = _DECODER.raw_decode(source, begin)
        places[key] = (begin, end)
        at = _skip(source, end)
        if source[at] == ",":
            at = _skip(source, at + 1)
    return places


def _skip(source: str, at: int) -> int:
    while source[at].isspace():
        at += 1
    return at


def _inserted(text: str, start: int, places: dict[str, tuple[int, int]], member: str) -> str:
    """The text with one more member at the end of an object, on lines of its own."""
    outer = _indentation(text, start)
    inner = outer + _STEP
    end = start + 1
    if places:
        begins = [begin for begin, _ in places.values()]
        end = max(end for _, end in places.values())
        inner = _indentation(text, begins[-1]) if "\n" in text[start : begins[0]] else inner
    close = _skip(plain(text), end)
    between = text[end:close].rstrip()
    comma = "," if places and "," not in _COMMENTS.sub(_blank, text)[end:close] else ""
    lines = member.replace("\n", f"\n{inner}")
    return f"{text[:end]}{comma}{between}\n{inner}{lines}\n{outer}{text[close:]}"


def _indentation(text: str, at: int) -> str:
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip())]
