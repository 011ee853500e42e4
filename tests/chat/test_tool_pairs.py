"""Calls and results belong together, whatever was done to them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.tool_pairs import NOT_CARRIED_OUT, call_ids, paired, unique_calls
from lsp_llm.exchange.tools import ToolCall, ToolResult

ID = st.sampled_from(["", "a", "b", "a_2"])
TURNS = st.lists(
    st.builds(Turn, ID, st.just("assistant"), tool_calls=st.lists(st.builds(ToolCall, ID, ID), max_size=3).map(tuple))
    | st.builds(
        Turn, ID, st.just("user"), tool_results=st.lists(st.builds(ToolResult, ID, ID, ID), max_size=3).map(tuple)
    ),
    max_size=6,
)


def test_made_up_ids_become_unique() -> None:
    calls = (ToolCall("call_1", "x"), ToolCall("call_1", "y"), ToolCall("", "z"), ToolCall("own", "x"))
    ids = [call.call_id for call in unique_calls(calls, {"call_1", "call_1_2"})]
    assert ids == ["call_1_3", "call_1_4", "call_2", "own"]
    assert len(set(ids)) == 4
    assert ids[3] == "own"
    assert not {"call_1", "call_1_2", ""} & set(ids)


def test_results_follow_their_calls() -> None:
    call = ToolCall("call_1", "x")
    turns = [
        Turn("1", "assistant", tool_calls=(call,)),
        Turn("2", "user", tool_results=(ToolResult("call_1", "x", "first"),)),
        Turn("3", "assistant", tool_calls=(call,)),
        Turn("4", "user", tool_results=(ToolResult("call_1", "x", "second"),)),
    ]
    found = list(paired(turns))
    assert found[:2] == turns[:2]
    assert found[2].tool_calls == (ToolCall("call_1_2", "x"),)
    assert found[3].tool_results == (ToolResult("call_1_2", "x", "second"),)
    assert call_ids(found) == {"call_1", "call_1_2"}


def test_calls_of_one_answer_with_one_id_get_their_results_in_order() -> None:
    turns = [
        Turn("1", "assistant", tool_calls=(ToolCall("a", "x"), ToolCall("a", "y"))),
        Turn("2", "user", tool_results=(ToolResult("a", "x", "first"), ToolResult("a", "y", "second"))),
    ]
    results = [(result.call_id, result.text) for result in list(paired(turns))[1].tool_results]
    assert results == [("a", "first"), ("a_2", "second")]


def test_a_call_without_result_gets_one_that_says_so() -> None:
    turns = [Turn("1", "assistant", tool_calls=(ToolCall("a", "x"),)), Turn("2", "user", "Go on")]
    missing = ToolResult("a", "x", NOT_CARRIED_OUT, is_error=True)
    assert list(paired(turns)) == [turns[0], Turn("", "user", tool_results=(missing,)), turns[1]]
    assert list(paired(turns[:1])) == [turns[0], Turn("", "user", tool_results=(missing,))]


def test_a_result_without_call_is_left_out() -> None:
    assert list(paired([Turn("1", "user", "a", tool_results=(ToolResult("x", "x", "x"),))])) == [Turn("1", "user", "a")]


@given(TURNS)
def test_every_call_has_an_id_and_a_result(turns: list[Turn]) -> None:
    found = list(paired(turns))
    ids = [call.call_id for turn in found for call in turn.tool_calls]
    assert len(set(ids)) == len(ids)
    assert "" not in ids
    for before, turn in zip([Turn("", "user"), *found], [*found, Turn("", "user")], strict=True):
        assert [call.call_id for call in before.tool_calls] == [result.call_id for result in turn.tool_results]
    assert list(paired(found)) == found
    assert [turn.message_id for turn in found if turn.role == "assistant"] == [
        turn.message_id for turn in turns if turn.role == "assistant"
    ]
