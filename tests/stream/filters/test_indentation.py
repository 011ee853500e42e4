from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.filters.indentation import Indentation
from tests.every_way import filter_every_way

SPACES, TAB = "    ", "\t"


def indented(answer: str, selection: str, before: str = "", unit: str = SPACES) -> str:
    return filter_every_way(lambda: Indentation(selection, before, unit), answer)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("if a:\n    b()\n\nc()\n", "        if a:\n            b()\n\n        c()\n"),
        ("        if a:\n            b()\n", "        if a:\n            b()\n"),
        ("            if a:\n                b()\n        c()\n", "        if a:\n            b()\n    c()\n"),
        ("\n   \nif a:\r\n    b()\r\n", "\n\n        if a:\r\n            b()\r\n"),
        ("    a\nb\n", "        a\n    b\n"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_the_answer_moves_to_the_selection(answer: str, result: str) -> None:
    assert indented(answer, "\n        old()\n            deeper()\n") == result


def test_a_dedent_beyond_the_margin_stops_at_the_margin() -> None:
    assert indented("            a\nb\n", "    old()") == "    a\nb\n"


@pytest.mark.parametrize(
    ("before", "selection", "result"),
    [
        ("    ", "old()\n    more()", "a\n        b\n    c"),
        ("  ", "  old()", "  a\n        b\n    c"),
        ("    x = ", "old()", "a\n        b\n    c"),
        ("    ", "", "a\n        b\n    c"),
        ("", "    \n", "    a\n        b\n    c"),
        ("        ", "\n    old()", "a\n        b\n    c"),
    ],
)
def test_what_stands_before_the_selection_is_not_repeated(before: str, selection: str, result: str) -> None:
    assert indented("a\n    b\nc", selection, before) == result


def test_the_first_line_is_indented_when_blank_lines_come_before_it() -> None:
    assert indented("\na\n    b\n", "old()", "    ") == "\n    a\n        b\n"


@pytest.mark.parametrize("step", ["  ", "   ", "    ", "\t"])
def test_a_file_of_tabs_gets_tabs(step: str) -> None:
    answer = f"if a:\n{step}b\n{step}{step}c\nd\n"
    assert indented(answer, "\told", unit=SPACES) == "\tif a:\n\t\tb\n\t\t\tc\n\td\n"
    assert indented(answer, "old", unit=TAB) == "if a:\n\tb\n\t\tc\nd\n"


def test_a_deep_first_step_counts_as_tabs_of_four() -> None:
    assert indented("f(\n        a,\n    b)\n", "\told") == "\tf(\n\t\t\ta,\n\t\tb)\n"


@pytest.mark.parametrize("unit", ["  ", "    "])
def test_a_file_of_spaces_gets_spaces(unit: str) -> None:
    assert indented("\tif a:\n\t\tb\n", f"{unit}old", unit=unit) == f"{unit}if a:\n{unit}{unit}b\n"


def test_shallower_lines_lose_tabs() -> None:
    assert indented("        a\n    b\nc\n", "\t\told") == "\t\ta\n\tb\nc\n"
    assert indented("        a\n      b\n", "\t\told") == "\t\ta\n\t  b\n"


def test_the_separators_of_unicode_begin_no_line() -> None:
    assert indented("a\u2028b\x0cc\n", "    old") == "    a\u2028b\x0cc\n"


def test_text_streams_within_a_line() -> None:
    indentation = Indentation("    old", "", SPACES)
    assert [indentation.push(part).text for part in ("  ", "a", "b\n", " ", " c")] == ["", "    a", "b\n", "", "    c"]


BLOCKS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["a", "é😀", ""])), min_size=1, max_size=6)


@given(BLOCKS, st.integers(0, 3))
def test_relative_indentation_is_kept(lines: list[tuple[int, str]], depth: int) -> None:
    answer = "first\n" + "".join(SPACES * level + text + "\n" for level, text in lines)
    moved = indented(answer, SPACES * depth + "old")
    assert moved == textwrap.indent("\n".join(line.rstrip() for line in answer.split("\n")), SPACES * depth)


PARTS = st.sampled_from([" ", "    ", "\t", "\n", "\r\n", "\r", "x", "é😀\u2028"])


@given(
    st.lists(PARTS, max_size=10).map("".join),
    st.sampled_from(["", "    ", "\t", "  x = "]),
    st.sampled_from([SPACES, TAB]),
)
def test_cuts_do_not_matter_and_no_character_is_lost(answer: str, before: str, unit: str) -> None:
    result = indented(answer, "\n  \told", before, unit)
    kept = str.maketrans("", "", " \t")
    assert result.translate(kept) == answer.translate(kept)
