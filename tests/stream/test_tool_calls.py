from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.stream.tool_calls import ToolCallAssembler

Fragment = dict[str, Any]


def assembled(*fragments: Fragment) -> list[ToolCall]:
    calls = ToolCallAssembler()
    for fragment in fragments:
        calls.take(**fragment)
    return calls.finish()


@pytest.mark.parametrize(
    "fragments",
    [
        pytest.param(
            [
                {"index": 0, "call_id": "a", "name": "add", "arguments": '{"x"'},
                {"index": 1, "call_id": "b", "name": "sub", "arguments": ""},
                {"index": 0, "arguments": ": 1}"},
                {"index": 1, "arguments": '{"y": 2}'},
            ],
            id="interleaved",
        ),
        pytest.param(
            [
                {"index": 0, "call_id": "a", "name": "add", "arguments": '{"x": 1}'},
                {"index": 0, "call_id": "b", "name": "sub", "arguments": '{"y": '},
                {"index": 0, "arguments": "2}"},
            ],
            id="all of index 0, each with its id",
        ),
        pytest.param(
            [
                {"call_id": "a", "name": "add", "arguments": '{"x": '},
                {"arguments": "1}"},
                {"call_id": "b", "name": "sub", "arguments": '{"y": 2}'},
            ],
            id="no index",
        ),
        pytest.param(
            [
                {"index": 0, "name": "add", "arguments": '{"x": 1}'},
                {"index": 1, "name": "sub", "arguments": {"y": 2}},
                {"index": 0, "call_id": "a"},
                {"index": 1, "call_id": "b"},
            ],
            id="ids late, arguments as a value",
        ),
        pytest.param(
            [
                {"index": 0, "call_id": "a", "name": "ad"},
                {"index": 0, "name": "d"},
                {"index": 0, "call_id": "a", "name": "add", "arguments": '{"x": 1}'},
                {"index": 1, "call_id": "b", "name": "sub", "arguments": '{"y": 2}'},
                {"index": 0, "call_id": "a", "arguments": ""},
            ],
            id="a name in pieces and again",
        ),
    ],
)
def test_however_a_host_sends_them(fragments: list[Fragment]) -> None:
    one, two = assembled(*fragments)
    assert (one.call_id, one.name, json.loads(one.arguments)) == ("a", "add", {"x": 1})
    assert (two.call_id, two.name, json.loads(two.arguments)) == ("b", "sub", {"y": 2})
    assert not one.problem and not two.problem


def test_whole_calls_without_ids_get_ids_of_their_own() -> None:
    calls = assembled({"name": "add", "arguments": {"x": 1}}, {"name": "add", "arguments": {"x": 2}})
    assert calls == [ToolCall("call_1", "add", '{"x": 1}'), ToolCall("call_2", "add", '{"x": 2}')]


def test_an_id_that_stands_twice_is_replaced() -> None:
    calls = assembled(
        {"index": 0, "call_id": "a", "name": "f"}, {"index": 1, "call_id": "b", "name": "g"}, {"index": 2, "name": "h"}
    )
    assert [call.call_id for call in calls] == ["a", "b", "call_1"]


def test_one_id_under_two_numbers_is_two_calls() -> None:
    calls = assembled(
        {"index": 0, "call_id": "call_1", "name": "f", "arguments": "{}"},
        {"index": 1, "call_id": "call_1", "name": "g", "arguments": "{}"},
    )
    assert [(call.call_id, call.name) for call in calls] == [("call_1", "f"), ("call_2", "g")]


def test_no_arguments_are_an_empty_object() -> None:
    assert assembled({"call_id": "a", "name": "now", "arguments": None}) == [ToolCall("a", "now")]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ('{"x": ', 'The arguments are no valid JSON: {"x":'),
        ("[1]", "The arguments must be a JSON object."),
        ("[" * 100_000, "The arguments are no valid JSON: "),
    ],
)
def test_arguments_that_are_none_are_told_to_the_model(arguments: str, problem: str) -> None:
    (call,) = assembled({"call_id": "a", "name": "f", "arguments": arguments})
    assert call.problem.startswith(problem)


def test_a_call_without_a_name_is_told_too() -> None:
    assert assembled({"call_id": "a", "arguments": "{}"})[0].problem == "The call names no tool."


def test_the_hosts_last_word_on_arguments_stands() -> None:
    calls = ToolCallAssembler()
    calls.take(call_id="a", name="f", arguments='{"x": ')
    calls.replace_arguments('{"x": 1}', call_id="a")
    assert calls.finish()[0].arguments == '{"x": 1}'


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers(), max_size=3), min_size=1, max_size=4), st.data())
def test_however_fragments_are_cut_and_mixed(values: list[dict[str, int]], data: st.DataObject) -> None:
    whole = [json.dumps(value) for value in values]
    calls, at = ToolCallAssembler(), [0] * len(whole)
    for index in range(len(whole)):
        calls.take(index=index, call_id=f"id{index}", name="f")
    while open_ones := [index for index, text in enumerate(whole) if at[index] < len(text)]:
        index = data.draw(st.sampled_from(open_ones))
        end = data.draw(st.integers(at[index] + 1, len(whole[index])))
        calls.take(index=index, arguments=whole[index][at[index] : end])
        at[index] = end
    assert [call.arguments for call in calls.finish()] == whole
