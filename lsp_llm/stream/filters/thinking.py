"""Drops the reasoning that a model writes into its answer; it never touches tags in the middle of a line of code.

Two forms are known. `<think>…</think>` (or `<thinking>`) at the very start of the answer is held back and dropped.
Where the host's template has already opened the tag, only `</think>` arrives: what stood before it has been let
through and is withdrawn, but only once, only if no tag was open, and only if a line end or the end of the answer
follows. A tag that is never closed hides nothing: at the end the whole text is let go as it came.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import assert_never

from lsp_llm.stream.filters.base import Piece

OPENING = re.compile(r"\s*<(think|thinking)>")
OPENING_TAGS = ("<think>", "<thinking>")
_STRAY_CLOSING = re.compile(r"</(?:think|thinking)>(?=[\r\n])")
_CLOSING_TAGS = ("</think>", "</thinking>")
_LONGEST_CLOSING_TAG = max(map(len, _CLOSING_TAGS))
BLANK_LINES = re.compile(r"\s*[\r\n]")


class _State(Enum):
    START = auto()
    THINKING = auto()
    AFTER_THINKING = auto()
    ANSWER = auto()
    ANSWER_WITHOUT_TAG = auto()


class ThinkingTags:
    """Answer text in, answer text without the reasoning out."""

    def __init__(self) -> None:
        self._state = _State.START
        self._held = ""
        self._thoughts: list[str] = []
        self._closing_tag = ""

    def push(self, text: str) -> Piece:
        """Take the next text."""
        match self._state:
            case _State.START:
                return self._start(self._held + text)
            case _State.THINKING:
                return self._think(text)
            case _State.AFTER_THINKING:
                return self._begin_answer(self._held + text)
            case _State.ANSWER_WITHOUT_TAG:
                return self._watch(self._held + text)
            case _State.ANSWER:
                return Piece(text)
            case _:
                assert_never(self._state)

    def finish(self) -> Piece:
        """The answer is whole: a tag that nothing closed was no reasoning."""
        held, self._held = self._held, ""
        if self._state is _State.THINKING:
            return Piece("".join(self._thoughts))
        if self._state is _State.ANSWER_WITHOUT_TAG and held in _CLOSING_TAGS:
            return Piece("", restart=True)
        return Piece("" if self._state is _State.AFTER_THINKING else held)

    def _start(self, text: str) -> Piece:
        opening = OPENING.match(text)
        if opening:
            self._state, self._held = _State.THINKING, ""
            self._closing_tag = f"</{opening[1]}>"
            self._thoughts.append(opening[0])
            return self._think(text[opening.end() :])
        if _may_become(text.lstrip(), OPENING_TAGS):
            self._held = text
            return Piece("")
        self._state, self._held = _State.ANSWER_WITHOUT_TAG, ""
        return self._watch(text)

    def _think(self, text: str) -> Piece:
        """Gather until the closing tag; only the seam is joined, so that long thoughts cost just their length."""
        seam = self._held[-len(self._closing_tag) + 1 :]
        at = (seam + text).find(self._closing_tag)
        if at < 0:
            self._thoughts.append(text)
            self._held = (seam + text)[-len(self._closing_tag) + 1 :]
            return Piece("")
        self._thoughts.clear()
        return self._begin_answer((seam + text)[at + len(self._closing_tag) :])

    def _begin_answer(self, text: str) -> Piece:
        """Blank lines after the reasoning belong to it; the indentation of the first line does not."""
        blank = BLANK_LINES.match(text)
        rest = text[blank.end() :] if blank else text
        if rest.strip():
            self._state, self._held = _State.ANSWER, ""
            return Piece(rest)
        self._state, self._held = _State.AFTER_THINKING, rest
        return Piece("")

    def _watch(self, text: str) -> Piece:
        """Let text through, but for an end that may become a closing tag without an opening one."""
        closing = _STRAY_CLOSING.search(text)
        if closing:
            answer = self._begin_answer(text[closing.end() :])
            return Piece(answer.text, restart=True)
        safe = len(text) - _length_of_possible_tag(text)
        self._held = text[safe:]
        return Piece(text[:safe])


def _may_become(text: str, tags: tuple[str, ...]) -> bool:
    return any(tag.startswith(text) for tag in tags)


def _length_of_possible_tag(text: str) -> int:
    """How many characters at the end may be the beginning of a closing tag, or a whole one."""
    at = text.rfind("<", max(0, len(text) - _LONGEST_CLOSING_TAG))
    return len(text) - at if at >= 0 and _may_become(text[at:], _CLOSING_TAGS) else 0
