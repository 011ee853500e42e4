import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.context.selection import NEARBY_CHARACTERS, Selection, select


def marked(text: str) -> Selection:
    """The selection between two bars."""
    before, inside, after = text.split("|")
    return select(before + inside + after, len(before), len(before) + len(inside))


@given(st.text(), st.data())
def test_the_three_parts_are_the_document(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    selection = select(text, start, end)
    assert selection.before + selection.text + selection.after == text
    assert (len(selection.before), len(selection.text)) == (start, end - start)
    assert not set("\r\n") & set(selection.line_before + selection.line_after)
    assert selection.before.endswith(selection.line_before)
    assert selection.after.startswith(selection.line_after)


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("a\n|    b\n|", "    "),
        ("a\n    |b\n|", "    "),
        ("a\n  |  b\n|", "    "),
        ("a\n|\t b|", "\t "),
        ("a\r\n|\r\n\r\n  b\r\n|c", "  "),
        ("a\n  ||\n    b", "  "),
        ("a\n|  \n|    b", "  "),
        ("    x = |f(\n        y)|", "    "),
        ("||", ""),
        ("|\u3000b|", ""),
    ],
)
def test_indent_is_that_of_the_first_selected_line_with_text(text: str, indent: str) -> None:
    assert marked(text).indent == indent


def test_lines_end_where_the_protocol_ends_them() -> None:
    selection = marked("one\rtwo\x0cthree |x| four\u2028five\r\nsix")
    assert (selection.line_before, selection.line_after) == ("two\x0cthree ", " four\u2028five")


def test_nearby_is_bounded_and_begins_with_a_line() -> None:
    text = "  line\n" * 20_000
    selection = select(text, 70_000, 70_007)
    assert selection.nearby.startswith("\n  line\n")
    assert selection.nearby in text
    assert 2 * NEARBY_CHARACTERS - 10 <= len(selection.nearby) <= 2 * NEARBY_CHARACTERS


def test_nearby_of_a_long_selection_is_bounded() -> None:
    selection = select("x" * 100_000, 10, 90_000)
    assert len(selection.nearby) == 10 + NEARBY_CHARACTERS
