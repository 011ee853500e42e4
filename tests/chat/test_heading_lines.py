"""The headings' lines against a plain list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.chat.heading_lines import HeadingLines

CHANGES = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(0, 9), st.integers(0, 2**9 - 1)), max_size=9
)


@given(st.sets(st.integers(0, 40)), CHANGES)
def test_any_changes_give_what_a_list_gives(first: set[int], changes: list[tuple[int, int, int, int]]) -> None:
    plain = sorted(first)
    lines = HeadingLines(plain)
    for start, removed, inserted, bits in changes:
        new = [start + at for at in range(inserted) if bits >> at & 1]
        end, growth = start + removed, inserted - removed
        gone = [place for place, line in enumerate(plain) if start <= line < end]
        found = lines.replace(start, end, growth, new)
        assert list(range(*found)) == gone
        plain = [*(n for n in plain if n < start), *new, *(n + growth for n in plain if n >= end)]
        assert [lines[place] for place in range(len(lines))] == plain
        for line in (0, start, end, 60):
            assert lines.place_of(line) == sum(n <= line for n in plain) - 1
