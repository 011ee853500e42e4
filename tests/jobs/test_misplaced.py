"""Edits that an editor carried out at a stale line and column."""

from __future__ import annotations

from lsp_llm.jobs.misplaced import Misplacement, read_misplaced
from lsp_llm.text.edits import Change, Edit


def test_an_insertion_under_a_line_that_had_moved_is_found() -> None:
    changes = [Change(0, "", "new\nXX")]
    reading = read_misplaced("new\nXXone\ntwo\n", changes, 0, [Edit(4, 4, "XX")], 99)
    assert reading == Misplacement([Change(0, "", "new\n")], [Change(4, "", "XX")], ())


def test_what_an_edit_covered_after_reported_keys_is_known_exactly() -> None:
    typed, landed = Change(0, "", "new\n"), Change(4, "one", "2")
    reading = read_misplaced("new\n2\ntwo\n", [typed, landed], 1, [Edit(4, 7, "2")], 99)
    assert reading == Misplacement([typed], [Change(4, "one", "2")], [])


def test_an_edit_at_its_own_place_is_not_suspected() -> None:
    typed = Change(0, "", "new ")
    assert read_misplaced("new one\n2\n", [typed, Change(8, "two", "2")], 1, [Edit(4, 7, "2")], 99) is None
    assert read_misplaced("one\n2!\n", [Change(4, "two", "2!")], 0, [Edit(4, 7, "2")], 2) is None


def test_a_place_where_our_text_does_not_stand_is_no_place() -> None:
    assert read_misplaced("one\n", [Change(4, "two", "")], 0, [Edit(4, 4, "X")], 9) is None


def test_in_a_line_that_is_too_short_for_it_an_edit_stands_at_the_end() -> None:
    changes = [Change(4, "", "twoX\n")]
    reading = read_misplaced("one\ntwoX\nlong line\n", changes, 0, [Edit(13, 13, "X")], 99)
    assert reading == Misplacement([Change(4, "", "two\n")], [Change(7, "", "X")], ())


def test_an_edit_never_took_what_lies_before_its_column() -> None:
    assert read_misplaced("", [Change(0, ".\nc", "")], 0, [Edit(1, 3, "")], 2) is None


def test_an_edit_never_took_more_of_its_last_line_than_it_was_to_take() -> None:
    assert read_misplaced("ab", [Change(2, "cdeX", "")], 0, [Edit(2, 5, "")], 2) is None


def test_no_line_is_changed_by_keys_without_a_line_end() -> None:
    text = "Xaaaab\n-\nYaaaa\nb\n-ab"
    changes = [Change(0, "aaaab\naaaa\nb\n", "Xaaaab\n-\nYaaaa\nb\n-")]
    assert read_misplaced(text, changes, 0, [Edit(5, 5, "\n")], 8) is None


def test_past_the_end_of_the_document_there_is_nothing_to_take() -> None:
    text = "XY"
    changes = [Change(0, "\nZ-\nb\n", text)]
    assert read_misplaced(text, changes, 0, [Edit(2, 3, ""), Edit(4, 6, "")], 99) is None


def test_what_a_stray_covered_is_known_though_keys_came_right_before_it() -> None:
    text = "one12\n3\nAbc\nxyz\n"
    changes = [Change(3, "\na", "12\n3\nA")]
    reading = read_misplaced(text, changes, 0, [Edit(8, 9, "A")], 99)
    assert reading is not None
    assert list(reading.strays) == [Change(8, "a", "A")]


def test_where_nothing_is_missing_a_stray_covered_nothing() -> None:
    text = "one\n12\nA\nxyz\n"
    reading = read_misplaced(text, [Change(4, "", "12\nA")], 0, [Edit(5, 6, "A")], 99)
    assert reading is not None
    assert list(reading.strays) == [Change(7, "", "A")]


def test_an_edit_took_a_line_end_wherever_it_landed_or_is_where_it_belongs() -> None:
    text = "?A\r\nB\r\nx"
    changes = [Change(0, "one?\r\n\r\n", "?A\r\nB\r\n")]
    edits = [Edit(0, 3, ""), Edit(6, 8, "")]
    assert read_misplaced(text, changes, 0, edits, 5) is None
