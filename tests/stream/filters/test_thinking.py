from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.filters.base import Piece
from lsp_llm.stream.filters.thinking import ThinkingTags
from tests.every_way import filter_every_way


def filtered(answer: str) -> str:
    return filter_every_way(ThinkingTags, answer)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("<think>\nLet me see.\n</think>\n\n    x = 1\n", "    x = 1\n"),
        ("\n <thinking>a</think>b</thinking>\r\n\r\nx", "x"),
        ("<think></think>x", "x"),
        ("<think>only</think>", ""),
        ("<think>only</think>\n \n", ""),
        ("<think>a</think>\nx </think>\n<think>y</think>\n", "x </think>\n<think>y</think>\n"),
    ],
)
def test_reasoning_at_the_start_is_dropped(answer: str, result: str) -> None:
    assert filtered(answer) == result


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x = 1\n",
        "  <thin",
        "<thinker>\n",
        "if a </think> b",
        "see <think>this</think> tag",
        "a </thi",
        "a <",
        "<br>\n",
    ],
)
def test_anything_else_passes_as_it_is(answer: str) -> None:
    assert filtered(answer) == answer


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("Let me see.\n</think>\n\nx = 1\n", "x = 1\n"),
        ("Let me see.</thinking>\r\n  x = 1\n", "  x = 1\n"),
        ("a</think>\nb</think>\nc", "b</think>\nc"),
        ("a </think> b</think>\nc", "c"),
        ("all of it</think>", ""),
    ],
)
def test_a_closing_tag_alone_withdraws_what_stood_before(answer: str, result: str) -> None:
    assert filtered(answer) == result


def test_what_is_withdrawn_was_let_through_before() -> None:
    tags = ThinkingTags()
    assert tags.push("Let me see.</thi") == Piece("Let me see.")
    assert tags.push("nk>") == Piece("")
    assert tags.push("\nx") == Piece("x", restart=True)
    assert tags.push("</think>\n") == Piece("</think>\n")


@pytest.mark.parametrize("answer", ["<think>\nI wonder", "<think>a</thinking>\n", " <thinking>a</thinking"])
def test_a_tag_that_is_never_closed_loses_nothing(answer: str) -> None:
    assert filtered(answer) == answer


def test_trap_33_a_tag_cut_in_two_is_held_back() -> None:
    tags = ThinkingTags()
    assert [tags.push(part).text for part in ("<th", "ink>a</", "think>", "\nx")] == ["", "", "", "x"]


PARTS = st.sampled_from(
    ["<think>", "</think>", "<thinking>", "</thinking>", "<", "think>", "\n", "\r\n", " ", "x", "é😀\u2028"]
)


@given(st.lists(PARTS, max_size=8).map("".join))
def test_cuts_do_not_matter(answer: str) -> None:
    assert answer.endswith(filtered(answer))
