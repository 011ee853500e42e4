"""What happens in one interleaving, as plain values; the `repr` of a script, given to `replay`, does it all again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OFFERING: Final = ("offer", "make", "preview")
"""Endings of jobs whose answers are offered: at once when they begin, made at once, or when their streams end."""

DECISIONS: Final = ("take", "drop", "put back", "reopen")
"""Steps of a user who decides over offers."""


@dataclass(frozen=True)
class Chunk:
    """Answer text that the provider sends at a time; a restart withdraws what came before."""

    at_ms: int
    text: str
    restart: bool = False


@dataclass(frozen=True)
class JobPlan:
    """One job on original text; `ending` says how its stream ends."""

    start: int
    end: int
    chunks: tuple[Chunk, ...]
    ending: str = "end"
    begins_ms: int = 0

    @property
    def answer(self) -> str:
        last = max((index for index, chunk in enumerate(self.chunks) if chunk.restart), default=0)
        return "".join(chunk.text for chunk in self.chunks[last:])


@dataclass(frozen=True)
class Step:
    """What the user does at a time, and where: `shift` counts from the region's start of `job`, or from 500 on as
    `shift - 1000` from its end; without a job it is a share of the document in thousandths. Of a decision over an offer
    `length` is the number of the change, 0 for all of them."""

    at_ms: int
    kind: str
    job: int | None = None
    shift: int = 0
    length: int = 0
    text: str = ""


@dataclass(frozen=True)
class Script:
    profile: str
    text: str
    jobs: tuple[JobPlan, ...]
    steps: tuple[Step, ...]
    seed: int = 0
    typing_ms: int | None = None
    delays_ms: tuple[int, ...] = (0,)
    is_distinct: bool = True
    """Every letter stands once, so that what became of it can be told."""

    def is_in_a_region(self, place: int) -> bool:
        """Whether a job is to replace the original letter at this place."""
        return any(job.start <= place < job.end for job in self.jobs)
