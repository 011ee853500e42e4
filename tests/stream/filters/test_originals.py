from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.filters.base import Piece
from lsp_llm.stream.filters.originals import Originals
from tests.every_way import filter_every_way

MARKS = {f"MARK_{number}": f"<secret {number}>" for number in (1, 2, 12)}


def put_back(text: str) -> str:
    return filter_every_way(lambda: Originals(MARKS), text)


def test_marks_give_way_to_what_they_stand_for() -> None:
    assert put_back("a = MARK_1\nb = 'MARK_2' MARK_12") == "a = <secret 1>\nb = '<secret 2>' <secret 12>"


def test_what_only_begins_like_a_mark_stays() -> None:
    assert put_back("MARK MARK_ MARK_3 MAR") == "MARK MARK_ MARK_3 MAR"


def test_only_what_may_be_a_mark_waits() -> None:
    running = Originals(MARKS)
    assert running.push("one MAR") == Piece("one ")
    assert running.push("KET") == Piece("MARKET")


def test_without_secrets_nothing_waits() -> None:
    assert Originals({}).push("MARK_1") == Piece("MARK_1")


@given(st.lists(st.sampled_from(["MARK_1", "MARK_12", "MARK_", "M", "1", "2", " "])).map("".join))
def test_it_is_a_replacing_of_the_whole_however_it_is_cut(text: str) -> None:
    expected = text.replace("MARK_12", "<twelve>").replace("MARK_1", "<one>").replace("MARK_2", "<two>")
    marks = {"MARK_1": "<one>", "MARK_2": "<two>", "MARK_12": "<twelve>"}
    assert filter_every_way(lambda: Originals(marks), text) == expected
