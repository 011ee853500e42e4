"""What is known of an edit under way."""

from __future__ import annotations

import pytest

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.flight import Flight
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, apply_sequential, sequential

CHANGE = Change(0, "", "x")


def test_undoing_gives_the_text_before() -> None:
    text = "one two three"
    flight = Flight(1, edits=[Edit(0, 3, "1"), Edit(4, 4, "and "), Edit(8, 13, "")])
    flight.remember_removed(Document(text))
    after = apply_sequential(text, sequential(flight.edits))
    assert after == "1 and two "
    assert apply_sequential(after, flight.undoing()) == text


@pytest.mark.parametrize(
    ("version", "answered", "is_settled"),
    [(1, None, False), (1, Answered.APPLIED, True), (1, Answered.SILENT, True), (None, Answered.APPLIED, False)],
)
def test_a_report_before_the_answer_tells_only_where_the_version_counts(
    version: int | None, answered: Answered | None, is_settled: bool
) -> None:
    flight = Flight(1, version)
    flight.report([CHANGE])
    if answered is not None:
        flight.answer(answered)
    assert flight.is_settled_by_report is is_settled
    assert flight.changes_before_answer == (0 if answered is None else 1)


def test_a_report_after_the_answer_tells_always() -> None:
    flight = Flight(1, None)
    flight.answer(Answered.APPLIED)
    assert not flight.is_settled_by_report
    flight.report([])
    assert flight.is_settled_by_report


@pytest.mark.parametrize(("at", "is_touched"), [(3, False), (4, True), (9, True), (10, False)])
def test_a_change_touches_what_was_written(at: int, is_touched: bool) -> None:
    assert Flight(1, edits=[Edit(4, 6, "12345")]).is_touched_by([Change(at, "", "x")]) is is_touched


@pytest.mark.parametrize(
    ("place", "before"), [((0, 2), (0, 2)), ((0, 4), (0, 4)), ((7, 9), (5, 7)), ((5, 9), None), ((4, 5), None)]
)
def test_a_range_is_found_where_it_lay_before_the_reports(
    place: tuple[int, int], before: tuple[int, int] | None
) -> None:
    flight = Flight(1)
    flight.report([Change(4, "a", "xyz")])
    assert flight.before_reports(*place) == before


def test_without_a_version_it_may_be_elsewhere_once_something_was_reported() -> None:
    versioned, blind = Flight(1, 1), Flight(1, None)
    assert not blind.may_be_misplaced
    for flight in (versioned, blind):
        flight.report([CHANGE])
    assert (versioned.may_be_misplaced, blind.may_be_misplaced) == (False, True)
