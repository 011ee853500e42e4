"""Traps in what is put together from pieces: tool calls, interleaved blocks, halves of characters, tags, fences."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.stream.filters.code_fence import CodeFence
from lsp_llm.stream.filters.thinking import ThinkingTags
from tests.providers.recorded import body_of
from tests.providers.traps.desk import Desk, bytewise, serving
from tests.providers.traps.wires import ANTHROPIC, GEMINI, OLLAMA, OPENAI_CHAT, OPENAI_RESPONSES, WIRES, Wire

ADD, MUL = ToolCall("c1", "add", '{"a": 1}'), ToolCall("c2", "mul", '{"b": 2}')

by_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.dialect)


def fragment(index: int | None = 0, call_id: str | None = None, name: str | None = None, arguments: Any = None) -> Any:
    """A piece of a call in the chat dialect, with no more fields than it has."""
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    call = {"index": index, "id": call_id, "function": function}
    return {key: value for key, value in call.items() if value is not None}


FRAGMENTS: dict[str, tuple[list[Any], list[ToolCall]]] = {
    "interleaved": (
        [
            fragment(0, "c1", "add", ""),
            fragment(1, "c2", "mul", ""),
            fragment(0, arguments='{"a"'),
            fragment(1, arguments='{"b"'),
            fragment(0, arguments=": 1}"),
            fragment(1, arguments=": 2}"),
        ],
        [ADD, MUL],
    ),
    "all at index 0": ([fragment(0, "c1", "add", '{"a": 1}'), fragment(0, "c2", "mul", '{"b": 2}')], [ADD, MUL]),
    "no index": (
        [
            fragment(None, "c1", "add", '{"a"'),
            fragment(None, arguments=": 1}"),
            fragment(None, "c2", "mul", '{"b": 2}'),
        ],
        [ADD, MUL],
    ),
    "late id": ([fragment(0, None, "add", '{"a"'), fragment(0, "c1", None, ": 1}")], [ADD]),
    "name in pieces": (
        [fragment(0, "c1", "a", ""), fragment(0, None, "dd", ""), fragment(0, arguments='{"a": 1}')],
        [ADD],
    ),
    "name again": ([fragment(0, "c1", "add", '{"a"'), fragment(0, "c1", "add", ": 1}")], [ADD]),
    "an object": ([fragment(0, "c1", "add", {"a": 1})], [ADD]),
    "nothing": ([fragment(0, "c1", "add", "")], [ToolCall("c1", "add", "{}")]),
    "no field": ([fragment(0, "c1", "add")], [ToolCall("c1", "add", "{}")]),
}


@pytest.mark.parametrize("shape", FRAGMENTS)
async def test_29_pieces_of_calls(desk: Desk, shape: str) -> None:
    pieces, calls = FRAGMENTS[shape]
    deltas = [{"choices": [{"index": 0, "delta": {"tool_calls": [piece]}}]} for piece in pieces]
    stream = OPENAI_CHAT.says("on it") + OPENAI_CHAT.events(*deltas, *OPENAI_CHAT.reason, *OPENAI_CHAT.marker)
    heard = await desk.hear(OPENAI_CHAT, serving(stream))
    assert (heard.calls, heard.text, heard.completed[0]) == (calls, "on it", FinishReason.TOOL_USE)


def chat_call(arguments: str) -> tuple[Any, ...]:
    delta = {"tool_calls": [fragment(0, "c1", "add", arguments)]}
    return {"choices": [{"index": 0, "delta": delta}]}, {
        "choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]
    }


def responses_call(arguments: str) -> tuple[Any, ...]:
    item = {"type": "function_call", "id": "f1", "call_id": "c1", "name": "add", "arguments": ""}
    cut = {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
    return (
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.function_call_arguments.delta", "item_id": "f1", "output_index": 0, "delta": arguments},
        {"type": "response.incomplete", "response": cut},
    )


def anthropic_call(arguments: str) -> tuple[Any, ...]:
    return (
        {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "c1", "name": "add"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": arguments}},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {}},
    )


@pytest.mark.parametrize(
    ("wire", "calling"),
    [(OPENAI_CHAT, chat_call), (OPENAI_RESPONSES, responses_call), (ANTHROPIC, anthropic_call)],
    ids=["openai_chat", "openai_responses", "anthropic"],
)
async def test_29_arguments_that_are_cut_are_never_carried_out(desk: Desk, wire: Wire, calling: Any) -> None:
    marker = () if wire is OPENAI_RESPONSES else wire.marker
    heard = await desk.hear(wire, serving(wire.events(*calling('{"a": '), *marker)))
    (call,) = heard.calls
    assert (call.name, call.problem) == ("add", 'The arguments are no valid JSON: {"a":')
    assert heard.completed[0] is FinishReason.LENGTH
    assert heard.notices == ["the answer was cut off at the token limit"]


@pytest.mark.parametrize(
    ("recording", "text", "thoughts", "calls"),
    [
        ("llamacpp/anthropic_tools", False, False, True),
        ("llamacpp/anthropic_thinking_blocks", True, True, False),
    ],
)
async def test_30_blocks_that_interleave(desk: Desk, recording: str, text: bool, thoughts: bool, calls: bool) -> None:
    heard = await desk.hear(ANTHROPIC, serving(*bytewise(body_of(recording))))
    assert heard.sentence == ""
    assert (bool(heard.text), bool(heard.thoughts), bool(heard.calls)) == (text, thoughts, calls)
    assert [call.problem for call in heard.calls if call.problem] == []


def two_calls(wire: Wire, call_id: str) -> bytes:
    """Two calls that go by the same name, which may be none."""
    named = {"id": call_id} if call_id else {}
    functions = [{"name": "add", "args": {"a": number}} for number in (1, 2)]
    if wire is GEMINI:
        parts = [{"functionCall": {**named, **function}} for function in functions]
        return wire.events({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]})
    if wire is OLLAMA:
        calls = [{**named, "function": {"name": "add", "arguments": function["args"]}} for function in functions]
        return wire.events({"message": {"tool_calls": calls}}, *wire.marker)
    pieces = [fragment(at, call_id, "add", json.dumps(function["args"])) for at, function in enumerate(functions)]
    delta = {"choices": [{"index": 0, "delta": {"tool_calls": pieces}}]}
    return wire.events(delta, *wire.reason, *wire.marker)


@pytest.mark.parametrize("wire", [OPENAI_CHAT, GEMINI, OLLAMA], ids=lambda wire: wire.dialect)
@pytest.mark.parametrize("call_id", ["", "same"], ids=["none", "the same"])
async def test_31_ids_of_calls(desk: Desk, wire: Wire, call_id: str) -> None:
    heard = await desk.hear(wire, serving(two_calls(wire, call_id)))
    assert [call.arguments for call in heard.calls] == ['{"a": 1}', '{"a": 2}']
    assert len({call.call_id for call in heard.calls} - {""}) == 2
    assert heard.completed[0] is FinishReason.TOOL_USE


@by_wire
async def test_32_halves_of_a_character(desk: Desk, wire: Wire) -> None:
    escaped = wire.says("a@1@", "@2@b", "@1@", "c@1@") + wire.events(*wire.reason, *wire.marker)
    stream = escaped.replace(b"@1@", rb"\ud83d").replace(b"@2@", rb"\ude00")
    heard = await desk.hear(wire, serving(stream))
    assert heard.text == "a😀b\ufffdc\ufffd"
    assert heard.sentence == ""


@by_wire
@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("<think>\nwell\n</think>\n\nx = 1", "x = 1"),
        ("well\n</think>\n\nx = 1", "x = 1"),
        ("<think>x = 1", "<think>x = 1"),
    ],
    ids=["closed", "never opened", "never closed"],
)
async def test_33_thinking_inside_the_text(desk: Desk, wire: Wire, said: str, text: str) -> None:
    heard = await desk.hear(wire, serving(wire.body(*said)), filters=[ThinkingTags])
    assert (heard.text, heard.sentence) == (text, "")


@by_wire
async def test_34_a_fence_that_is_cut(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, serving(wire.body(*"```python\nx = 1\n```\n")), filters=[CodeFence])
    assert (heard.text.strip(), heard.sentence) == ("x = 1", "")


@pytest.mark.parametrize(
    ("wire", "reason"),
    [
        (ANTHROPIC, {"type": "message_delta", "delta": {"stop_reason": "stop_sequence"}, "usage": {}}),
        (OPENAI_CHAT, {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}),
    ],
    ids=["anthropic", "openai_chat"],
)
async def test_34_stop_words_are_the_hosts_matter(desk: Desk, wire: Wire, reason: Any) -> None:
    stream = wire.says("x = 1") + wire.events(reason, *wire.marker)
    heard = await desk.hear(wire, serving(stream), preset={"params": {"stop": ["END"]}})
    assert (heard.text, heard.notices) == ("x = 1", [])
