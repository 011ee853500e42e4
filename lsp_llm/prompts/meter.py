"""Counts what a template does and refuses to go on past a limit; pure, it knows no template language.

A template is somebody's program, perhaps one from a project that was cloned a minute ago. The sandbox keeps it from
reaching out; this keeps it from never ending and from filling the memory. Without a clock, time is bounded by counting:
whatever takes about a microsecond is one round. Memory is bounded by weighing: no value weighs more than SIZE_LIMIT,
and an operation that could make much of little is checked before it runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

ROUND_LIMIT = 300_000
"""Some three seconds at worst; the built-in templates stay below a thousand."""
SIZE_LIMIT = 8_000_000
"""Characters of a prompt, and the weight of any one value; the longest contexts of models hold about half of it."""
PADDING_LIMIT = 10_000
NUMBER_LIMIT_BITS = 10_000
CHARACTERS_A_ROUND = 4096
ITEMS_A_ROUND = 4
ITEM_WEIGHT = 16
"""In characters: what an item of a list takes in memory, and more than what it adds in print."""

_WIDE = re.compile(r"\d{5,}|\*|:[^{}]*\{")
_FIELDS = re.compile(r"[%{]")


class LimitReached(Exception):
    """The template does more than is allowed; `str()` is a sentence without a place."""


class Meter:
    """What one rendering has used so far."""

    def __init__(self, rounds: int = ROUND_LIMIT, size: int = SIZE_LIMIT) -> None:
        self._rounds_left = self._rounds = rounds
        self._characters_left = self._size = size

    def spend(self, rounds: int) -> None:
        """Count rounds of work; raises LimitReached."""
        self._rounds_left -= rounds
        if self._rounds_left < 0:
            raise LimitReached(f"it goes on for more than {self._rounds} rounds; does a loop or an include never end?")

    def write(self, characters: int) -> None:
        """Count what is written, also what is written into a variable; raises LimitReached."""
        self._characters_left -= characters
        if self._characters_left < 0:
            raise LimitReached(f"it writes more than {self._size} characters")

    def weigh(self, value: Any) -> int:
        """Characters of texts and ITEM_WEIGHT for whatever is in a list or stands alone; raises LimitReached.

        What a value holds twice weighs twice: printed, it is there twice.
        """
        if isinstance(value, str):
            weight = len(value)
            self._refuse_over(weight)
            self.spend(weight // CHARACTERS_A_ROUND)
            return weight
        return self._weigh_nested(value)

    def _weigh_nested(self, value: Any) -> int:
        weight, looked_at, waiting = 0, 0, [iter((value,))]
        while waiting:
            for item in waiting[-1]:
                looked_at += 1
                weight += _own_weight(item)
                self._refuse_over(weight)
                if inner := _items(item):
                    waiting.append(iter(inner))
                    break
            else:
                waiting.pop()
        self.spend(looked_at // ITEMS_A_ROUND + weight // CHARACTERS_A_ROUND)
        return weight

    def count_reading(self, value: Any, characters_a_round: int) -> None:
        """Count what it takes to go through a value item by item, or through a text; raises LimitReached."""
        if isinstance(value, str):
            self.spend(len(value) // characters_a_round)
        elif isinstance(value, list | tuple | dict | set | frozenset | range):
            self.spend(len(value))

    def before_padding(self, widths: Iterable[Any]) -> None:
        """Refuse widths and counts that a page never needs; raises LimitReached."""
        for width in widths:
            if isinstance(width, int) and abs(width) > PADDING_LIMIT:
                raise LimitReached(f"a width of {width} is more than {PADDING_LIMIT}")

    def before_repeating(self, left: Any, right: Any) -> None:
        """Refuse a product that would be too long a text, list or number; raises LimitReached."""
        if isinstance(left, int) and isinstance(right, int):
            self._refuse_number(left.bit_length() + right.bit_length())
        elif isinstance(right, int):
            self._refuse_over(self.weigh(left) * max(right, 0))
        elif isinstance(left, int):
            self._refuse_over(self.weigh(right) * max(left, 0))

    def before_power(self, base: Any, exponent: Any) -> None:
        """Refuse a power with too many digits; raises LimitReached."""
        if isinstance(base, int) and isinstance(exponent, int):
            self._refuse_number(base.bit_length() * max(exponent, 0))

    def before_replacing(self, text: str, old: str, new: str) -> None:
        """Refuse a replacement that would make the text too long; raises LimitReached."""
        self._refuse_over(self.weigh(text) + text.count(old) * len(new))

    def before_joining(self, separator: str, items: Sequence[Any]) -> None:
        """Refuse a join that would be too long; raises LimitReached."""
        self._refuse_over(self.weigh(items) + len(separator) * len(items))

    def before_formatting(self, pattern: str, arguments: Sequence[Any]) -> None:
        """Refuse wide fields, widths that are computed, and too much repeated; raises LimitReached."""
        if _WIDE.search(pattern):
            raise LimitReached("a format may not have computed widths, nor any of five digits")
        longest = max(map(self.weigh, arguments), default=0)
        self._refuse_over(self.weigh(pattern) + len(_FIELDS.findall(pattern)) * longest)

    def _refuse_over(self, weight: int) -> None:
        if weight > self._size:
            raise LimitReached(f"a value of more than {self._size} characters is too long")

    def _refuse_number(self, bits: int) -> None:
        if bits > NUMBER_LIMIT_BITS:
            raise LimitReached("the number is too large")


def _own_weight(value: Any) -> int:
    if isinstance(value, str):
        return len(value) + ITEM_WEIGHT
    if isinstance(value, range):
        return len(value) * ITEM_WEIGHT
    return ITEM_WEIGHT


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if isinstance(value, dict):
        return (item for pair in value.items() for item in pair)
    return ()
