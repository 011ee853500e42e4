from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.providers.anthropic_blocks import Block, Blocks

SIGNED = {"type": "thinking", "thinking": "", "signature": "s"}


def block(kind: str, **begun: Any) -> Block:
    return Block(0, {"type": kind, **begun})


def test_pieces_come_behind_what_a_block_began_with() -> None:
    text = block("text", text="a", citations=[1])
    for piece in ("b", "", "c"):
        text.add("text", piece)
    text.cite(2)
    assert text.value() == {"type": "text", "text": "abc", "citations": [1, 2]}


@pytest.mark.parametrize(
    ("pieces", "given"),
    [
        ([], {}),
        (["", ""], {}),
        (['{"a":', ' [1, "é"]}'], {"a": [1, "é"]}),
        (['{"a":'], {}),
        (["[1]"], {}),
        (["[" * 100_000], {}),
    ],
)
def test_an_input_is_always_an_object(pieces: list[str], given: dict[str, Any]) -> None:
    call = block("tool_use", id="t", name="n")
    for piece in pieces:
        call.add("input", piece)
    assert call.value()["input"] == given


def test_an_input_in_pieces_stands_above_the_one_at_the_beginning() -> None:
    call = block("tool_use", input={"a": 1})
    assert call.input_given_whole == {"a": 1}
    call.add("input", "")
    assert call.value()["input"] == {"a": 1}
    call.add("input", '{"b": 2}')
    assert (call.input_given_whole, call.value()["input"]) == ({}, {"b": 2})


@pytest.mark.parametrize(
    ("begun", "may_go_back"),
    [
        ({"type": "text", "text": "a"}, True),
        ({"type": "text", "text": " \n"}, False),
        ({"type": "text"}, False),
        (SIGNED, True),
        ({"type": "thinking", "thinking": "cut", "signature": ""}, False),
        ({"type": "thinking", "thinking": "cut"}, False),
        ({"type": "redacted_thinking", "data": "x"}, True),
        ({"type": "new"}, True),
    ],
)
def test_what_the_host_would_refuse_does_not_go_back(begun: dict[str, Any], may_go_back: bool) -> None:
    assert Block(0, begun).may_go_back is may_go_back


def test_blocks_are_found_by_their_index_and_keep_their_order() -> None:
    blocks = Blocks()
    first, second = blocks.begin(5, dict(SIGNED)), blocks.begin(2, {"type": "text", "text": "b"})
    assert (first.number, second.number) == (0, 1)
    assert (blocks.find(5), blocks.find(2), blocks.find(None), blocks.find(7)) == (first, second, second, None)
    assert blocks.to_replay() == [SIGNED, {"type": "text", "text": "b"}]


def test_text_and_calls_alone_need_no_replay() -> None:
    blocks = Blocks()
    blocks.begin(0, {"type": "text", "text": "a"})
    blocks.begin(1, {"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}})
    assert blocks.to_replay() == []
    assert blocks.calls_given_whole() == [(1, {"a": 1})]
