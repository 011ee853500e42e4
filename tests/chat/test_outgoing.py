from __future__ import annotations

from itertools import pairwise

from hypothesis import given

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.outgoing import outgoing
from lsp_llm.exchange.messages import Message, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult
from tests.chat.making import TURNS

CALL, RESULT = ToolCall("1", "act"), ToolResult("1", "act", "ok")


def nothing(turn: Turn) -> Replay | None:
    return None


def test_what_the_user_said_in_a_row_is_one_message() -> None:
    turns = [
        Turn("a", "user", "one"),
        Turn("b", "assistant", status="cancelled"),
        Turn("c", "user", "two"),
        Turn("d", "assistant", "", tool_calls=(CALL,)),
        Turn("e", "user", tool_results=(RESULT,)),
        Turn("f", "user", "three"),
    ]
    assert outgoing("sys", turns, nothing) == (
        Message("system", "sys"),
        Message("user", "one\n\ntwo"),
        Message("assistant", "", (CALL,)),
        Message("user", "three", tool_results=(RESULT,)),
    )


@given(TURNS)
def test_sides_take_turns_and_every_call_has_its_result(turns: tuple[Turn, ...]) -> None:
    messages = outgoing("", turns, nothing)
    for before, after in pairwise(messages):
        assert not before.role == after.role == "user" or after.tool_results
        if before.tool_calls:
            assert [call.call_id for call in before.tool_calls] == [result.call_id for result in after.tool_results]


def test_arguments_that_somebody_spoilt_in_the_document_are_a_problem_of_the_call() -> None:
    spoilt, told = ToolCall("1", "act", '{"a"'), ToolCall("2", "act", "", "It said nothing.")
    _, message, _ = outgoing(
        "", [Turn("a", "user", "x"), Turn("b", "assistant", "", tool_calls=(CALL, spoilt, told))], nothing
    )
    assert [call.problem for call in message.tool_calls] == [
        "",
        'The arguments are no valid JSON: {"a"',
        "It said nothing.",
    ]
