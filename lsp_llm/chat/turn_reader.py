"""Reads the lines of one turn, from its heading on, as far as they go; pure, what it cannot read it reports.

Lines count from 0 at the heading. Only the lines decide, so a turn that nobody touched is never read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from lsp_llm.chat.blocks import read_call, read_result
from lsp_llm.chat.conversation import Turn, TurnRole, is_blank, without_blank_edges
from lsp_llm.chat.lines import BODY, Block, Kind, State, after, block_start_parts, heading_parts, kind_of, unescaped
from lsp_llm.chat.signature import Signature, is_note, read_signature, usage_in
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.stream.tool_calls import problem_of

NO_ARGUMENTS: Final = "this call has no name, or its arguments are no JSON object, so many hosts are sent none"


@dataclass(frozen=True, slots=True)
class Fold:
    """A block in a turn, from its first to its last line; `name` is the tool's."""

    kind: str
    name: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that cannot be read as it stands, and the line where it is seen."""

    line: int
    sentence: str


@dataclass(frozen=True, slots=True)
class ReadTurn:
    """A turn with its places: blocks, the line of its comment if it has one, and the line behind its last text.

    `closed_fence_line` is the one that closes a fence which the model left open, where the answer ends with it.
    """

    turn: Turn
    folds: tuple[Fold, ...] = ()
    signature_line: int | None = None
    text_end_line: int = 1
    closed_fence_line: int | None = None
    problems: tuple[Problem, ...] = ()


def read_turn(lines: Sequence[str]) -> ReadTurn:
    """The turn in these lines, with their ends; the first is its heading. An id that nothing says stays empty."""
    reading = _Reading()
    state = BODY
    for number, line in enumerate(lines[1:], 1):
        reading.take(number, line, state)
        state = after(line, state)
    return reading.result(heading_parts(lines[0]), len(lines), state)


@dataclass(slots=True)
class _Part:
    """Some lines of one kind: text between blocks, or a block."""

    kind: str
    first_line: int
    attributes: str = ""
    name: str = ""
    lines: list[str] = field(default_factory=list)
    line_numbers: list[int] = field(default_factory=list)
    payload: list[str] | None = None
    is_payload_over: bool = False

    def keep(self, number: int, line: str) -> None:
        self.lines.append(line)
        self.line_numbers.append(number)


class _Reading:
    def __init__(self) -> None:
        self._parts = [_Part("text", 1)]
        self._folds: list[Fold] = []
        self._problems: list[Problem] = []
        self._signature = Signature(status="unknown")
        self._signature_line: int | None = None

    def take(self, number: int, line: str, before: State) -> None:
        part = self._parts[-1]
        match kind_of(line, before):
            case Kind.BLOCK_START:
                self._end_block_without_mark(number, before)
                kind, attributes, name = block_start_parts(line)
                self._parts.append(_Part(kind, number, attributes, name))
            case Kind.BLOCK_END:
                self._end_block(number)
            case Kind.SIGNATURE:
                self._sign(number, line)
            case Kind.TEXT | Kind.FENCE | Kind.HEADING | Kind.FRONT_EDGE as kind:
                if before.block is Block.TOOL:
                    self._take_payload(number, _without_end(line), before, kind)
                else:
                    plain = _without_end(line)
                    part.keep(number, plain if before.fence else unescaped(plain, before.block))

    def result(self, heading: tuple[str, str], line_count: int, state: State) -> ReadTurn:
        role_said, model = heading
        self._end_block_without_mark(line_count, state)
        role: TurnRole = "assistant" if role_said == "assistant" else "user"
        said = self._signature
        self._drop_misplaced(role)
        closed_line = self._take_out_closing_fences(said.closed)
        turn = Turn(
            said.message_id,
            role,
            self._joined("text"),
            self._joined("thinking"),
            tuple(self._calls()),
            tuple(
                read_result(p.kind, p.attributes, p.name, _payload(p))
                for p in self._parts
                if p.kind in ("tool result", "tool error")
            ),
            usage_in(said),
            model or said.model,
            said.timestamp,
            "done" if role == "user" and self._signature_line is None else said.status,
            said.replay,
            said.gap,
        )
        folds, problems = tuple(self._folds), tuple(self._problems)
        return ReadTurn(turn, folds, self._signature_line, self._text_end_line(), closed_line, problems)

    def _calls(self) -> Iterator[ToolCall]:
        for part in self._parts:
            if part.kind == "tool call":
                call = read_call(part.attributes, part.name, _payload(part))
                if not call.problem and problem_of(call.name, call.arguments):
                    self._problems.append(Problem(part.first_line, NO_ARGUMENTS))
                yield call

    def _take_payload(self, number: int, line: str, before: State, kind: Kind) -> None:
        part = self._parts[-1]
        if kind is Kind.FENCE and part.payload is None:
            part.payload = []
        elif kind is Kind.FENCE and before.fence:
            part.is_payload_over = True
        elif before.fence and part.payload is not None and not part.is_payload_over:
            part.payload.append(line)
        elif not is_blank(line):
            part.keep(number, line)

    def _sign(self, number: int, line: str) -> None:
        if is_note(line):
            return
        said = read_signature(line)
        if said is None:
            self._problems.append(Problem(number, "this comment of lsp-llm cannot be read, so what it says is lost"))
            return
        if self._signature_line is not None:
            self._problems.append(Problem(number, "a second comment of lsp-llm in this turn: the last one counts"))
        self._signature, self._signature_line = said, number

    def _end_block(self, last_line: int) -> None:
        part = self._parts[-1]
        self._folds.append(Fold(part.kind, part.name, part.first_line, last_line))
        if part.kind != "thinking" and part.payload is not None and part.lines:
            self._problems.append(Problem(part.line_numbers[0], "text beside the fence of a tool's block is not read"))
        self._parts.append(_Part("text", last_line + 1))

    def _end_block_without_mark(self, next_line: int, state: State) -> None:
        if state.block not in (Block.THINKING, Block.TOOL):
            return
        first_line = self._parts[-1].first_line
        self._problems.append(
            Problem(first_line, "this block has no </details> at its end, so it takes in what follows")
        )
        self._end_block(next_line - 1)

    def _drop_misplaced(self, role: TurnRole) -> None:
        for part in list(self._parts):
            sentence = _misplaced(part.kind, role)
            if sentence:
                self._problems.append(Problem(part.first_line, sentence))
                self._parts.remove(part)

    def _take_out_closing_fences(self, closed: Sequence[str]) -> int | None:
        """Drop the fence lines that were not the model's; returns that of the text."""
        line = None
        for kind in closed:
            part = next((part for part in reversed(self._parts) if part.kind == kind and _has_text(part)), None)
            if part is not None and (found := _closing_fence(part)) is not None:
                number = part.line_numbers[found]
                del part.lines[found:], part.line_numbers[found:]
                line = number if kind == "text" else line
        return line

    def _joined(self, kind: str) -> str:
        texts = ("\n".join(without_blank_edges(part.lines)) for part in self._parts if part.kind == kind)
        return "\n\n".join(text for text in texts if text)

    def _text_end_line(self) -> int:
        numbers = (
            number
            for part in self._parts
            if part.kind == "text"
            for number, line in zip(part.line_numbers, part.lines, strict=True)
            if not is_blank(line)
        )
        return max(numbers, default=0) + 1


def _payload(part: _Part) -> str:
    return "\n".join(without_blank_edges(part.lines) if part.payload is None else part.payload)


def _misplaced(kind: str, role: TurnRole) -> str:
    if kind == "tool call" and role == "user":
        return "only an assistant's turn can call a tool, so this call is not sent"
    if kind in ("tool result", "tool error") and role == "assistant":
        return "a tool's result belongs below a heading `## Tools` of its own, so this one is not sent"
    return ""


def _closing_fence(part: _Part) -> int | None:
    """The place of the last line with text, if it is a fence without anything behind it."""
    place = next(place for place in reversed(range(len(part.lines))) if not is_blank(part.lines[place]))
    mark = part.lines[place].strip(" \t")
    return place if len(mark) >= 3 and (not mark.strip("`") or not mark.strip("~")) else None


def _has_text(part: _Part) -> bool:
    return not all(map(is_blank, part.lines))


def _without_end(line: str) -> str:
    return line.rstrip("\r\n")
