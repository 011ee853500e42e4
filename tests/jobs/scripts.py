"""Draws scripts from a seed: documents, jobs with their answers, and a user who gets in the way.

In a *distinct* script every letter of the document, of each answer and of the user stands once, so that what became of
it can be told exactly. In a *repeating* script documents and answers are made of "a", "b" and line ends, and the user,
whose letters stay distinct, only types: which of two equal letters was deleted, nobody could say.
"""

from __future__ import annotations

import random
from itertools import count

from tests.jobs.profiles import PROFILES
from tests.jobs.script import Chunk, JobPlan, Script, Step

DOCUMENT_LETTERS = [*map(chr, range(0x430, 0x450)), *"😀🎉👍🏽\u0301\u0308\u200d", *map(chr, range(0x4B0, 0x500))]
ANSWER_LETTERS = ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "αβγδεζηθικλμνξοπρστυφχψω", "0123456789"]
USER_LETTERS = 0x4E00
LAST_MS = 1500


class Drawing:
    """One seed's choices."""

    def __init__(self, seed: int, profile: str | None = None) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.profile = profile or self.random.choice(PROFILES).name
        self.line_end = self.random.choice(["\n", "\n", "\r\n"])
        self.is_distinct = self.random.random() < 0.7
        self.user_letters = map(chr, count(USER_LETTERS))
        letters = DOCUMENT_LETTERS.copy()
        self.random.shuffle(letters)
        self.document_letters = iter(letters)

    def script(self) -> Script:
        lines = [self.line() for _ in range(self.random.randrange(1, 9))]
        if self.random.random() < 0.5:
            lines[-1] = lines[-1].removesuffix(self.line_end) or "."
        text = "".join(lines)
        jobs = self.jobs(lines)
        steps = sorted(
            (step for _ in range(self.random.choice([0, 1, 2, 4, 8])) for step in self.steps(len(jobs))),
            key=lambda step: step.at_ms,
        )
        waits = self.profile.startswith(("neovim", "unknown-prompt"))
        return Script(
            self.profile,
            text,
            tuple(jobs),
            tuple(steps),
            self.seed,
            self.random.choice([None, 20, 150, 500]) if waits else None,
            self.random.choice([(0,), (0, 1, 5), (0, 40), (3, 300)]),
            self.is_distinct,
        )

    def line(self) -> str:
        if self.is_distinct:
            size = self.random.choice([0, 1, 3, 5])
            return "".join(next(self.document_letters) for _ in range(size)) + self.line_end
        return self.random.choice(["", "a", "aaaa", "ab", "b"]) + self.line_end

    # --- jobs ---------------------------------------------------------------------------------------------------------

    def jobs(self, lines: list[str]) -> list[JobPlan]:
        starts = [0]
        for line in lines:
            starts.append(starts[-1] + len(line))
        cuts = sorted(self.random.randrange(len(lines) + 1) for _ in range(2 * self.random.choice([1, 1, 2, 3, 4])))
        plans = []
        free = 0
        for number, (first, last) in enumerate(zip(cuts[::2], cuts[1::2], strict=True)):
            start, end = self.narrowed(starts[first], starts[last], free, lines[first : first + 1])
            if start < free:
                continue
            free = end
            is_whole = (start, end) == (starts[first], starts[last])
            plans.append(self.job(number, start, end, lines[first:last] if is_whole else []))
        self.random.shuffle(plans)
        return plans or [self.job(0, 0, starts[-1], lines)]

    def narrowed(self, start: int, end: int, free: int, line: list[str]) -> tuple[int, int]:
        """Whole lines mostly, else a place or a stretch inside one line."""
        width = len("".join(line).rstrip("\r\n"))
        if self.random.random() < 0.6 or not width:
            return start, end
        low, high = sorted((self.random.randrange(width + 1), self.random.randrange(width + 1)))
        return max(free, start + low), max(free, start + high)

    def job(self, number: int, start: int, end: int, lines: list[str]) -> JobPlan:
        answer = self.answer(number, lines)
        begins = self.random.randrange(1, 600) if self.is_distinct and end > start and self.random.random() < 0.2 else 0
        chunks = self.chunks(answer, begins)
        ending = self.random.choice(["end"] * 8 + ["fail", "stop", "restore"])
        return JobPlan(start, end, chunks, ending, begins)

    def answer(self, number: int, lines: list[str]) -> str:
        """New lines, with lines of the original among them where the region has some."""
        letters = iter(ANSWER_LETTERS[number % len(ANSWER_LETTERS)])
        lines = [line for line in lines if line.endswith("\n")]
        pieces: list[str] = []
        kept = sorted(self.random.sample(range(len(lines)), self.random.randrange(len(lines) + 1)))
        for _ in range(self.random.randrange(1, 5)):
            if kept and self.random.random() < 0.4:
                pieces.append(lines[kept.pop(0)])
                continue
            size = self.random.randrange(0, 4)
            new = "".join(next(letters, "") if self.is_distinct else self.random.choice("aab") for _ in range(size))
            pieces.append(new + (self.line_end if self.random.random() < 0.8 else ""))
        text = "".join(pieces)
        return text if text.strip() else text + (next(letters, "") if self.is_distinct else "a")

    def chunks(self, answer: str, begins: int) -> tuple[Chunk, ...]:
        places = sorted(self.random.randrange(len(answer) + 1) for _ in range(self.random.choice([0, 2, 5, 12])))
        # The line end filter, which comes before the session, never cuts a line end.
        places = [place for place in places if answer[place - 1 : place + 1] != "\r\n"]
        pieces = [answer[a:b] for a, b in zip([0, *places], [*places, len(answer)], strict=True)]
        times = sorted(begins + self.random.randrange(self.random.choice([5, 300, LAST_MS])) for _ in pieces)
        chunks = [Chunk(at, piece) for at, piece in zip(times, pieces, strict=True)]
        if self.random.random() < 0.08:
            cut = self.random.randrange(len(chunks) + 1)
            withdrawn = [Chunk(chunk.at_ms, "?" + chunk.text) for chunk in chunks[:cut]]
            restart = Chunk(times[min(cut, len(times) - 1)], "", restart=True)
            chunks = [*withdrawn, restart, *(Chunk(chunk.at_ms + 1, chunk.text) for chunk in chunks)]
            chunks = self.in_time(chunks)
        return tuple(chunks)

    def in_time(self, chunks: list[Chunk]) -> list[Chunk]:
        latest = 0
        ordered = []
        for chunk in chunks:
            latest = max(latest, chunk.at_ms)
            ordered.append(Chunk(latest, chunk.text, chunk.restart))
        return ordered

    # --- the user -----------------------------------------------------------------------------------------------------

    def steps(self, jobs: int) -> list[Step]:
        at = self.random.randrange(LAST_MS)
        job = self.random.choice([None, *range(jobs)])
        shift = (
            self.random.randrange(1001) if job is None else self.random.choice([0, 1000]) + self.random.randrange(-4, 9)
        )
        shift = max(shift, -4) if job is not None else shift
        kinds = ["type"] * 8 + ["burst"] * 3 + ["paste"] * 2 + ["line"] * 2 + ["format", "save", "touch", "backspace"]
        if self.is_distinct:
            kinds += ["delete"] * 3 + ["replace", "undo", "undo", "redo"]
            kinds += ["revert", "close"] if self.random.random() < 0.1 else []
        kind = self.random.choice(kinds)
        match kind:
            case "type":
                return [Step(at, "type", job, shift, 0, self.typed(1))]
            case "burst":
                pace = self.random.choice([1, 25, 90])
                return [
                    Step(at + n * pace, "type", job, shift, 0, self.typed(1))
                    for n in range(self.random.randrange(2, 8))
                ]
            case "paste":
                return [Step(at, "type", job, shift, 0, self.typed(2) + self.line_end + self.typed(1))]
            case "line":
                # Between letters of its own the line end is known for the user's in any report.
                return [Step(at, "type", job, shift, 0, self.typed(1) + self.line_end + self.typed(1))]
            case "delete":
                return [Step(at, "type", job, shift, self.random.choice([1, 1, 2, 6]), "")]
            case "replace":
                return [Step(at, "type", job, shift, self.random.choice([1, 3]), self.typed(2))]
            case _:
                return [Step(at, kind, job, shift)]

    def typed(self, size: int) -> str:
        return "".join(next(self.user_letters) for _ in range(size))


def is_typed(char: str) -> bool:
    """Whether a letter is one of the user's."""
    return char in "\u2003\u3007" or USER_LETTERS <= ord(char) < USER_LETTERS + 4096


def draw_script(seed: int, profile: str | None = None) -> Script:
    """The same script for the same seed."""
    return Drawing(seed, profile).script()
