"""Differences against a slow table, and bounded where a smallest one would cost too much."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.diffing import Hunk, common_prefix, diff, text_diff
from lsp_llm.text.edits import apply_sequential, sequential

TEXT = st.text(st.sampled_from("aab\n😀"), max_size=14)


def longest_common(old: str, new: str) -> int:
    table = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i, a in enumerate(old):
        for j, b in enumerate(new):
            table[i + 1][j + 1] = table[i][j] + 1 if a == b else max(table[i][j + 1], table[i + 1][j])
    return table[-1][-1]


@given(TEXT, TEXT)
def test_the_difference_is_right_and_the_smallest(old: str, new: str) -> None:
    edits = text_diff(old, new)
    assert apply_sequential(old, sequential(edits)) == new
    cost = sum(edit.end - edit.start + len(edit.text) for edit in edits)
    assert cost == len(old) + len(new) - 2 * longest_common(old, new)


@given(TEXT, TEXT, st.integers(0, 500))
def test_common_prefix_counts_what_both_begin_with(old: str, new: str, shared: int) -> None:
    old, new = "x" * shared + old, "x" * shared + new
    length = common_prefix(old, new)
    assert old[:length] == new[:length]
    assert length == min(len(old), len(new)) or old[length] != new[length]


def test_texts_without_likeness_are_replaced_whole() -> None:
    assert diff("a" * 4000, "b" * 4000) == [Hunk(0, 4000, 0, 4000)]


def test_lines_differ_by_whole_lines() -> None:
    assert diff(["a\n", "b\n", "c\n"], ["a\n", "x\n", "c\n"]) == [Hunk(1, 2, 1, 2)]
