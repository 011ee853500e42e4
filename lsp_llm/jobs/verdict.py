"""What the reports since an edit was sent say of it: landed, missing, elsewhere, or nothing yet; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_llm.jobs.echo import Reading, narrowed, read_echo, read_landed
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.misplaced import Misplacement, read_misplaced
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, sequential

MOST_PARTS = 8
"""Edits in a flight up to which a report of a part of them is looked for."""


@dataclass(frozen=True, slots=True)
class Landed:
    """The edit is at its place; the user's sequential changes came on top of it."""

    others: Sequence[Change]
    may_have_covered_keys: bool


@dataclass(frozen=True, slots=True)
class Missing:
    """The edit is not there; the sequential changes are all the user's."""

    others: Sequence[Change]


Verdict = Landed | Missing | Misplacement


def verdict(flight: Flight, document: Document, policy: EditPolicy) -> Verdict | None:
    """Judge a flight by the changes that led to `document`; None where it cannot be told yet."""
    if flight.answered is Answered.REFUSED:
        return Missing(narrowed(flight.changes))
    is_settled = flight.is_settled_by_report
    if not flight.was_reported_on or (policy.applied_is_proof and not is_settled):
        return None
    reading = _reading(flight, document, policy)
    if reading.cost and not policy.applied_is_proof and _is_partly_reported(flight, document):
        return None  # The report of the rest is on its way.
    if flight.answered is None and reading.is_only_cut and reading.others:
        # What is left of it after such a cut may be no more than the text had before: only the answer tells.
        return None
    misplacement = _misplacement(flight, document, policy, reading)
    if misplacement is not None:
        return misplacement
    if reading.landed is not None:
        return Landed(reading.others, policy.may_land_elsewhere and flight.is_touched_by(reading.others))
    return Missing(reading.others) if is_settled else None


def _reading(flight: Flight, document: Document, policy: EditPolicy) -> Reading:
    ours = sequential(flight.edits)
    if policy.applied_is_proof and flight.answered is Answered.APPLIED:
        return read_landed(document, flight.changes, ours)
    return read_echo(document, flight.changes, [ours], is_likely=flight.answered is Answered.APPLIED)


def _is_partly_reported(flight: Flight, document: Document) -> bool:
    """Whether the changes are some edits of the flight and nothing else: Neovim may report them one by one."""
    ours = sequential(flight.edits)
    counts = range(1, len(ours)) if len(ours) <= MOST_PARTS else ()
    readings = [read_landed(document, flight.changes, ours[:count]) for count in counts]
    return any(reading.cost == 0 or _is_line_end_at_the_end(reading.others, document) for reading in readings)


def _is_line_end_at_the_end(changes: Sequence[Change], document: Document) -> bool:
    """Whether the changes are one more line end behind the last one, and nothing else.

    In Neovim an edit that reaches to the end of the text leaves one there, until all edits are carried out.
    """
    line_end = document.line_end
    return (
        [(change.removed, change.inserted) for change in changes] == [("", line_end)]
        and changes[0].start >= document.length - 2 * len(line_end)
        and document.text.endswith(2 * line_end)
    )


def _misplacement(flight: Flight, document: Document, policy: EditPolicy, reading: Reading) -> Misplacement | None:
    is_blind = flight.version is None or policy.may_land_elsewhere
    told = flight.changes_before_answer
    if not is_blind or not flight.is_settled_by_report or not (reading.others or told):
        return None
    return read_misplaced(document.text, flight.changes, told, flight.edits, reading.cost)
