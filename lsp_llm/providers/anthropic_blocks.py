"""The content blocks of one answer of Anthropic Messages, put together from their pieces; it never reads an event.

Blocks may interleave, so that every piece names its block: llama.cpp begins a block before it ends the last one, and
signs a thought when the text behind it has already come.
"""

from __future__ import annotations

import json
from typing import Any

from lsp_llm.stream.surrogates import well_formed

_TEXT, _TOOL_USE = "text", "tool_use"


class Block:
    """One block: as it began, and what was added to its fields; `number` counts the answer's blocks from 0."""

    def __init__(self, number: int, begun: dict[str, Any]) -> None:
        self.number = number
        self.kind = begun.get("type")
        self._begun = begun
        self._pieces: dict[str, list[str]] = {}
        self._citations: list[Any] = []
        self._is_understood = True

    @property
    def is_call(self) -> bool:
        """Whether we are asked to run a tool; those of the server it runs by itself."""
        return self.kind == _TOOL_USE

    def word(self, name: str) -> str:
        """A text field as it began, "" where there is none."""
        value = self._begun.get(name)
        return value if isinstance(value, str) else ""

    def add(self, name: str, piece: str) -> None:
        """More of a field; of `input` it is JSON text."""
        self._pieces.setdefault(name, []).append(piece)

    def cite(self, citation: object) -> None:
        """One more source of a text."""
        self._citations.append(citation)

    def spoil(self) -> None:
        """Something was added that is not understood: this block can no longer go back as it was."""
        self._is_understood = False

    @property
    def input_given_whole(self) -> dict[str, Any]:
        """The input of a tool that stood in the block from its beginning, empty where it came in pieces."""
        given = self._begun.get("input")
        return given if isinstance(given, dict) and not "".join(self._pieces.get("input", ())) else {}

    def value(self) -> dict[str, Any]:
        """The whole block as JSON."""
        whole = dict(self._begun)
        for name, pieces in self._pieces.items():
            if name != "input":
                whole[name] = well_formed(self.word(name) + "".join(pieces))
        if self.is_call or "input" in self._pieces:
            whole["input"] = self.input_given_whole or _object("".join(self._pieces.get("input", ())))
        if self._citations:
            begun = whole.get("citations")
            whole["citations"] = [*(begun if isinstance(begun, list) else ()), *self._citations]
        return whole

    @property
    def may_go_back(self) -> bool:
        """The host takes no blank text, and no thought that it did not sign (it was cut, or came from elsewhere)."""
        value = self.value()
        match self.kind:
            case "text":
                return self._is_understood and bool(str(value.get("text") or "").strip())
            case "thinking":
                return self._is_understood and bool(value.get("signature"))
            case _:
                return self._is_understood


class Blocks:
    """All blocks, in the order in which they began."""

    def __init__(self) -> None:
        self._all: list[Block] = []
        self._by_index: dict[int | None, Block] = {}

    def begin(self, index: int | None, begun: dict[str, Any]) -> Block:
        """A new block; a piece without an index belongs to the one that began last."""
        block = Block(len(self._all), begun)
        self._all.append(block)
        self._by_index[index] = self._by_index[None] = block
        return block

    def find(self, index: int | None) -> Block | None:
        """The block that a piece belongs to, None where it never began."""
        return self._by_index.get(index)

    def calls_given_whole(self) -> list[tuple[int, dict[str, Any]]]:
        """Number and input of the calls that came in one piece."""
        return [(block.number, given) for block in self._all if block.is_call and (given := block.input_given_whole)]

    def to_replay(self) -> list[dict[str, Any]]:
        """The answer as the host wants it back; empty where text and calls alone say as much."""
        kept = [block for block in self._all if block.may_go_back]
        is_opaque = any(block.kind not in (_TEXT, _TOOL_USE) for block in kept)
        return [block.value() for block in kept] if is_opaque else []


def _object(text: str) -> dict[str, Any]:
    """The JSON object in a text; empty where it is none, for instance because it was cut."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
