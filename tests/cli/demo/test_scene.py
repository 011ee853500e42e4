"""What the demo shows, without a server and without a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.cli.demo.moments import Asked, Edited, Ended, Opened, Stated
from lsp_llm.cli.demo.scene import Scene, word_by_word
from lsp_llm.cli.demo.story import Step
from lsp_llm.text.edits import Change, apply_sequential

TEXT = st.text("ab \n", max_size=12)


@given(before=TEXT, removed=TEXT, inserted=TEXT, after=TEXT)
def test_the_pieces_of_a_change_do_what_the_change_does(before: str, removed: str, inserted: str, after: str) -> None:
    pieces = [piece.as_edit() for piece in word_by_word(Change(len(before), removed, inserted))]
    assert apply_sequential(before + removed + after, pieces) == before + inserted + after


@given(inserted=TEXT, removed=TEXT)
def test_a_piece_writes_one_word_at_most(inserted: str, removed: str) -> None:
    for piece in word_by_word(Change(0, removed, inserted)):
        assert len(piece.inserted.split()) <= 1


def test_the_line_in_progress_stands_above_what_is_going_until_all_is_written() -> None:
    shown = "old\nlines\nrest\n"
    seen = []
    for piece in word_by_word(Change(0, "old\nlines\n", "new line\n")):
        shown = apply_sequential(shown, [piece.as_edit()])
        seen.append(shown)
    assert seen == [
        "\nold\nlines\nrest\n",
        "new\nold\nlines\nrest\n",
        "new line\nold\nlines\nrest\n",
        "new line\nrest\n",
    ]


def scene() -> Scene:
    scene = Scene()
    scene.take(Opened("x.py", "a\nb\nc\nd\n"))
    scene.take(Asked(Step("replace", "do", 1, 3, "")))
    return scene


def test_the_selected_lines_wait_until_the_stream_has_passed_them() -> None:
    asked = scene()
    assert (list(asked.waiting_lines()), asked.new_lines()) == ([1, 2], set())
    asked.take(Edited([Change(4, "", "x\n")]))
    assert (list(asked.waiting_lines()), asked.new_lines()) == ([2, 3], {2})
    assert asked.document.point(asked.cursor or 0) == (2, 1)


def test_when_a_fill_has_ended_nothing_waits_and_its_times_are_told() -> None:
    asked = scene()
    asked.take(Stated("streaming"))
    assert asked.fills[0].state == "streaming"
    asked.take(Ended(0.0614, 1.5))
    assert (asked.cursor, list(asked.waiting_lines())) == (None, [])
    assert asked.fills[0].state == "done; first visible text after 61 ms, all of it after 1500 ms"
