"""Jobs side by side in one document."""

from __future__ import annotations

from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.job_row import KEPT_JOBS, JobRow
from lsp_llm.jobs.writer import Plan, Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, sequential
from lsp_llm.text.spans import Kind, Span
from lsp_llm.text.tracking import Region


def job(name: str, start: int, end: int) -> Job:
    return Job(name, Writer(Region.of(start, end), is_one_line=True, line_end="\n"))


def row_of(*jobs: Job) -> JobRow:
    row = JobRow()
    for each in jobs:
        row.add(each)
    return row


def order(row: JobRow) -> list[str]:
    return [each.id for each in row.running]


def test_jobs_stand_in_the_order_of_their_places_and_then_of_their_coming() -> None:
    assert order(row_of(job("c", 5, 8), job("a", 5, 5), job("b", 5, 5), job("0", 1, 5))) == ["0", "a", "b", "c"]


def test_a_later_job_at_one_place_does_not_push_an_earlier_one() -> None:
    first, second = job("a", 3, 3), job("b", 3, 3)
    row = row_of(first, second)
    written = Writer(Region(3, [Span(Kind.OURS, 2)]), is_one_line=True, line_end="\n")
    flight = Flight(1, 1)
    flight.add("b", Plan([Edit(3, 3, "BB")], written))
    row.commit(flight)
    assert first.borders == (3, 3)
    assert second.borders == (3, 5)


def test_an_earlier_job_at_one_place_pushes_a_later_one() -> None:
    first, second = job("a", 3, 3), job("b", 3, 3)
    row = row_of(first, second)
    flight = Flight(1, 1)
    flight.add("a", Plan([Edit(3, 3, "A")], Writer(Region(3, [Span(Kind.OURS, 1)]), is_one_line=True, line_end="\n")))
    flight.add("b", Plan([Edit(3, 3, "B")], Writer(Region(3, [Span(Kind.OURS, 1)]), is_one_line=True, line_end="\n")))
    row.commit(flight)
    assert (first.borders, second.borders) == ((3, 4), (4, 5))


def test_a_change_is_one_of_those_in_the_region_or_one_that_waits() -> None:
    row = row_of(job("1", 0, 9), job("2", 20, 29), job("2.1", 20, 22))
    spans = [Span(Kind.OURS, 2), Span(Kind.KEPT, 3), Span(Kind.REMOVED, 0, "x"), Span(Kind.OURS, 1)]
    row["1"].writer.region = Region(0, spans)
    row["2"].mode, row["2.1"].phase = "preview", "offered"
    assert [number for number in range(-1, 5) if row.has_change("1", number)] == [1, 2]
    assert [number for number in range(-1, 5) if row.has_change("2", number)] == [1]
    assert row["1"].writer.region.settled == spans


def test_only_so_many_ended_jobs_are_kept() -> None:
    row = JobRow()
    for number in range(KEPT_JOBS + 5):
        each = job(str(number), number, number)
        row.add(each)
        each.phase = "ended"
    row.sort()
    assert row.running == []
    row.add(job("new", 0, 0))
    assert len(row.jobs) == KEPT_JOBS + 1
    assert "0" not in row.jobs


def test_a_job_that_took_long_is_not_forgotten_because_it_began_first() -> None:
    first, over = job("first", 0, 4), job("over", 0, 4)
    first.phase = "ended"
    row = row_of(first)
    row.cover(over)
    row.add(over)
    for number in range(KEPT_JOBS):
        row.add(job(str(number), 9, 9))
        row[str(number)].phase = "ended"
    over.phase = "ended"
    row.uncover(over)
    assert "over" in row.jobs
    assert "first" not in row.jobs
    assert len(row.jobs) == KEPT_JOBS


def test_only_the_latest_previews_are_kept_but_all_changes_of_each() -> None:
    row = JobRow()
    for preview in range(KEPT_JOBS + 2):
        for change in (1, 2):
            row.add(job(f"{preview}.{change}", preview, preview))
            row[f"{preview}.{change}"].phase = "offered"
    row.add(job("new", 0, 0))
    assert row.offered()[:2] == ["2.1", "2.2"]
    assert len(row.offered()) == 2 * KEPT_JOBS


def test_jobs_that_may_come_back_are_remembered() -> None:
    below, above = job("below", 0, 4), job("above", 0, 4)
    below.phase = "ended"
    row = row_of(below, job("other", 5, 9))
    row.cover(above)
    row.add(above)
    assert row.remembered() == {"below", "above", "other"}
    row.forget(above)
    assert row.remembered() == {"other"}


def test_a_place_is_taken_until_the_last_edit_of_a_stopped_job_is_decided() -> None:
    stopped = job("a", 4, 8)
    stopped.phase = "ended"
    row = row_of(stopped)
    row.in_flight = ["a"]
    assert row.writing_in(4, 8) == "a"
    row.in_flight = []
    assert row.writing_in(4, 8) is None


def test_a_job_that_waits_for_its_place_has_taken_it() -> None:
    row = row_of()
    row.announce(job("a", 4, 8))
    assert row.writing_in(5, 6) == "a"


def test_jobs_that_cover_one_another_without_end_are_not_all_kept() -> None:
    row = row_of()
    for number in range(3 * KEPT_JOBS):
        newest = job(str(number), 4, 8)
        row.cover(newest)
        newest.phase = "ended"
        row.add(newest)
    kept = [newest]
    for each in kept:
        kept += [covered.job for covered in each.covered]
    assert len(kept) == KEPT_JOBS + 1


def test_a_stray_that_covers_a_part_of_another_one_leaves_nothing_of_either() -> None:
    # Eglot: the second edit lands behind the first one's only line, and takes its line end for the original's.
    document = Document("ab\ncd")
    row = JobRow()
    row.take_stray("first", document.apply(Edit(2, 3, "\nX\n")))
    row.take_stray("second", document.apply(Edit(4, 5, "\nY\n")))
    assert document.text == "ab\nX\nY\ncd"
    for repair in row:
        for edit in sequential(repair.plan(document).edits):
            document.apply(edit)
            row.take(edit)
    assert document.text == "ab\ncd"
