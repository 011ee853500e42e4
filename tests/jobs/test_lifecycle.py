"""How jobs end, and what is said of it."""

from __future__ import annotations

from lsp_llm.jobs.edit_events import Effect, Publish, Settled, Stop
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.jobs.lifecycle import Lifecycle
from lsp_llm.jobs.writer import Writer
from lsp_llm.status.events import Cancelled, Failed, Finished, Message
from lsp_llm.text.edits import Change
from lsp_llm.text.tracking import Region


class Bench:
    def __init__(self) -> None:
        self.row = JobRow()
        self.job = Job("j", Writer(Region.of(0, 0), is_one_line=True, line_end="\n"))
        self.row.add(self.job)
        self.effects: list[Effect] = []
        self.lifecycle = Lifecycle(self.row, self.effects)


def test_a_job_settles_once_and_a_later_restore_says_so() -> None:
    bench = Bench()
    bench.lifecycle.end(bench.job)
    assert bench.effects == [Settled("j", Finished())]
    bench.job.phase = "restoring"
    bench.lifecycle.end(bench.job)
    assert bench.effects[1:] == [Publish("j", Message("the original is back"))]


def test_stopping_closes_the_stream_once() -> None:
    bench = Bench()
    bench.lifecycle.stop(bench.job, Cancelled())
    bench.lifecycle.stop(bench.job, Failed("too late"))
    assert bench.effects == [Stop("j"), Settled("j", Cancelled())]


def test_giving_up_never_says_that_the_original_is_back() -> None:
    bench = Bench()
    bench.lifecycle.end(bench.job)
    bench.effects.clear()
    bench.job.phase = "restoring"
    bench.row.sort()
    bench.lifecycle.give_up("refused")
    assert bench.effects == [Publish("j", Message("refused", "error"))]


def test_nor_does_closing() -> None:
    bench = Bench()
    bench.lifecycle.end(bench.job)
    bench.effects.clear()
    bench.job.phase = "restoring"
    bench.row.sort()
    bench.lifecycle.close()
    assert bench.effects == [Stop("j")]


def test_a_repair_ends_without_a_word_and_is_forgotten() -> None:
    bench = Bench()
    repair = Job.repairing("r", Change(3, "x", "y"))
    bench.row.add(repair)
    bench.lifecycle.warn("mind")
    bench.lifecycle.end(repair)
    assert bench.effects == [Publish("j", Message("mind", "warning"))]
    assert list(bench.row.jobs) == ["j"]


def test_closing_stops_what_is_under_way() -> None:
    bench = Bench()
    bench.lifecycle.close()
    assert bench.effects == [Stop("j"), Settled("j", Cancelled("the document was closed"))]
