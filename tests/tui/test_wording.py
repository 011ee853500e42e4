"""The words on the screen."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from lsp_llm.commands.chat_shapes import SummaryShape
from lsp_llm.providers.discovery_presets import PresetRow
from lsp_llm.tui.faults import Fault
from lsp_llm.tui.states import Connected, Disconnected
from lsp_llm.tui.turns import Call, Tokens, Turn, TurnState
from lsp_llm.tui.wording import (
    LONGEST_RESULT,
    MARKS,
    activity,
    call_text,
    call_title,
    chat_line,
    fault_words,
    heading,
    meter,
    preset_line,
)
from tests.tui.shapes import chat, question
from tests.tui.test_talk import ASKS, loading, new_talk, sending


def test_every_state_of_a_turn_that_is_not_the_usual_one_is_marked() -> None:
    assert set(MARKS) == set(get_args(TurnState)) - {"whole", "coming"}
    assert heading(Turn("assistant", model="m", state="queued")) == "m · not sent yet"
    assert (heading(Turn("user")), heading(Turn("assistant"))) == ("You", "Answer")


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ({}, "●∙∙ waiting for the first word, 0 s · Esc stops"),
        ({"kind": "thinking"}, "●∙∙ thinking · Esc stops"),
        ({"kind": "rateLimitWait", "remainingSeconds": 7}, "rate limit: asked again in 7 s · Esc stops"),
        (
            {"kind": "connectionIssue", "errorType": "Unavailable", "retryAttempt": 2, "maxAttempts": 3},
            "the host of the model is not reached (Unavailable): attempt 2 of 3 · Esc stops",
        ),
    ],
)
def test_what_goes_on_before_the_first_word(status: dict[str, Any], said: str) -> None:
    talk = new_talk()
    sending(talk)
    assert activity(talk, status, Connected(), 0) == said


def test_what_goes_on_later() -> None:
    talk = new_talk()
    order = sending(talk)
    talk.progress(order.token, {"kind": "text", "delta": "x"})
    assert activity(talk, {}, Connected(), 0.3) == "∙●∙ writing · Esc stops"
    talk.type("more")
    assert activity(talk, {}, Connected(), 0).endswith(", 1 message waits until then")
    talk.progress(order.token, ASKS)
    assert "Tab" in activity(talk, {}, Connected(), 0)
    talk.lost()
    talk.type("more")
    assert activity(talk, {}, Disconnected(), 0) == "2 messages wait until there is a connection"


def test_what_can_be_done_when_nothing_goes_on() -> None:
    talk = new_talk()
    talk.open("c")
    talk.loaded(loading(talk.connected()), chat())
    assert activity(talk, {}, Connected(), 0) == ""
    order = sending(talk := new_talk())
    talk.type("more")
    talk.loaded(loading(talk.failed(order, Fault("timeout", "Late."))), chat(question("id1", "Hello")))
    assert activity(talk, {}, Connected(), 0) == "1 message waits until you press Enter"
    talk.recall()
    assert activity(talk, {}, Connected(), 0) == "the last message has no answer: Enter asks again"
    order = sending(talk := new_talk())
    talk.loaded(loading(talk.failed(order, Fault("rate limit", "Slow.", 9))), chat(question("id1", "Hello")))
    talk.type("more")
    assert activity(talk, {}, Connected(), 0) == "1 message waits until then, or until you press Enter"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("network", "Down."), "Network: Down."),
        (Fault("timeout", "Late."), "Timeout: Late."),
        (Fault("malformed answer", "What?"), "Malformed answer: What?"),
        (Fault("invalid key", "No."), "Invalid key: No. It is looked for in THE_KEY."),
        (Fault("rate limit", "Slow.", 7), "Rate limit: Slow. Asked again in 5 s."),
        (Fault("refused", "No such preset."), "No such preset."),
    ],
)
def test_a_failure_says_of_what_kind_it_is(fault: Fault, said: str) -> None:
    assert fault_words(fault, 5.0, "THE_KEY") == said


def test_without_a_place_or_a_wait_nothing_is_said_of_it() -> None:
    assert fault_words(Fault("invalid key", "No."), 0, "") == "Invalid key: No."
    assert fault_words(Fault("rate limit", "Slow."), 0, "THE_KEY") == "Rate limit: Slow."


def test_tokens_and_cost() -> None:
    assert meter(Tokens()) == ""
    assert meter(Tokens(900, 30)) == "900 in · 30 out"
    assert meter(Tokens(12_345, 30, 0.01234)) == "12k in · 30 out · cost 0.0123"


def test_a_call_in_a_line_and_in_full() -> None:
    call = Call("c", "look", '{"path":\n "a.py"}', "done", "x" * (LONGEST_RESULT + 5))
    assert call_title(call) == 'look {"path": "a.py"} · done'
    assert call_title(Call("c", "look", "y" * 100)).endswith("y… · running")
    assert call_text(call).endswith("… and 5 characters more, in the chat's file")
    assert call_text(Call("c", "look", "{}")) == "{}"


def test_lines_of_lists() -> None:
    assert chat_line(SummaryShape("c", "Talk", "", "2026-11-20T10:11:12+00:00")) == "2026-11-20 10:11  Talk"
    row = PresetRow("fast", "openai", "m", "", "missing", "THE_KEY", "")
    assert preset_line(row) == "fast  m (openai)  · no key in THE_KEY"
