"""A cursor that writes, skips and removes, and the region as it will be."""

from __future__ import annotations

from lsp_llm.jobs.rewrite import Rewrite
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from lsp_llm.text.spans import Kind, Span
from lsp_llm.text.tracking import Region

TEXT = "one\ntwo\nend"


def test_edits_count_in_the_document_as_it_is_and_the_region_in_what_it_will_be() -> None:
    rewrite = Rewrite(Document(TEXT), Region.of(0, 8))
    rewrite.insert("1\n")
    rewrite.remove(4)
    rewrite.skip(4)
    assert rewrite.edits == [Edit(0, 4, "1\n")]
    assert rewrite.region.settled == [Span(Kind.OURS, 2), Span(Kind.REMOVED, 0, "one\n"), Span(Kind.KEPT, 4)]
    assert rewrite.region.end == 6


def test_what_others_typed_is_passed_with_the_end_of_its_line() -> None:
    region = Region(0, [], [Span(Kind.KEPT, 1), Span(Kind.THEIRS, 1), Span(Kind.KEPT, 6)])
    rewrite = Rewrite(Document(TEXT), region)
    rewrite.remove(8)
    assert rewrite.edits == [Edit(0, 1, ""), Edit(2, 3, ""), Edit(4, 8, "")]
    kinds = [span.kind for span in region.settled]
    assert kinds == [Kind.REMOVED, Kind.THEIRS, Kind.REMOVED, Kind.KEPT, Kind.REMOVED]


def test_a_line_that_others_ended_themselves_takes_no_other_end() -> None:
    region = Region(0, [], [Span(Kind.THEIRS, 4), Span(Kind.KEPT, 4)])
    rewrite = Rewrite(Document(TEXT), region)
    rewrite.remove(8)
    assert rewrite.edits == [Edit(4, 8, "")]


def test_rewinding_takes_out_the_last_of_ours() -> None:
    region = Region(0, [Span(Kind.OURS, 4)], [Span(Kind.KEPT, 4)])
    rewrite = Rewrite(Document(TEXT), region)
    rewrite.rewind(3)
    rewrite.insert("x")
    assert rewrite.edits == [Edit(1, 4, "x")]
    assert region.tail == 2


def test_the_line_end_behind_the_cursor_goes_when_the_line_is_whole() -> None:
    region = Region.of(0, 8)
    rewrite = Rewrite(Document(TEXT), region)
    rewrite.insert("1")
    rewrite.insert_ahead("\n")
    assert rewrite.edits == [Edit(0, 0, "1\n")]
    assert region.tail == 1
    later = Rewrite(Document("1\n" + TEXT), region)
    assert not later.drop_ours_ahead()
    assert later.edits == [Edit(1, 2, "")]


def test_dropping_tells_of_typing_in_between() -> None:
    region = Region(0, [Span(Kind.OURS, 1)], [Span(Kind.THEIRS, 2), Span(Kind.OURS, 1)])
    rewrite = Rewrite(Document("1??\nend"), region)
    assert rewrite.drop_ours_ahead()
    assert rewrite.edits == [Edit(3, 4, "")]
    assert region.tail == 3
