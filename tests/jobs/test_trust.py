"""Edits that count as landed before a report tells."""

from __future__ import annotations

from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.trust import Trust
from lsp_llm.jobs.writer import Plan, Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.tracking import Region


def job(start: int) -> Job:
    return Job("j", Writer(Region.of(start, start), is_one_line=True, line_end="\n"))


def test_a_trusted_edit_is_shown_and_taken_back() -> None:
    document, trust = Document("ab"), Trust()
    trust.take(document, Flight(1, 1, [Edit(1, 1, "x")]), [job(1)])
    trust.take(document, Flight(2, None, [Edit(2, 2, "y")]), [job(1)])
    assert document.text == "axyb"
    trust.take_back(document)
    assert document.text == "ab"


def test_a_report_tells_what_was_there_and_what_is_the_users() -> None:
    document, trust = Document("ab"), Trust()
    trust.take(document, Flight(1, 1, [Edit(1, 1, "xyz")]), [job(1)])
    trust.take_back(document)
    changes = [document.apply(Edit(1, 1, "xyz!"))]
    assert trust.read(document, changes, None, is_proof=False) == (1, [Change(4, "", "!")])


def test_a_report_without_it_gives_the_writers_before_it() -> None:
    document, trust, before = Document("ab"), Trust(), job(1)
    trust.take(document, Flight(1, 1, [Edit(1, 1, "xyz")]), [before])
    trust.take_back(document)
    landed, others = trust.read(document, [document.apply(Edit(0, 0, "!"))], None, is_proof=False)
    assert (landed, others) == (0, [Change(0, "", "!")])
    missing = trust.settle(landed)
    assert missing is not None
    assert missing.writers["j"].region == before.writer.region
    assert missing.undoing == [Edit(1, 4, "")]
    assert not trust


def test_what_the_user_seems_to_have_moved_is_told() -> None:
    document, trust = Document("one\ntwo\n"), Trust()
    for number, edit in enumerate((Edit(4, 5, "XY"), Edit(0, 0, "first ")), 1):
        flight = Flight(number, None, [edit], {str(number): Plan([edit], job(4).writer)})
        trust.take(document, flight, [job(4)])
    assert trust.moved([Change(4, "XY", "t"), Change(0, "o", "XY")]) == ["1"]
    assert trust.moved([Change(4, "XY", "t")]) == []
    assert trust.moved([Change(0, "", "XY")]) == []


def test_where_the_answer_is_proof_only_the_edit_in_flight_is_in_doubt() -> None:
    document, trust = Document("ab"), Trust()
    trust.take(document, Flight(1, None, [Edit(1, 1, "x")]), [job(1)])
    trust.take_back(document)
    flight = Flight(2, None, [Edit(2, 2, "y")])
    assert trust.read(document, [document.apply(Edit(1, 1, "xy"))], flight, is_proof=True) == (2, [])
