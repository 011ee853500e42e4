"""A turn as text of a chat document, piece by piece as it comes; pure, and blind to how the pieces were cut.

Whatever it returns is to be added at the end of what it returned before. A whole turn goes the same way.
"""

from __future__ import annotations

import re

from lsp_llm.chat.blocks import BLOCK_END, THINKING_START, call_block, result_block
from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.escaping import LineEscaper
from lsp_llm.chat.lines import Block
from lsp_llm.chat.signature import Signature, signature_line, signature_of
from lsp_llm.exchange.tools import ToolCall, ToolResult

_MODEL_IN_HEADING = re.compile(r"[^\s()#](?:[^\r\n\t()#]*[^\s()#])?")


def heading_of(turn: Turn) -> str:
    """The turn's heading without a line end."""
    if turn.role == "user":
        return "## Tools" if turn.tool_results else "## User"
    return f"## Assistant ({turn.model})" if _is_in_heading(turn.model) else "## Assistant"


def turn_text(turn: Turn, line_end: str = "\n") -> str:
    """A whole turn from its heading on, with a line end at its end."""
    return f"{heading_of(turn)}{line_end}{line_end}{turn_body(turn, line_end)}"


def turn_body(turn: Turn, line_end: str = "\n") -> str:
    """A whole turn below its heading and a blank line, with a line end at its end, or nothing."""
    writer = TurnWriter(line_end)
    written = [writer.thinking(turn.thinking), *map(writer.result, turn.tool_results), writer.text(turn.text)]
    return "".join([*written, *map(writer.call, turn.tool_calls), writer.finish(turn)])


class TurnWriter:
    """What stands below the heading of one turn and a blank line, as it comes."""

    def __init__(self, line_end: str = "\n") -> None:
        self._line_end = line_end
        self._part = Block.BODY
        self._escaper = LineEscaper(Block.BODY)
        self._is_written = self._has_part = False
        self._closed: list[str] = []

    def text(self, delta: str) -> str:
        """More of the answer."""
        return self._add(Block.BODY, delta)

    def thinking(self, delta: str) -> str:
        """More of the model's reasoning, as a block of its own."""
        return self._add(Block.THINKING, delta)

    def call(self, call: ToolCall) -> str:
        """A call, whole."""
        return self._ended(self._close_part() + self._spaced(f"{call_block(call)}\n"))

    def result(self, result: ToolResult) -> str:
        """What a call gave, whole."""
        return self._ended(self._close_part() + self._spaced(f"{result_block(result)}\n"))

    def finish(self, turn: Turn) -> str:
        """The turn is over: what was held back, and the comment with what `turn` says beside its text."""
        end = self._close_part()
        model = "" if turn.role == "user" or _is_in_heading(turn.model) else turn.model
        signature = signature_of(turn, model, tuple(self._closed))
        # Without a comment a turn says nothing beside its text, and how an answer ended is unknown.
        silent = Signature(status="unknown" if turn.role == "assistant" else "done")
        return self._ended(end if signature == silent else end + self._spaced(f"{signature_line(signature)}\n"))

    def _add(self, part: Block, delta: str) -> str:
        if not delta:
            return ""
        before = ""
        if part is not self._part:
            before, self._part = self._close_part(), part
            self._escaper = LineEscaper(part)
        return self._ended(before + self._below_start(self._escaper.push(delta)))

    def _below_start(self, written: str) -> str:
        if self._is_written or not written:
            return written
        self._is_written = True
        # The comment tells of the last part of a kind: what was closed above it stays closed.
        self._closed = [kind for kind in self._closed if kind != self._kind]
        return self._spaced(f"{THINKING_START}\n\n{written}" if self._part is Block.THINKING else written)

    def _spaced(self, part: str) -> str:
        """A part with a blank line between it and the one above it."""
        has_part_above, self._has_part = self._has_part, True
        return f"\n{part}" if has_part_above else part

    def _close_part(self) -> str:
        """The rest of what was begun, to the end of its last line."""
        end = self._below_start(self._escaper.finish())
        if self._is_written:
            end += "\n"
            if self._escaper.closing_line:
                end += f"{self._escaper.closing_line}\n"
                self._closed.append(self._kind)
            if self._part is Block.THINKING:
                end += f"\n{BLOCK_END}\n"
        self._part, self._escaper, self._is_written = Block.BODY, LineEscaper(Block.BODY), False
        return end

    @property
    def _kind(self) -> str:
        return "thinking" if self._part is Block.THINKING else "text"

    def _ended(self, written: str) -> str:
        return written if self._line_end == "\n" else written.replace("\n", self._line_end)


def _is_in_heading(model: str) -> bool:
    return _MODEL_IN_HEADING.fullmatch(model) is not None
