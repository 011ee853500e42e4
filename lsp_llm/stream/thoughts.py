"""Tells the reasoning that a model writes at the start of its answer from the answer, as it comes; it drops neither.

`<think>…</think>` (or `<thinking>`) is known, as `filters/thinking` knows it for fills. What has been told cannot be
withdrawn here: a closing tag alone stays text, and a tag that nothing closes makes reasoning of all that follows, which
is what it is where a token limit ends an answer.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import assert_never

from lsp_llm.stream.events import Text, Thinking
from lsp_llm.stream.filters.thinking import BLANK_LINES, OPENING, OPENING_TAGS


class _State(Enum):
    START = auto()
    BEFORE_THINKING = auto()
    THINKING = auto()
    AFTER_THINKING = auto()
    ANSWER = auto()


class Thoughts:
    """Answer text in, reasoning and answer out."""

    def __init__(self) -> None:
        self._state = _State.START
        self._held = ""
        self._closing_tag = ""

    def push(self, text: str) -> list[Text | Thinking]:
        """Take the next text; what may be a part of a tag waits for what follows."""
        text, self._held = self._held + text, ""
        match self._state:
            case _State.START:
                return self._start(text)
            case _State.BEFORE_THINKING | _State.THINKING:
                return self._think(text)
            case _State.AFTER_THINKING:
                return self._begin_answer(text)
            case _State.ANSWER:
                return _told(text)
            case _:
                assert_never(self._state)

    def finish(self) -> list[Text | Thinking]:
        """The answer is whole."""
        held, self._held = self._held, ""
        if self._state is _State.AFTER_THINKING:
            return []
        return [Thinking(held)] if held and self._state is not _State.START else _told(held)

    def _start(self, text: str) -> list[Text | Thinking]:
        if opening := OPENING.match(text):
            self._state, self._closing_tag = _State.BEFORE_THINKING, f"</{opening[1]}>"
            return self._think(text[opening.end() :])
        if any(tag.startswith(text.lstrip()) for tag in OPENING_TAGS):
            self._held = text
            return []
        self._state = _State.ANSWER
        return _told(text)

    def _think(self, text: str) -> list[Text | Thinking]:
        if self._state is _State.BEFORE_THINKING:
            text = text.lstrip()
        if text:
            self._state = _State.THINKING
        at = text.find(self._closing_tag)
        if at >= 0:
            self._state = _State.AFTER_THINKING
            thinking: list[Text | Thinking] = [Thinking(text[:at])] if at else []
            return thinking + self._begin_answer(text[at + len(self._closing_tag) :])
        end = len(text) - _length_of_beginning(text, self._closing_tag)
        self._held = text[end:]
        return [Thinking(text[:end])] if end else []

    def _begin_answer(self, text: str) -> list[Text | Thinking]:
        """Blank lines after the reasoning belong to it; the indentation of the first line does not."""
        blank = BLANK_LINES.match(text)
        rest = text[blank.end() :] if blank else text
        if not rest.strip():
            self._held = rest
            return []
        self._state = _State.ANSWER
        return _told(rest)


def _told(text: str) -> list[Text | Thinking]:
    return [Text(text)] if text else []


def _length_of_beginning(text: str, tag: str) -> int:
    """How many characters at the end may be the beginning of the tag."""
    at = text.rfind("<", max(0, len(text) - len(tag)))
    return len(text) - at if at >= 0 and tag.startswith(text[at:]) else 0
