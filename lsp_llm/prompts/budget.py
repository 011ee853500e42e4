"""Fits the parts of a prompt into a model's context: what matters less is cut first, and every cut is seen.

Pure: it counts no tokens but estimates them, with a ratio that is learned from what hosts report. It never cuts inside
a character as a reader sees it, and never adds to what it was given but the mark of a cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from lsp_llm.prompts.cutting import head, tail

START_CHARACTERS_A_TOKEN = 3.0
"""A careful guess: code has about 3 characters a token, English prose 4, Chinese a little over 1."""
CHARACTERS_A_TOKEN_RANGE = (0.5, 8.0)
"""What a report outside of it tells is not about the text: images, a count of something else."""
LEARNING_CHARACTERS = 20_000
"""So much reported text weighs as much as the guess that it began with."""


@dataclass(frozen=True, slots=True)
class TokenEstimate:
    """How many characters a token of one model has, as far as is known; keep one for each model."""

    characters_a_token: float = START_CHARACTERS_A_TOKEN

    def tokens(self, text: str) -> int:
        """An estimate of the tokens in a text, rounded up."""
        return ceil(len(text) / self.characters_a_token)

    def characters(self, tokens: int) -> int:
        """About how many characters so many tokens are, rounded down."""
        return max(0, int(tokens * self.characters_a_token))

    def learned(self, characters: int, tokens: int) -> TokenEstimate:
        """The estimate after a host has reported `tokens` for a prompt of so many characters."""
        if characters <= 0 or tokens <= 0:
            return self
        least, most = CHARACTERS_A_TOKEN_RANGE
        reported = characters / tokens
        if not least <= reported <= most:
            return self
        weight = characters / (characters + LEARNING_CHARACTERS)
        return TokenEstimate(self.characters_a_token + weight * (reported - self.characters_a_token))


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a prompt. The lowest `priority` is cut first; of two with the same one, the later; None is never cut.

    `keeps_end` is for text whose end matters most, such as what stands before the cursor.
    """

    name: str
    text: str
    priority: int | None
    keeps_end: bool = False


@dataclass(frozen=True, slots=True)
class SectionSize:
    """A section as it goes out: its tokens, about, and the characters that were cut."""

    name: str
    tokens: int
    cut_characters: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """The sections in the order they came in, cut to fit, and the size of each."""

    sections: tuple[Section, ...]
    sizes: tuple[SectionSize, ...]
    limit_tokens: int

    @property
    def tokens(self) -> int:
        """All sections together, about."""
        return sum(size.tokens for size in self.sizes)

    @property
    def is_over(self) -> bool:
        """Whether what is never cut is too long by itself."""
        return self.tokens > self.limit_tokens


def fit(sections: Sequence[Section], limit_tokens: int, estimate: TokenEstimate) -> Budget:
    """Cut what matters least until all is within the limit, as far as it may be cut.

    A section is cut down to the mark alone before the next one is touched. Marks go last, and only where they alone
    are too many; `cut_characters` tells of them still.
    """
    kept = [_Cut(section.text) for section in sections]
    over = sum(estimate.tokens(cut.text) for cut in kept) - limit_tokens
    for shorten in (_to_fit, _to_nothing):
        for place in _least_first(sections):
            if over <= 0:
                break
            tokens = estimate.tokens(kept[place].text)
            kept[place] = shorten(sections[place], kept[place], tokens - over, estimate)
            over -= tokens - estimate.tokens(kept[place].text)
    sizes = (
        SectionSize(section.name, estimate.tokens(cut.text), cut.cut_characters)
        for section, cut in zip(sections, kept, strict=True)
    )
    texts = (replace(section, text=cut.text) for section, cut in zip(sections, kept, strict=True))
    return Budget(tuple(texts), tuple(sizes), limit_tokens)


def cut_mark(characters: int) -> str:
    """What stands where text was cut."""
    return f"[... {characters} characters cut ...]"


@dataclass(frozen=True, slots=True)
class _Cut:
    text: str
    cut_characters: int = 0


def _least_first(sections: Sequence[Section]) -> list[int]:
    cuttable = [(section.priority, -place) for place, section in enumerate(sections) if section.priority is not None]
    return [-place for _, place in sorted(cuttable)]


def _to_fit(section: Section, _cut: _Cut, tokens: int, estimate: TokenEstimate) -> _Cut:
    """The section in at most so many tokens with its mark, or the mark alone, or whole where a mark saves nothing."""
    mark = cut_mark(len(section.text))
    if len(mark) + 1 >= len(section.text):
        return _Cut(section.text)
    room = estimate.characters(tokens) - len(mark) - 1
    part = tail(section.text, room) if section.keeps_end else head(section.text, room)
    cut = len(section.text) - len(part)
    mark = cut_mark(cut)
    if not part:
        return _Cut(mark, cut)
    if section.keeps_end:
        return _Cut(f"{mark}\n{part}", cut)
    return _Cut(part + ("" if part.endswith("\n") else "\n") + mark, cut)


def _to_nothing(section: Section, _cut: _Cut, _tokens: int, _estimate: TokenEstimate) -> _Cut:
    return _Cut("", len(section.text))
