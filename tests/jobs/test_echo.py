"""Echoes as editors report them: to the letter, shifted, merged with typing, or not there at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.jobs.echo import Reading, begins_with, narrowed, read_echo, read_landed, read_others
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit, apply_sequential
from tests.fakes.editor import smallest_splice


def read(before: str, after: str, *candidates: list[Edit]) -> Reading:
    """What a client that reports one smallest difference would give."""
    start, end, text = smallest_splice(before, after)
    return read_echo(Document(after), [Change(start, before[start:end], text)], candidates)


def test_an_echo_to_the_letter_leaves_nothing() -> None:
    assert read("ab", "axb", [Edit(1, 1, "x")]) == Reading(0, [])


def test_a_shifted_echo_is_known_by_its_result() -> None:
    assert read("xxx", "xxxx", [Edit(1, 1, "x")]) == Reading(0, [])


def test_typing_merged_with_an_echo_is_left_to_the_user() -> None:
    assert read("one two", "oNe XXtwo", [Edit(4, 4, "XX")]) == Reading(0, [Change(1, "n", "N")])


def test_typing_alone_is_no_echo() -> None:
    assert read("one two", "oNe two", [Edit(4, 4, "XX")]) == Reading(None, [Change(1, "n", "N")])


def test_what_was_typed_in_one_piece_is_read_in_one_piece() -> None:
    assert read("a\nb", "ax\ny\nb", [Edit(3, 3, "Z")]).others == [Change(1, "", "x\ny")]


def test_the_first_of_equal_readings_is_that_nothing_landed_unless_it_was_only_cut() -> None:
    cut = [Change(1, "", "A")]
    document = Document("xA\n")
    assert read_echo(document, cut, [[Edit(1, 1, "A\n")]]).landed is None
    assert read_echo(document, cut, [[Edit(1, 1, "A\n")]], is_likely=True).landed == 0


def test_what_follows_an_echo_to_the_letter_is_the_users_as_reported() -> None:
    changes = [Change(1, "", "x"), Change(1, "", "x")]
    assert read_echo(Document("axxb"), changes, [[Edit(1, 1, "x")]]) == Reading(0, [Change(1, "", "x")])


def test_an_edit_known_to_be_there_is_found_also_when_most_of_it_was_cut() -> None:
    reading = read_landed(Document("a1b"), [Change(1, "", "1")], [Edit(1, 1, "1234")])
    assert reading == Reading(0, [Change(2, "234", "")])


def test_a_report_without_changes_shows_that_nothing_landed() -> None:
    assert read_echo(Document("ab"), [], [[Edit(1, 1, "x")]]) == Reading(None, [])


@pytest.mark.parametrize(("count", "expected"), [(1, True), (2, True), (0, False)])
def test_ours_may_come_first(count: int, expected: bool) -> None:
    assert begins_with([Change(1, "", "x"), Change(0, "a", "")][:count], [Edit(1, 1, "x")]) is expected


def test_a_replacement_is_narrowed_to_what_differs() -> None:
    assert read_others([Change(3, "one two", "one 2 two")]) == [Edit(7, 7, "2 ")]
    assert narrowed([Change(0, "", "x")]) == [Change(0, "", "x")]


@given(st.text("ab\n", max_size=12), st.text("ab\n", max_size=12), st.integers(0, 12), st.text("abx", max_size=4))
def test_ours_and_what_is_left_give_the_reported_text(before: str, after: str, at: int, text: str) -> None:
    ours = [Edit(min(at, len(before)), min(at, len(before)), text)]
    reading = read(before, after, ours)
    ground = apply_sequential(before, ours) if reading.landed == 0 else before
    assert apply_sequential(ground, [change.as_edit() for change in reading.others]) == after


def test_of_two_readings_of_one_cost_the_one_with_fewer_places_is_taken_where_it_is_likely() -> None:
    changes = [Change(4, "\r\na", "U\r\nV")]
    document, ours = Document("a\r\naU\r\nVb"), [Edit(0, 3, "")]
    assert read_echo(document, changes, [ours], is_likely=True) == Reading(0, [Change(4, "", "U\r\nV")])
    assert read_echo(document, changes, [ours]).landed is None
