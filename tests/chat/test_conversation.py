"""Conversations as values."""

from __future__ import annotations

import pytest
from hypothesis import given

from lsp_llm.chat.conversation import Conversation, Turn, TurnStatus, messages_of, tidy
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import Message, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult
from tests.chat.making import TEXT

CHAT = Conversation(
    "c",
    "Title",
    "p",
    "Be brief.",
    (Turn("1", "user", "a"), Turn("2", "assistant", "b"), Turn("3", "user", "c"), Turn("4", "assistant", "d")),
)


def test_a_branch_ends_in_the_edited_turn() -> None:
    branch = CHAT.branched_with("3", "\nother\n", "c2")
    assert branch == Conversation("c2", "Title", "p", "Be brief.", (*CHAT.turns[:2], Turn("3", "user", "other")))
    assert CHAT.branched_before("3", "c2").turns == CHAT.turns[:2]
    assert CHAT.branched_before("1", "c2").with_turn(CHAT.turns[0]).turns == CHAT.turns[:1]


@pytest.mark.parametrize("status", ["cut off", "cancelled", "failed", "unknown"])
def test_an_answer_that_nothing_calls_whole_is_cut_off(status: TurnStatus) -> None:
    assert Turn("1", "assistant", "Half", status=status).is_cut_off
    assert not Turn("1", "assistant", "Half", tool_calls=(ToolCall("1", "x"),), status=status).is_cut_off
    assert Turn("1", "assistant", thinking="Hm", status=status).is_cut_off
    assert not Turn("1", "assistant", status=status).is_cut_off
    assert not Turn("1", "user", "Half", status=status).is_cut_off
    assert not Turn("1", "assistant", "Whole").is_cut_off


def test_only_the_users_words_can_be_edited() -> None:
    results = CHAT.with_turn(Turn("5", "user", tool_results=(ToolResult("x", "y", ""),)))
    for message_id in ("2", "5"):
        with pytest.raises(UserError, match="not a message of the user"):
            results.branched_with(message_id, "x", "c2")
    with pytest.raises(UserError, match='no message "9"'):
        CHAT.branched_before("9", "c2")


def test_messages_are_the_turns_that_say_something() -> None:
    call, result = ToolCall("1", "x"), ToolResult("1", "x", "")
    replay = Replay("openai_chat", [1])
    turns = [
        Turn("1", "user", "a"),
        Turn("2", "assistant", thinking="hm", status="cancelled"),
        Turn("3", "assistant", tool_calls=(call,), replay_key="k"),
        Turn("4", "user", tool_results=(result,)),
    ]
    assert list(messages_of("S", turns, lambda turn: replay if turn.replay_key else None)) == [
        Message("system", "S"),
        Message("user", "a"),
        Message("assistant", "", (call,), replay=replay),
        Message("user", "", tool_results=(result,)),
    ]
    assert list(messages_of("", [], lambda _: None)) == []


@given(TEXT)
def test_tidy_is_tidy(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert tidy(f"\n \r\n{text}\r\t\n") == once


def test_tidy_keeps_what_matters() -> None:
    assert tidy("\n    code  \n\n x\r\ry \n ") == "    code  \n\n x\n\ny "
