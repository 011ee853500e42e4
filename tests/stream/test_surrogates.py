from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.surrogates import SurrogateJoin, json_of, well_formed


def joined(deltas: list[str]) -> str:
    join = SurrogateJoin()
    return "".join(map(join.push, deltas)) + join.finish()


def test_halves_meet_again() -> None:
    assert joined(["a\ud83d", "\ude00b"]) == "a😀b"
    assert joined(["\ud83d", "", "\ude00"]) == "😀"


def test_lone_halves_become_the_replacement_character() -> None:
    assert joined(["\ud83d", "x", "\ude00", "\ud83d"]) == "\ufffdx\ufffd\ufffd"


def test_whole_text_is_mended() -> None:
    assert well_formed("größe \ud83d\ude00 \ud83d") == "größe 😀 \ufffd"


@given(st.lists(st.text(st.sampled_from("aé日😀\ud83d\ude00"), max_size=3), max_size=6))
def test_cuts_do_not_matter_and_the_result_is_valid(deltas: list[str]) -> None:
    result = joined(deltas)
    assert result == well_formed("".join(deltas))
    result.encode()


class Note(msgspec.Struct, rename="camel"):
    first_line: str


@pytest.mark.parametrize(
    ("text", "written"),
    [("plain", '"plain"'), ("é😀", '"é😀"'), ("a file\udce9.py", '"a file\ufffd.py"'), ("\ud83d\ude00", '"😀"')],
)
def test_everything_can_be_written_as_json(text: str, written: str) -> None:
    assert json_of(text) == written.encode()
    assert msgspec.json.decode(json_of(Note(text)))["firstLine"] == well_formed(text)
