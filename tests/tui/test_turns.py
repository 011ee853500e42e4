"""Turns from a chat's file, and as an answer comes: both look the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.commands.chat_shapes import CallShape, MessageShape, ResultShape
from lsp_llm.tui.turns import Call, Coming, Thoughts, Tokens, Turn, Words, turns_of
from tests.tui.shapes import answer, question

CALL: dict[str, Any] = {"kind": "toolCall", "callId": "t1", "name": "look", "arguments": "{}", "needsApproval": False}


def results(call_id: str, text: str, *, is_error: bool = False) -> MessageShape:
    return MessageShape("r", "user", "", tool_results=(ResultShape(call_id, "look", text, is_error),))


def coming(*values: dict[str, Any]) -> Coming:
    answer = Coming()
    for value in values:
        answer.take(value)
    return answer


def test_an_answer_in_two_rounds_is_one_turn_with_its_result_at_the_call() -> None:
    first = answer("a1", "I look.", tool_calls=(CallShape("t1", "look", "{}"),), thinking="Hm")
    turns = turns_of([question("q", "What?"), first, results("t1", "42"), answer("a2", "It is 42.", status="cut off")])
    assert turns == (
        Turn("user", (Words("What?"),), "q"),
        Turn(
            "assistant",
            (Thoughts("Hm"), Words("I look."), Call("t1", "look", "{}", "done", "42"), Words("It is 42.")),
            "a2",
            "m",
            "cut off",
            Tokens(18, 6),
        ),
    )
    assert turns[1].text == "I look.\n\nIt is 42."


def test_two_answers_are_two_turns_and_an_empty_message_is_none() -> None:
    turns = turns_of([answer("a1", "One"), answer("a2", "Two"), question("q", "")])
    assert [turn.text for turn in turns] == ["One", "Two"]


def test_results_without_a_call_belong_to_nothing() -> None:
    assert turns_of([results("t1", "42")]) == ()
    (turn,) = turns_of([answer("a", "One"), results("t9", "42")])
    assert turn.parts == (Words("One"),)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("done", "whole"),
        ("", "whole"),
        ("cancelled", "cancelled"),
        ("unknown", "unknown"),
        ("of the future", "unknown"),
    ],
)
def test_how_an_answer_ended(status: str, state: str) -> None:
    assert turns_of([answer("a", "One", status=status)])[0].state == state


def test_what_comes_looks_like_what_the_file_has() -> None:
    came = coming(
        {"kind": "thinking", "delta": "Hm"},
        {"kind": "text", "delta": "I "},
        {"kind": "text", "delta": "look."},
        CALL,
        {"kind": "toolResult", "callId": "t1", "text": "no", "isError": True},
        {"kind": "text", "delta": "\n\nIt is 42."},
        {"kind": "of the future"},
    )
    assert came.turn("whole").parts == (
        Thoughts("Hm"),
        Words("I look."),
        Call("t1", "look", "{}", "failed", "no"),
        Words("It is 42."),
    )


def test_a_call_waits_until_it_is_decided() -> None:
    came = coming({**CALL, "needsApproval": True, "text": "look: x"})
    assert came.waiting == Call("t1", "look", "{}", "waiting", "", "look: x")
    came.decided("t1")
    assert came.waiting is None
    came.take(CALL)
    assert len(came.turn("coming").parts) == 1, "a call that is told once more is the same"


def test_nothing_has_begun_before_the_first_letter() -> None:
    came = coming({"kind": "text", "delta": "\n\n"})
    assert not came.has_begun
    came.take({"kind": "text", "delta": "x"})
    assert came.has_begun


@given(st.lists(st.tuples(st.sampled_from(["text", "thinking"]), st.text(min_size=1)), max_size=20))
def test_all_that_came_is_there_however_it_was_cut(deltas: list[tuple[str, str]]) -> None:
    came = Coming()
    for kind, delta in deltas:
        came.take({"kind": kind, "delta": delta})
        came.turn("coming")
    for kind, part in (("text", Words), ("thinking", Thoughts)):
        shown = "".join(each.text for each in came.turn("whole").parts if isinstance(each, part))
        told = "".join(delta for of, delta in deltas if of == kind)
        assert shown.replace("\n", "") == told.replace("\n", "")


FORMER = Turn("assistant", (Thoughts("Hm."), Words("Half an")), "a", "m", "cut off", Tokens(9, 3))


def test_an_answer_goes_on_in_its_own_words_below_what_led_to_them() -> None:
    coming = Coming(FORMER)
    assert (coming.has_begun, coming.turn("coming").parts) == (False, FORMER.parts)
    coming.take({"kind": "thinking", "delta": "So."})
    assert coming.turn("coming").parts == (Thoughts("Hm."), Thoughts("So."), Words("Half an"))
    for delta in ("\n\nanswer", "."):
        coming.take({"kind": "text", "delta": delta})
    coming.take(CALL)
    coming.take({"kind": "text", "delta": "\n\nFound."})
    turn = coming.turn("coming")
    grown = (Thoughts("Hm."), Thoughts("So."), Words("Half an\n\nanswer."))
    assert turn.parts == (*grown, Call("t1", "look", "{}"), Words("Found."))
    assert (turn.message_id, turn.model, turn.state, turn.tokens) == ("a", "m", "coming", Tokens(9, 3))


def test_an_answer_without_a_word_goes_on_below_its_thoughts() -> None:
    coming = Coming(Turn("assistant", (Thoughts("Hm."),), "a"))
    coming.take({"kind": "text", "delta": "\n\nFound."})
    assert coming.turn("coming").parts == (Thoughts("Hm."), Words("Found."))


def test_costs_are_added_where_they_are_known() -> None:
    assert Tokens(1, 1) + Tokens(2, 2, 0.5) + Tokens(3, 3, 0.25) == Tokens(6, 6, 0.75)
