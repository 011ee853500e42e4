"""The user's undo of what we wrote."""

from __future__ import annotations

from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.job import Job
from lsp_llm.jobs.undo_history import UndoHistory
from lsp_llm.jobs.writer import Plan, Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from lsp_llm.text.spans import Kind, Span
from lsp_llm.text.tracking import Region


class Bench:
    """`one` at the start gave way to `1`, and `2` was written behind it."""

    def __init__(self) -> None:
        self.document = Document("one!")
        self.history = UndoHistory()
        self.original = Region.of(0, 3)
        self.job = Job("j", Writer(self.original, is_one_line=True, line_end="\n"))
        self.land(Edit(0, 3, "1"), Region(0, [Span(Kind.REMOVED, 0, "one"), Span(Kind.OURS, 1)]))
        self.land(Edit(1, 1, "2"), Region(0, [Span(Kind.REMOVED, 0, "one"), Span(Kind.OURS, 2)]))

    def land(self, edit: Edit, region: Region) -> None:
        plan = Plan([edit], Writer(region, is_one_line=True, line_end="\n"))
        flight = Flight(1, 1, [edit], {"j": plan})
        flight.remember_removed(self.document)
        self.history.landed(flight, {"j": self.job})
        self.document.apply(edit)
        self.job.writer = plan.writer

    def change(self, edit: Edit) -> list[Change]:
        return [self.document.apply(edit)]


def test_one_step_back_gives_the_region_before_it() -> None:
    bench = Bench()
    undone = bench.history.undone(bench.document, bench.change(Edit(1, 2, "")))
    assert undone is not None
    assert undone.regions[bench.job].settled == [Span(Kind.REMOVED, 0, "one"), Span(Kind.OURS, 1)]


def test_two_flights_in_one_undo_give_the_original() -> None:
    bench = Bench()
    undone = bench.history.undone(bench.document, bench.change(Edit(0, 2, "one")))
    assert undone is not None
    assert undone.regions == {bench.job: bench.original}
    assert undone.others == []


def test_typing_elsewhere_moves_what_is_remembered() -> None:
    bench = Bench()
    typed = Edit(0, 0, "__")
    assert bench.history.undone(bench.document, bench.change(typed)) is None
    bench.job.writer.take(typed)
    bench.history.follow(typed)
    undone = bench.history.undone(bench.document, bench.change(Edit(2, 4, "one")))
    assert undone is not None
    assert undone.regions[bench.job] == Region.of(2, 5)


def test_typing_inside_ends_what_can_be_told() -> None:
    bench = Bench()
    typed = Edit(1, 1, "_")
    bench.change(typed)
    bench.history.follow(typed)
    assert bench.history.undone(bench.document, bench.change(Edit(2, 3, ""))) is None


def test_what_would_have_to_be_typed_again_was_not_undone() -> None:
    bench = Bench()
    bench.document = Document("bX\ny\n.")
    bench.land(Edit(1, 1, "fg"), Region(0, [Span(Kind.OURS, 3)]))
    typed = [(5, "1"), (4, "2"), (5, "3"), (1, "4\n5"), (5, "6"), (5, "7")]
    changes = [*bench.change(Edit(3, 5, "")), *(bench.document.apply(Edit(at, at, text)) for at, text in typed)]
    assert bench.document.text == "b4\n5f76gy23\n1."
    assert bench.history.undone(bench.document, changes) is None
