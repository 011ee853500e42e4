"""Draws scripts with offers: the documents and users of `scripts`, who also decide, close and open again."""

from __future__ import annotations

from dataclasses import replace

from tests.jobs.script import OFFERING, JobPlan, Script, Step
from tests.jobs.scripts import LAST_MS, Drawing


class OfferDrawing(Drawing):
    """One seed's choices."""

    def script(self) -> Script:
        script = super().script()
        script = replace(script, jobs=self.apart(script.jobs) or script.jobs[:1])
        if not any(job.ending in OFFERING for job in script.jobs):
            first, *others = script.jobs
            script = replace(script, jobs=(replace(first, ending="offer"), *others))
        decisions = [step for number, job in enumerate(script.jobs) for step in self.decisions(number, job)]
        steps = sorted([*script.steps, *decisions, *self.openings()], key=lambda step: step.at_ms)
        return replace(script, steps=tuple(steps))

    def apart(self, jobs: tuple[JobPlan, ...]) -> tuple[JobPlan, ...]:
        """Without those at a place where another begins: a change of either may come first there."""
        return tuple(
            job
            for job in jobs
            if job.start < job.end or not any(other.start == job.start for other in jobs if other is not job)
        )

    def job(self, number: int, start: int, end: int, lines: list[str]) -> JobPlan:
        plan = super().job(number, start, end, lines)
        if self.random.random() < 0.4:
            return plan
        # Often beside an edit in flight, where an offer has to wait.
        is_late = self.is_distinct and end > start and self.random.random() < 0.6
        begins = self.random.randrange(1, LAST_MS) if is_late else 0
        chunks = self.chunks(plan.answer, begins) if is_late else plan.chunks
        ending = self.random.choice(OFFERING)
        return replace(plan, ending=ending, begins_ms=begins or plan.begins_ms, chunks=chunks)

    def decisions(self, number: int, job: JobPlan) -> list[Step]:
        kinds = ["take"] * 5 + ["drop", "put back"]
        at_once = [Step(job.begins_ms + self.random.randrange(1, 200), "drop", number)]
        return [
            *(at_once if self.random.random() < 0.1 else []),
            *(
                Step(
                    self.random.randrange(2 * LAST_MS),
                    self.random.choice(kinds),
                    number,
                    length=self.random.choice([0, 1, 1, 2, 3]),
                )
                for _ in range(self.random.choice([0, 1, 2, 4]))
            ),
        ]

    def openings(self) -> list[Step]:
        if self.random.random() < 0.7:
            return []
        at = self.random.randrange(LAST_MS)
        again = Step(at + self.random.choice([1, 100, 900]), "reopen", length=self.random.choice([0, 0, 0, 1]))
        saved = [Step(at - 1, "save")] if self.random.random() < 0.5 else []
        return [*saved, Step(at, "close"), again]


def draw_offers(seed: int, profile: str | None = None) -> Script:
    """The same script for the same seed."""
    return OfferDrawing(seed, profile).script()
