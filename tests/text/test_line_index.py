"""The index against sums over all lines, across its blocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.line_index import BLOCK_LINES, LineIndex

CHANGES = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(1, 700), st.lists(st.integers(1, 5), min_size=1, max_size=40)),
    max_size=6,
)


@given(st.integers(1, 3 * BLOCK_LINES), CHANGES, st.lists(st.integers(0, 9999), max_size=8))
def test_offsets_are_the_sums_of_the_lines_before(
    count: int, changes: list[tuple[int, int, list[int]]], places: list[int]
) -> None:
    lines = ["x" * (1 + n % 3) for n in range(count)]
    index = LineIndex(lines)
    for first, size, widths in changes:
        first %= len(lines)
        removed = lines[first : first + size]
        inserted = ["y" * width for width in widths]
        lines[first : first + len(removed)] = inserted
        index.replaced(first, removed, inserted)
        assert index.length == sum(map(len, lines))
    for place in places:
        line = place % len(lines)
        start = sum(map(len, lines[:line]))
        assert index.offset_of_line(line) == start
        assert index.line_at(start) == (line, start)
        assert index.line_at(start + len(lines[line]) - 1) == (line, start)


def test_the_end_belongs_to_the_last_line() -> None:
    index = LineIndex(["ab\n", "c\n", ""])
    assert index.line_at(5) == (2, 5)
    assert LineIndex([""]).line_at(0) == (0, 0)


def test_a_block_that_grows_is_split_and_still_counts() -> None:
    lines = ["a\n"] * BLOCK_LINES
    index = LineIndex(lines)
    lines[3:4] = ["bb\n"] * (3 * BLOCK_LINES)
    index.replaced(3, ["a\n"], lines[3 : 3 + 3 * BLOCK_LINES])
    assert index.offset_of_line(3 + 3 * BLOCK_LINES) == 3 * 2 + 3 * BLOCK_LINES * 3
    assert index.line_at(index.length - 1) == (len(lines) - 1, index.length - 2)
