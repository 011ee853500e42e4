from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.filters.line_ends import LineEndConversion, LineEnds
from tests.every_way import filter_every_way


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("answer", ["a\nb", "a\r\nb", "a\nb\n", "a\r\nb\r\n\n\r\n"])
def test_an_answer_ends_exactly_as_asked(answer: str, eol: str) -> None:
    assert filter_every_way(lambda: LineEnds(eol, ""), answer) == f"a{eol}b"
    assert filter_every_way(lambda: LineEnds(eol, eol), answer) == f"a{eol}b{eol}"


def test_line_ends_at_the_start_and_between_stay() -> None:
    assert filter_every_way(lambda: LineEnds("\r\n", "\r\n"), "\n\na\n\n\nb\n\n") == "\r\n\r\na\r\n\r\n\r\nb\r\n"


@pytest.mark.parametrize("answer", ["", "\n", "\r\n\n"])
def test_an_empty_answer_stays_empty(answer: str) -> None:
    assert filter_every_way(lambda: LineEnds("\n", "\n"), answer) == ""


def test_line_ends_wait_for_what_follows() -> None:
    ends = LineEnds("\n", "")
    assert [ends.push(part).text for part in ("a\n", "\r", "\n", "b\r")] == ["a", "", "", "\n\nb"]


@pytest.mark.parametrize(("eol", "result"), [("\n", "\na\n\nb\n\n"), ("\r\n", "\r\na\r\n\r\nb\r\n\r\n")])
def test_an_insertion_keeps_every_line_end(eol: str, result: str) -> None:
    assert filter_every_way(lambda: LineEndConversion(eol), "\na\r\n\nb\n\r\n") == result


def test_a_lone_carriage_return_is_left_alone() -> None:
    assert filter_every_way(lambda: LineEndConversion("\n"), "a\rb\r\r\n\r") == "a\rb\r\n\r"


@given(st.text(st.sampled_from("\r\nx\u2028é😀")), st.sampled_from(["\n", "\r\n"]))
def test_cuts_do_not_matter(answer: str, eol: str) -> None:
    plain = answer.replace("\r\n", "\n")
    assert filter_every_way(lambda: LineEndConversion(eol), answer) == plain.replace("\n", eol)
    body = plain.rstrip("\n").replace("\n", eol)
    assert filter_every_way(lambda: LineEnds(eol, eol), answer) == (body + eol if body else "")
    assert filter_every_way(lambda: LineEnds(eol, ""), answer) == body
