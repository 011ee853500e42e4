"""Edits that count as landed though no echo came, for clients that report late; it moves the replica and nothing else.

The replica shows them, so that the next plan builds on them. Before a report is taken they are taken back from it; the
report then tells how many of them are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lsp_llm.jobs.echo import cost, read_echo, read_landed
from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.misplaced import Misplacement, differences, read_unseen
from lsp_llm.jobs.writer import Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, apply_sequential, sequential, undo_sequential


@dataclass(slots=True)
class Trusted:
    """One trusted flight, its changes of the replica, and where every job stood before it."""

    flight: Flight
    changes: list[Change]
    writers: dict[str, Writer]

    @property
    def undoing(self) -> list[Edit]:
        """The sequential edits that take its changes back."""
        return [
            Edit(change.start, change.start + len(change.inserted), change.removed) for change in self.changes[::-1]
        ]


class Trust:
    """The trusted flights since the last report, the oldest first."""

    def __init__(self) -> None:
        self._trusted: list[Trusted] = []

    def __len__(self) -> int:
        return len(self._trusted)

    def take(self, document: Document, flight: Flight, jobs: Iterable[Job]) -> None:
        """Show the flight in the replica; to be called before it is committed."""
        writers = {job.id: job.writer.copy() for job in jobs}
        self._trusted.append(Trusted(flight, [document.apply(edit) for edit in sequential(flight.edits)], writers))

    def take_back(self, document: Document) -> None:
        """Give the replica the text that the editor last reported."""
        for trusted in reversed(self._trusted):
            for edit in trusted.undoing:
                document.apply(edit)

    def read(
        self, document: Document, changes: Sequence[Change], flight: Flight | None, *, is_proof: bool
    ) -> tuple[int, list[Change]]:
        """How many of the trusted edits, with the one in flight as the last, a report holds, and what is left of it.

        Edits that went without a version are always carried out, and those before them with them. With `is_proof` all
        trusted ones were. Then only the one in flight is in doubt.
        """
        flights = [trusted.flight for trusted in self._trusted]
        is_sure = is_proof or flights[-1].version is None or (flight is not None and flight.version is None)
        edits = [edit for trusted in flights for edit in sequential(trusted.edits)]
        candidates = [edits] if flight is None else [edits, [*edits, *sequential(flight.edits)]]
        if not is_sure:
            reading = read_echo(document, changes, candidates, is_likely=True)
            return (0 if reading.landed is None else len(flights) + reading.landed), reading.others
        readings = [read_landed(document, changes, edits) for edits in candidates]
        best = min(readings, key=lambda reading: reading.cost)
        return len(flights) + readings.index(best), best.others

    def misplaced(self, document: Document, changes: Sequence[Change], others: Sequence[Change]) -> Misplacement | None:
        """Whether the last edit, sent without a version, met keys that it did not know and stands at a wrong place.

        `others` is what the reading in place leaves to the user.
        """
        last, text = self._trusted[-1].flight, document.text
        if last.version is not None or not others:
            return None
        shown = [undo_sequential(text, changes)]
        for trusted in self._trusted[:-1]:
            shown.append(apply_sequential(shown[-1], sequential(trusted.flight.edits)))
        # What a user undoes is less than it looks, because the edits themselves have not been reported yet.
        undone = min(cost(differences(before, text)) for before in shown)
        return read_unseen(shown[-1], text, last.edits, min(undone, cost(others)))

    def moved(self, others: Sequence[Change]) -> list[str]:
        """Jobs whose trusted text the reading takes out at its place and finds in another, as if the user had moved it.

        So it looks where keys came before more than the last edit. Which edit met which key cannot be told then.
        """
        gone, come = "".join(change.removed for change in others), "".join(change.inserted for change in others)
        moved: list[str] = []
        for flight in (trusted.flight for trusted in self._trusted if trusted.flight.version is None):
            written = "".join(edit.text for edit in flight.edits)
            if written.strip() and written in gone and written in come:
                moved += flight.plans
        return moved

    def settle(self, landed: int) -> Trusted | None:
        """The first `landed` are there: gives the one that is missing, None where all are there.

        Those behind the first went without a version: where they are, it is, and only the last can stand elsewhere.
        """
        missing = self._trusted[landed:]
        assert len(missing) <= 1, "an edit without a version is carried out"
        self._trusted = []
        return missing[0] if missing else None
