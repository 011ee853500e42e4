"""What one job says of itself."""

from __future__ import annotations

import pytest

from lsp_llm.exchange.kinds import Mode
from lsp_llm.jobs.job import Job, Phase
from lsp_llm.jobs.writer import Answer, Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.tracking import Region


def job(name: str, start: int, end: int) -> Job:
    return Job(name, Writer(Region.of(start, end), is_one_line=True, line_end="\n"))


def test_overlap_means_shared_text_or_a_place_inside() -> None:
    each = job("a", 3, 6)
    assert each.overlaps(5, 9)
    assert each.overlaps(4, 4)
    assert not each.overlaps(6, 9)
    assert not each.overlaps(3, 3)
    assert job("b", 4, 4).overlaps(3, 6)


@pytest.mark.parametrize(
    ("phase", "is_under_way"),
    [("writing", True), ("restoring", True), ("taking", True), ("offered", False), ("ended", False)],
)
def test_what_waits_for_the_user_or_has_ended_is_not_under_way(phase: Phase, is_under_way: bool) -> None:
    each = job("a", 3, 6)
    each.phase = phase
    assert each.is_under_way is is_under_way


@pytest.mark.parametrize(("mode", "ended", "may_write"), [("stream", False, True), ("preview", False, False)])
def test_only_a_stream_is_written_before_it_is_whole(mode: Mode, ended: bool, may_write: bool) -> None:
    each = job("a", 3, 6)
    each.mode, each.answer.ended = mode, ended
    assert each.may_write is may_write
    each.answer.ended = True
    assert each.may_write
    each.replaces_answer = True
    assert not each.may_write


def test_what_it_has_to_do_depends_on_its_phase() -> None:
    document, each = Document("one two"), job("a", 4, 7)
    each.answer = Answer(["2"])
    each.phase = "taking"
    taking = each.plan(document)
    assert taking.edits == [Edit(4, 7, "2")]
    document.apply(taking.edits[0])
    each.writer, each.phase = taking.writer, "restoring"
    assert each.plan(document).edits == [Edit(4, 5, "two")]


def test_a_repair_takes_out_what_stands_astray() -> None:
    assert Job.repairing("r", Change(3, "was", "is")).plan(Document("It is")).edits == [Edit(3, 5, "was")]
