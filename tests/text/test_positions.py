"""Columns in code units against what encoding the line says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.positions import Encoding, from_code_points, to_code_points

CODECS: dict[Encoding, tuple[str, int]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}
LINE = st.text(st.sampled_from("aé€😀\u0301\u2028"), max_size=12)
ENCODING = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def units(text: str, encoding: Encoding) -> int:
    codec, size = CODECS[encoding]
    return len(text.encode(codec)) // size


@given(LINE, ENCODING, st.integers(0, 12))
def test_both_ways(line: str, encoding: Encoding, column: int) -> None:
    column = min(column, len(line))
    encoded = from_code_points(line, column, encoding)
    assert encoded == units(line[:column], encoding)
    assert to_code_points(line, encoded, encoding) == column


@pytest.mark.parametrize(("encoding", "inside"), [("utf-8", 4), ("utf-8", 3), ("utf-16", 2)])
def test_a_column_inside_a_character_is_its_start(encoding: Encoding, inside: int) -> None:
    assert to_code_points("é😀b", inside, encoding) == 1


@given(LINE, ENCODING)
def test_a_column_past_the_end_is_the_end(line: str, encoding: Encoding) -> None:
    assert to_code_points(line, 99, encoding) == len(line)
