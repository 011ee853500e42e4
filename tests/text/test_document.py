"""The document against a plain string that every edit rebuilds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.document import Document, split_lines
from lsp_llm.text.edits import Change, Edit

# Line ends, near line ends, repeats and astral characters, so that every rule of the splitter is met often.
TEXT = st.text(st.sampled_from("ab \n\r\f\u2028\x85é😀"), max_size=30)
EDITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), TEXT), max_size=12)


def lines_of(text: str) -> list[str]:
    parts = re.split(r"(\r\n|\n|\r)", text)
    return [a + b for a, b in zip(parts[0::2], [*parts[1::2], ""], strict=True)]


@given(TEXT)
def test_lines_end_with_cr_lf_or_crlf_and_nothing_else(text: str) -> None:
    assert split_lines(text) == lines_of(text)


@given(TEXT, EDITS)
def test_any_edits_give_what_a_string_gives(text: str, edits: list[tuple[int, int, str]]) -> None:
    document = Document(text)
    for a, b, inserted in edits:
        start, end = sorted((min(a, len(text)), min(b, len(text))))
        change = document.apply(Edit(start, end, inserted))
        assert change == Change(start, text[start:end], inserted)
        text = text[:start] + inserted + text[end:]
        assert document.lines == lines_of(text)
        assert document.length == len(text)
        for offset in {0, start, len(text) // 2, len(text)}:
            line, column = document.point(offset)
            assert sum(map(len, document.lines[:line])) + column == offset
        assert document.slice(start, len(text)) == text[start:]


@given(st.integers(0, 3000), st.integers(0, 3000), st.integers(0, 1500), st.data())
def test_offsets_hold_in_long_documents(first: int, second: int, size: int, data: st.DataObject) -> None:
    text = "".join(f"{n}\n" for n in range(2000))
    document = Document(text)
    for line in (first, second):
        start = min(line, len(text))
        end = min(start + data.draw(st.integers(0, 4000)), len(text))
        inserted = "x\n" * size
        document.apply(Edit(start, end, inserted))
        text = text[:start] + inserted + text[end:]
        offset = data.draw(st.integers(0, len(text)))
        point = document.point(offset)
        assert point == (text.count("\n", 0, offset), offset - (text.rfind("\n", 0, offset) + 1))
        assert document.offset(*point) == offset
    assert document.text == text


@pytest.mark.parametrize(
    ("text", "point", "offset"),
    [("ab\r\ncd", (0, 9), 2), ("ab\rcd", (0, 9), 2), ("ab\ncd", (1, 9), 5), ("ab\ncd", (7, 0), 5), ("", (0, 0), 0)],
)
def test_points_past_the_end_are_clamped_to_the_text_of_the_line(
    text: str, point: tuple[int, int], offset: int
) -> None:
    assert Document(text).offset(*point) == offset


def test_the_line_end_is_that_of_the_first_line() -> None:
    assert Document("a\r\nb\n").line_end == "\r\n"
    assert Document("a").line_end == "\n"
