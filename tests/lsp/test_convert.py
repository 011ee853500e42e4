from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.lsp.convert import offset_of, offsets_of, position_of, text_edit
from lsp_llm.lsp.messages import Position, Range
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from lsp_llm.text.positions import Encoding

ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
TEXTS = st.text(st.sampled_from("aé€😀\r\n\u2028\x0c\t"), max_size=30)


@given(TEXTS, st.sampled_from(ENCODINGS), st.data())
def test_every_offset_comes_back_from_its_position(text: str, encoding: Encoding, data: st.DataObject) -> None:
    document = Document(text)
    offset = data.draw(st.integers(0, len(text)))
    back = offset_of(document, position_of(document, offset, encoding), encoding)
    # A position cannot stand inside a line end.
    expected = offset - 1 if text[offset - 1 : offset + 1] == "\r\n" and offset else offset
    assert back == expected


@pytest.mark.parametrize(("encoding", "columns"), [("utf-8", 10), ("utf-16", 5), ("utf-32", 4)])
def test_columns_count_in_the_negotiated_units(encoding: Encoding, columns: int) -> None:
    document = Document("aé€😀\n")
    assert position_of(document, 4, encoding) == Position(0, columns)
    assert offset_of(document, Position(0, columns), encoding) == 4


@pytest.mark.parametrize(
    ("position", "offset"),
    [
        (Position(0, 99), 2),
        (Position(1, 0), 4),
        (Position(2, 0), 7),
        (Position(2, 1), 8),
        (Position(2, 2), 8),
        (Position(3, 0), 8),
        (Position(10**30, 10**30), 8),
    ],
)
def test_a_position_past_the_end_is_that_end(position: Position, offset: int) -> None:
    assert offset_of(Document("ab\r\ncd\nx"), position, "utf-16") == offset


def test_a_line_separator_or_a_form_feed_ends_no_line() -> None:
    document = Document("a\u2028b\x0cc\x85d\n")
    assert offset_of(document, Position(0, 7), "utf-16") == 7
    assert offset_of(document, Position(1, 0), "utf-16") == 8


def test_a_file_without_a_last_line_end_and_an_empty_one() -> None:
    assert position_of(Document("a\nbc"), 4, "utf-16") == Position(1, 2)
    assert position_of(Document(""), 0, "utf-8") == Position(0, 0)
    assert offset_of(Document(""), Position(0, 0), "utf-8") == 0


def test_the_middle_of_a_character_is_its_start() -> None:
    assert offset_of(Document("a😀b"), Position(0, 2), "utf-16") == 1
    assert offset_of(Document("a😀b"), Position(0, 4), "utf-8") == 1


def test_a_range_that_a_client_sends_backwards_is_turned() -> None:
    assert offsets_of(Document("abc\ndef"), Range(Position(1, 1), Position(0, 2)), "utf-16") == (2, 5)


def test_an_edit_as_the_protocol_writes_it() -> None:
    written = text_edit(Document("a😀\nb"), Edit(2, 4, "x"), "utf-16")
    assert written.range == Range(Position(0, 3), Position(1, 1))
    assert written.new_text == "x"
