"""Edits as values."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, apply_sequential, composed, join_touching, sequential, undo_sequential


@st.composite
def simultaneous(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text("ab\n", max_size=20))
    return text, draw(edits_of(text))


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> list[Edit]:
    places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pairs = zip(places[0::2], places[1::2], strict=False)
    return [Edit(start, end, draw(st.text("xy", max_size=3))) for start, end in pairs]


@given(simultaneous(), st.integers(0, 9))
def test_undoing_what_a_document_reports_gives_the_text_before(case: tuple[str, list[Edit]], origin: int) -> None:
    text, edits = case
    document = Document("o" * origin + text)
    moved = [Edit(edit.start + origin, edit.end + origin, edit.text) for edit in sequential(edits)]
    changes = [document.apply(edit) for edit in moved]
    after = document.text[origin:]
    assert after == apply_sequential(text, moved, origin)
    assert undo_sequential(after, changes, origin) == text


@given(simultaneous())
def test_joining_touching_edits_changes_nothing(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    joined = join_touching(edits)
    assert apply_sequential(text, sequential(joined)) == apply_sequential(text, sequential(edits))
    assert all(before.end < after.start for before, after in pairwise(joined))


@given(simultaneous(), st.data())
def test_two_rounds_of_edits_are_made_one(case: tuple[str, list[Edit]], data: st.DataObject) -> None:
    text, first = case
    between = apply_sequential(text, sequential(first))
    second = data.draw(edits_of(between))
    once = composed(first, second)
    assert apply_sequential(text, sequential(once)) == apply_sequential(between, sequential(second))
    assert all(before.end < after.start for before, after in pairwise(once))


def test_what_comes_and_goes_is_no_edit() -> None:
    assert composed([Edit(2, 3, "x")], [Edit(2, 3, ""), Edit(5, 6, "y")]) == [Edit(2, 3, ""), Edit(5, 6, "y")]
    assert composed([Edit(2, 2, "x")], [Edit(2, 3, "")]) == []
