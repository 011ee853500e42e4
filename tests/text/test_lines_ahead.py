"""Which of the lines ahead an answer's line may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.lines_ahead import LinesAhead

LINES = st.lists(st.sampled_from(["\n", "}\n", "one\n", "two\n", "three\n"]), max_size=12)


def test_the_next_line_may_be_any() -> None:
    ahead = LinesAhead.of("\n}\none\n")
    assert ahead.reach("\n") == ()
    assert ahead.reach("}\n") == ()
    assert ahead.next == "one\n"


def test_a_line_farther_off_counts_if_it_stands_there_once_and_says_something() -> None:
    ahead = LinesAhead.of("one\n}\ntwo\none\n")
    assert ahead.reach("}\n") is None
    assert ahead.reach("two\n") == ["one\n", "}\n"]
    assert ahead.reach("one\n") == ()
    assert ahead.next is None


def test_a_line_that_stands_ahead_twice_is_not_leapt_to() -> None:
    ahead = LinesAhead.of("x = 1\none\none\n")
    assert ahead.reach("one\n") is None


def test_the_rest_is_what_was_not_reached() -> None:
    ahead = LinesAhead.of("one\ntwo\nlast")
    ahead.reach("one\n")
    assert ahead.rest() == ["two\n", "last"]
    assert ahead.rest() == []


@given(LINES, LINES)
def test_reached_and_passed_lines_are_the_text_in_its_order(original: list[str], answer: list[str]) -> None:
    ahead = LinesAhead.of("".join(original))
    seen: list[str] = []
    for line in answer:
        passed = ahead.reach(line)
        if passed is not None:
            seen += [*passed, line]
    assert [*seen, *ahead.rest()] == original
