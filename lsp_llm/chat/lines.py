r"""The grammar of a chat document, line by line; pure, it keeps no document.

A line means something by itself and by the state in which the line before it has left the document, which is no more
than the block and the fence that are open. So a change is read from its first line until the states agree again.

What a turn's text must not say by accident is a *marker*: the heading of a turn, the first line of a block, the comment
below a turn and, in thinking, the line that ends it. Such a line of text stands in the document with a backslash before
its first mark, which Markdown shows as the mark itself; one that has backslashes there already gets one more. A fence
that is open makes any line plain text, so in it nothing is escaped.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import NamedTuple

from lsp_llm.chat.conversation import is_blank


class Block(Enum):
    """What a line is in: the top of the document, its front matter, a turn, or a block in a turn."""

    TOP = auto()
    FRONT = auto()
    BODY = auto()
    THINKING = auto()
    TOOL = auto()


class State(NamedTuple):
    """What is open behind a line; `fence` is the run of marks that opened one, at column `indent`."""

    block: Block
    fence: str = ""
    indent: int = 0

    @property
    def closing_line(self) -> str:
        """The line that would close the fence that is open, empty where none is."""
        return " " * self.indent + self.fence


class Kind(Enum):
    """What a line is for; FENCE opens or closes one."""

    TEXT = auto()
    FENCE = auto()
    HEADING = auto()
    BLOCK_START = auto()
    BLOCK_END = auto()
    SIGNATURE = auto()
    FRONT_EDGE = auto()


START, FRONT, BODY = State(Block.TOP), State(Block.FRONT), State(Block.BODY)
THINKING, TOOL = State(Block.THINKING), State(Block.TOOL)
_BLOCKS = (Block.THINKING, Block.TOOL)

_MEANINGFUL = " #<`~-*+0123456789"
"""What a line begins with that may be more than text."""

_END = r"[ \t]*[\r\n]*\Z"
# A bare word is a model's name only when it has a digit: "Assistant manager" is a heading of a text.
_NAMED = (
    r"[ \t]*\((?P<round>[^\r\n]*)\)|[ \t]*\[(?P<square>[^\r\n]*)\]|[ \t]*[:@][ \t]*(?P<colon>[^\s:]\S*)?"
    r"|[ \t]*[|,·–—-][ \t]*(?P<dash>(?=\S*\d)\S+)|[ \t]+(?P<bare>(?=\S*\d)[^#\s]\S*)"
)
_OTHER = r"(?P<other>user|tools?)[ \t]*:?(?:[ \t]*\([^\r\n]*\))?"
_HEADING = re.compile(
    rf" {{0,3}}#{{1,6}}[ \t]+(?:{_OTHER}|(?P<assistant>assistant)(?:{_NAMED})?)(?:[ \t]+#+)?{_END}",
    re.ASCII | re.IGNORECASE,
)
_BLOCK_START = re.compile(
    rf" {{0,3}}<details(?P<attributes>[^<>]*)><summary>"
    rf"(?P<kind>thinking|tool call|tool result|tool error|rendered prompt)(?::[ \t]*(?P<name>[^<>]*))?</summary>{_END}",
    re.ASCII | re.IGNORECASE,
)
_BLOCK_END = re.compile(rf" {{0,3}}</details>{_END}", re.ASCII | re.IGNORECASE)
_SIGNATURE = re.compile(r" {0,3}<!-- lsp-llm(?![\w-])")
# The first line of a list's item may be that of a fence.
_FENCE = re.compile(r" {0,3}(?:(?:[-*+]|[0-9]{1,9}[.)])[ \t]{1,4})*(`{3,}(?=[^`]*\Z)|~{3,})")
_FRONT_OPENING = re.compile(rf"\ufeff?---{_END}")
_FRONT_CLOSING = re.compile(rf"(?:---|\.\.\.){_END}")
_LEAD = re.compile(r" {0,3}(\\*)")


def after(line: str, state: State) -> State:
    """The state behind a line."""
    if state == BODY and line[:1] not in _MEANINGFUL:
        return state
    match kind_of(line, state):
        case Kind.TEXT | Kind.SIGNATURE:
            return BODY if state.block is Block.TOP else state
        case Kind.FENCE if state.fence:
            return State(state.block)
        case Kind.FENCE:
            fence = _FENCE.match(line)
            assert fence
            return State(Block.BODY if state.block is Block.TOP else state.block, fence[1], fence.start(1))
        case Kind.BLOCK_START:
            return THINKING if is_thinking_start(line) else TOOL
        case Kind.FRONT_EDGE:
            return FRONT if state.block is Block.TOP else BODY
        case Kind.HEADING | Kind.BLOCK_END:
            return BODY


def kind_of(line: str, state: State) -> Kind:
    """What a line is in the state before it."""
    block = state.block
    if state.fence:
        return Kind.FENCE if _closes(line, state) else Kind.TEXT
    if block is Block.TOP and _FRONT_OPENING.match(line):
        return Kind.FRONT_EDGE
    if block is Block.FRONT:
        return _kind_in_front(line)
    kind = _marker_kind(line, block)
    return Kind.FENCE if kind is Kind.TEXT and _FENCE.match(line) else kind


def _kind_in_front(line: str) -> Kind:
    if _FRONT_CLOSING.match(line):
        return Kind.FRONT_EDGE
    # Where the closing line is missing the turns are still found; indented, it is the system's text, and "# user" is
    # a comment of YAML.
    return Kind.HEADING if line.startswith("##") and _HEADING.match(line) else Kind.TEXT


def _marker_kind(line: str, block: Block) -> Kind:
    mark = line[:4].lstrip(" ")[:1]
    if mark == "#" and _HEADING.match(line):
        return Kind.HEADING
    if mark == "<":
        if _SIGNATURE.match(line):
            return Kind.SIGNATURE
        if _BLOCK_START.match(line):
            return Kind.BLOCK_START
        if block in _BLOCKS and _BLOCK_END.match(line):
            return Kind.BLOCK_END
    return Kind.TEXT


def _closes(line: str, state: State) -> bool:
    body = line.lstrip(" ")
    if len(line) - len(body) > state.indent + 3 or not body.startswith(state.fence):
        return False
    return is_blank(body.lstrip(state.fence[0]).rstrip("\r\n"))


def heading_parts(line: str) -> tuple[str, str]:
    """The role that a turn's heading names ("user", "assistant", "tools") and the model behind it, if any."""
    found = _HEADING.match(line)
    assert found
    if not found["assistant"]:
        return ("user" if found["other"].lower() == "user" else "tools"), ""
    names = (found[group] for group in ("round", "square", "colon", "dash", "bare"))
    return "assistant", next((name.strip() for name in names if name), "")


def block_start_parts(line: str) -> tuple[str, str, str]:
    """The kind of a block ("thinking", "tool call", …, "rendered prompt"), its attributes and its name."""
    found = _BLOCK_START.match(line)
    assert found
    return found["kind"].lower(), found["attributes"], (found["name"] or "").rstrip(" \t")


def is_thinking_start(line: str) -> bool:
    """Whether the first line of a block is that of thinking."""
    return block_start_parts(line)[0] == "thinking"


def escaped(line: str, block: Block) -> str:
    """A line of a turn's text as it stands in the document."""
    lead = _LEAD.match(line)
    assert lead
    if _marker_kind(_bare(line, lead), block) is Kind.TEXT:
        return line
    return f"{line[: lead.start(1)]}\\{line[lead.start(1) :]}"


def unescaped(line: str, block: Block) -> str:
    """A line of the document as it is meant; the other way of `escaped`."""
    lead = _LEAD.match(line)
    assert lead
    if not lead[1] or _marker_kind(_bare(line, lead), block) is Kind.TEXT:
        return line
    return line[: lead.start(1)] + line[lead.start(1) + 1 :]


def _bare(line: str, lead: re.Match[str]) -> str:
    return line[: lead.start(1)] + line[lead.end(1) :]
