"""Which lines are printed where the output is no terminal."""

from __future__ import annotations

from lsp_llm.cli.demo.plain import changed_lines


def test_a_line_that_grew_is_shown_as_it_is_now() -> None:
    assert changed_lines("a\nbe\nc\n", "a\nbegin\nc\n") == ["  2 + begin"]


def test_lines_that_went_are_shown_before_those_that_came() -> None:
    assert changed_lines("a\nx\ny\nb\n", "a\nz\nb\n") == ["  2 - x", "  3 - y", "  2 + z"]


def test_nothing_is_shown_of_what_stayed() -> None:
    assert changed_lines("a\nb\n", "a\nb\n") == []
