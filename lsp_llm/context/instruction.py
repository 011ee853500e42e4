"""Finds the instruction that a user wrote into the code: a comment that starts with `ai:` or `llm:`.

In the selection such a comment counts wherever it stands, also behind code; it is replaced with the rest. Above the
selection it must stand alone on the lines directly above; it stays. Comments in the selection win, since one above
may be left from last time. The comment markers of all languages are looked for in every file, because clients send
any language id, or none. It never decides what happens to the comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from lsp_llm.context.selection import Selection
from lsp_llm.exchange.kinds import Kind
from lsp_llm.text.document import split_lines

QuerySource = Literal["given", "comment", "none"]

# So much text above a selection is searched, and so much for the end of a comment.
ABOVE_CHARACTERS = 8_000
COMMENT_CHARACTERS = 20_000

_BLOCK_ENDS: Mapping[str, str] = {
    "<!--": "-->",
    "/*": "*/",
    "{-": "-}",
    "(*": "*)",
    "--[[": "]]",
    "#=": "=#",
    "#|": "|#",
    "{#": "#}",
    "<%--": "--%>",
    "<#": "#>",
    "@*": "*@",
    "%{": "%}",
    "{{!--": "--}}",
    "{{--": "--}}",
}
_ANYWHERE = ("#", "//", "--", ";", "%")
# Behind code these mean other things: strings, negations, paths.
_LINE_START = ('"', "'", "!", "::", "..", "rem ")


def _any_of(markers: Sequence[str]) -> str:
    return "|".join(re.escape(marker) for marker in sorted(markers, key=len, reverse=True))


_AI_COMMENT = re.compile(
    rf"""(?:
        (?P<block>{_any_of(tuple(_BLOCK_ENDS))}) [*!-]* \s* (?:\*\s*)?
      | (?:^|(?<=\s)) (?P<line>{_any_of(_ANYWHERE)}) [\#/;%!-]* [ \t]*
      | ^[ \t]* (?P<start>{_any_of(_LINE_START)}) [ \t]*
    ) (?:ai|llm):""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)
_NEXT_INSTRUCTION = re.compile(r"\s*(?:ai|llm):", re.IGNORECASE)
_NOTHING = re.compile(r"[ \t]*\n?[ \t]*")


@dataclass(frozen=True, slots=True)
class Query:
    """What the user asks for, and where that was found; `text` is empty when the source is `none`."""

    text: str
    source: QuerySource


@dataclass(frozen=True, slots=True)
class _Comment:
    """An `ai:` comment between two offsets of the searched text."""

    body: str
    start: int
    end: int


def find_query(given: str, selection: Selection) -> Query:
    """The instruction given with the command, else the one written into the code, else none."""
    if given.strip():
        return Query(given, "given")
    above = split_lines(selection.before[-ABOVE_CHARACTERS:])[:-1]
    if selection.text.strip():
        found = find_instruction(above, selection.text)
    else:
        # With nothing selected, the comment may be on the line of the cursor, or end there.
        line = selection.line_before + selection.line_after
        found = find_instruction([*above, line], "") or find_instruction(above, line)
    return Query(found, "comment") if found else Query("", "none")


def find_instruction(lines_above: Sequence[str], selection: str) -> str | None:
    """The text of the `ai:` comments in the selection, else of those directly above it; lines may have their ends."""
    inside = [comment.body for comment in _comments(_plain(selection)) if comment.body]
    above = _plain("\n".join(line.rstrip("\r\n") for line in lines_above))
    return "\n".join(inside or _directly_above(above)) or None


def instruction_note(kind: Kind, source: QuerySource) -> str:
    """The sentence for the status on what is being followed; empty when the user has just said it."""
    match source:
        case "given":
            return ""
        case "comment":
            return "following the ai: comment"
        case "none":
            return _without_instruction(kind)
        case _:
            assert_never(source)


def _without_instruction(kind: Kind) -> str:
    match kind:
        case "replace":
            return "no instruction: following the comments in the selection and completing what is unfinished"
        case "yap":
            return "no instruction: going on from here"
        case _:
            assert_never(kind)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _directly_above(text: str) -> list[str]:
    bodies: list[str] = []
    edge = len(text)
    for comment in reversed(list(_comments(text))):
        line_start = text.rfind("\n", 0, comment.start) + 1
        stands_alone = not text[line_start : comment.start].strip()
        if not (stands_alone and _NOTHING.fullmatch(text, comment.end, edge)):
            break
        bodies.insert(0, comment.body)
        edge = line_start
    return [body for body in bodies if body]


def _comments(text: str) -> Iterator[_Comment]:
    place = 0
    while match := _AI_COMMENT.search(text, place):
        place = match.end()
        if _is_in_string(text, match):
            continue
        body, place = _block(text, match) if match["block"] else _lines(text, match)
        yield _Comment(body.strip(), match.start(), place)


def _is_in_string(text: str, match: re.Match[str]) -> bool:
    """Whether the marker stands between quotes; single quotes do not count, prose and lifetimes are full of them."""
    line_start = text.rfind("\n", 0, match.start()) + 1
    in_front = text[line_start : match.start()]
    if in_front.count('"') % 2 or in_front.count("`") % 2:
        return True
    # A line of a list or table of strings looks like a comment of Vim or Basic, but for the closing quote.
    rest = text[match.end() : _line_end(text, match.end())]
    return match["start"] in {'"', "'"} and re.search(rf"{match['start']}[ \t]*(?:[,:;)\]}}]|$)", rest) is not None


def _block(text: str, match: re.Match[str]) -> tuple[str, int]:
    closing = _BLOCK_ENDS[match["block"]]
    end = text.find(closing, match.end(), match.end() + COMMENT_CHARACTERS)
    if end < 0:  # The selection ends inside the comment, or it is none.
        end = _line_end(text, match.end())
        return text[match.end() : end], end
    lines = text[match.end() : end].rstrip("*").split("\n")
    # Many styles begin the inner lines of a block comment with a star.
    return "\n".join(line.strip().removeprefix("*").strip() for line in lines), end + len(closing)


def _lines(text: str, match: re.Match[str]) -> tuple[str, int]:
    """The rest of the line, and the comment lines that follow directly."""
    marker = (match["line"] or match["start"]).lower()
    end = _line_end(text, match.end())
    body = [text[match.end() : end].strip()]
    while end < len(text):
        next_end = _line_end(text, end + 1)
        line = text[end + 1 : next_end].strip()
        content = line[len(marker) :].lstrip(marker[-1] + "!")
        if not line.lower().startswith(marker.rstrip()) or _NEXT_INSTRUCTION.match(content):
            break
        body.append(content.removeprefix(" "))
        end = next_end
    return "\n".join(body), end


def _line_end(text: str, place: int) -> int:
    end = text.find("\n", place)
    return len(text) if end < 0 else end
