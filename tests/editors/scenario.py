"""What a person does in every editor: a file, a function to replace, the answer, what is typed meanwhile, and where.

The answer repeats lines of the original and letters of what is typed, so that edits and keys look alike on the wire.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import pairwise

import pytest

# The ordinary run shows that it works, `make test-editors` asks for more.
ROUNDS = int(os.environ.get("EDITOR_ROUNDS", "2"))
CHUNKS = 80
CHUNK_SECONDS = 0.03

ABOVE = '''"""What things weigh, and what they cost to send."""

RATE = 12
LIMIT = 30

# The price depends on the weight alone.
'''
ORIGINAL = """def price(weights):
    total = 0
    for weight in weights:
        total = total + weight * RATE
    # ai: refuse what is too heavy, and explain the steps
    return total
"""
BELOW = """
print(price([1, 2, 3]))
print("that is all")
"""
SOURCE = ABOVE + ORIGINAL + BELOW
FIRST_LINE = 7
"""The first line of the function, counted from 1."""
LAST_LINE = 12

ANSWER = """def price(weights):
    # Nothing is weighed twice: the sum is made while the limit is seen to.
    total = 0
    for weight in weights:
        if weight > LIMIT:
            # The carrier takes nothing above the limit; it is better to say so
            # here than to see the parcel come back after a week or two.
            raise ValueError(f"{weight} kg is too heavy: the limit is {LIMIT} kg")
        # A weight of nothing costs nothing, and is not worth a second thought.
        if weight == 0:
            continue
        total = total + weight * RATE
        # Letters that look like those being typed: eeee tttt aaaa, 0000, ====.
        assert total >= 0, "a price below nothing"
    # What is left is the sum of all the weights that may be sent at that rate.
    return total
"""
FENCED = f"```python\n{ANSWER}```\n"
# The answer for someone who types inside: what is there before the first key, what streams meanwhile, what is held back
# until the last key, so that old lines are sure to be there as long.
BEGINNING, _, _rest = FENCED.partition("        # A weight")
LAST_OF_BEGINNING = BEGINNING.splitlines()[-1]
MEANWHILE, _, _rest = f"        # A weight{_rest}".partition("    # What is left")
HELD_BACK = f"    # What is left{_rest}"
# For a test in which something happens before the end: however late it happens, the end has not come.
WITHOUT_END = BEGINNING + MEANWHILE


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to type: at the end of a line, counted from 1; a line end in the text is the Enter key."""

    name: str
    line: int
    text: str

    def typed(self) -> str:
        """The source with the text typed in, and the answer in the original's place."""
        lines = (ABOVE + ANSWER + BELOW).splitlines(keepends=True)
        # Lines below the function are farther down once the answer is there.
        line = self.line + (len(ANSWER.splitlines()) - len(ORIGINAL.splitlines()) if self.line > LAST_LINE else 0)
        lines[line - 1] = lines[line - 1].rstrip("\n") + self.text + "\n"
        return "".join(lines)


# Without a colon: at one, Neovim indents the line anew by the line above, whichever that is at the moment. Without a
# comma: at one, Emacs indents the line anew while the answer above has a parenthesis that is not closed yet.
SENTENCE = "  # own words typed while the answer comes in eeee tttt aaaa 0000 ==== nothing of it may get lost"
LINES = (
    "\nown_rate = 0\nttt = 5555\neee = 0000\nown_total = 1111\nweight_of_own = 22\nraise_it = 3333\nlast_own_line = 4"
)
PLACES = (
    Place("above", 3, SENTENCE),
    Place("new lines above", 4, LINES),
    Place("the line before", FIRST_LINE - 1, SENTENCE),
    Place("below", LAST_LINE + 1, SENTENCE),
)

INDENTATION = "    "
"""What Enter adds behind a line of the function, in editors that indent."""


@dataclass(frozen=True, slots=True)
class InsidePlace:
    """Somewhere to type inside the function while it is replaced: at the end of the line with these words."""

    name: str
    words: str
    text: str
    ends_up_behind: str
    """The end of a line of the answer, and whatever stands between it and what was typed."""

    def typed(self, indentation: str = INDENTATION) -> str:
        """The answer in the function's place, and what was typed behind its line."""
        line = self.ends_up_behind.rstrip("\n")
        text = self.text.replace("\n", f"\n{indentation}")
        return ABOVE + ANSWER.replace(f"{line}\n", f"{self.ends_up_behind}{text}\n") + BELOW


# What is typed in a line that the stream has not reached is a line of its own once that line goes.
INSIDE = [
    InsidePlace("a line of the answer", "# The carrier", SENTENCE, "it is better to say so"),
    InsidePlace("new lines in the answer", "total = 0", LINES, "total = 0"),
    InsidePlace("an old line that goes", "# ai:", SENTENCE, "sent at that rate.\n"),
    InsidePlace("an old line that comes again", "total = total", SENTENCE, "sent at that rate.\n"),
]


def chunks(text: str, count: int = CHUNKS) -> list[str]:
    """The text cut into pieces of about the same length, wherever that is."""
    borders = [len(text) * number // count for number in range(count + 1)]
    return [text[start:end] for start, end in pairwise(borders)]


@dataclass(frozen=True, slots=True)
class Seat:
    """An editor to sit down at, named by its fixture, and the number of the round, from 0."""

    editor: str
    turn: int

    def __str__(self) -> str:
        return f"{self.editor}-{self.turn + 1}"


def seats(stable: str, newest: str = "") -> list[Seat]:
    """The rounds of an editor: all for the stable version, half for the newest, where there is another one."""
    again = [Seat(newest, turn) for turn in range((ROUNDS + 1) // 2)] if newest else []
    return [*(Seat(stable, turn) for turn in range(ROUNDS)), *again]


def once(*editors: str) -> pytest.MarkDecorator:
    """For a test where time decides nothing: one round of each version."""
    return pytest.mark.parametrize("seat", [Seat(editor, 0) for editor in editors], ids=str, indirect=True)
