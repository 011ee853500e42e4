from __future__ import annotations

from typing import Any

from lsp_llm.chat.session import Session
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.tools.approval import Claim
from lsp_llm.tools.desk import Question
from lsp_llm.tools.execution import Limits
from tests.chat.sending import Ear

CALL = ToolCall("1", "weather")
QUESTION = Question(CALL, Claim("weather"), "weather?")


def session() -> Session:
    made = Session("c", "redact", Limits())
    made.offer({"weather": ToolSpec("weather", "")})
    return made


async def test_what_tools_do_is_passed_on_to_whoever_follows() -> None:
    made, ear = session(), Ear()
    made.called(CALL, None)
    made.follow(ear)
    made.called(CALL, None)
    made.ended(ToolResult("1", "weather", "sun"))
    assert (ear.calls, [result.text for result in ear.results]) == (["1"], ["sun"])
    assert made.ended_calls["1"].text == "sun"
    made.follow(None)
    made.ended(ToolResult("2", "weather", "rain"))
    assert (len(ear.results), list(made.ended_calls)) == (1, ["2"])
    made.follow(ear)
    assert made.ended_calls == {}


async def test_the_client_may_answer_a_call_of_its_own_once_it_is_approved() -> None:
    made = session()
    calls: Any = made.client_calls
    made.called(CALL, QUESTION)
    assert not calls.answer("1", "too early", is_error=False)
    made.settled("1", "approved")
    assert calls.answer("1", "sun", is_error=False)
    made.called(ToolCall("2", "weather"), None)
    assert calls.answer("2", "sun", is_error=False)


async def test_what_was_denied_or_is_ours_is_not_the_clients() -> None:
    made = session()
    made.called(CALL, QUESTION)
    made.settled("1", "denied")
    made.called(ToolCall("2", "read_file"), None)
    assert not made.client_calls.answer("1", "x", is_error=False)
    assert not made.client_calls.answer("2", "x", is_error=False)
