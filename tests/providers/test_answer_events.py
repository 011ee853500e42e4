from __future__ import annotations

from lsp_llm.errors import Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.stream.events import (
    Failed,
    Finish,
    ReplayGiven,
    Text,
    Thinking,
    ToolArguments,
    ToolCalled,
    Unknown,
    UsageReported,
)


def test_what_was_put_in_is_handed_over_once() -> None:
    out = AnswerEvents()
    out.think("hm")
    out.say("a")
    out.count(Usage(1, 2))
    out.note("odd", {"x": 1})
    assert out.hand_over() == [Thinking("hm"), Text("a"), UsageReported(Usage(1, 2)), Unknown("odd: {'x': 1}")]
    assert out.hand_over() == []


def test_halves_of_characters_wait_for_each_other_and_come_before_the_end() -> None:
    out = AnswerEvents()
    out.say("\ud83d")
    assert out.hand_over() == []
    out.say("\ude00")
    out.think("\ud83d")
    out.end(FinishReason.STOP)
    assert out.hand_over() == [Text("😀"), Thinking("\ufffd"), Finish(FinishReason.STOP)]


def test_calls_and_what_goes_back_come_whole_before_the_end() -> None:
    out = AnswerEvents()
    out.call(call_id="c", name="f", arguments='{"x"')
    out.call(arguments=": 1}")
    out.replay = Replay("d", 1)
    out.end(FinishReason.STOP)
    assert out.hand_over() == [
        ToolArguments("f", '{"x"'),
        ToolArguments("f", ": 1}"),
        ToolCalled(ToolCall("c", "f", '{"x": 1}')),
        ReplayGiven(Replay("d", 1)),
        Finish(FinishReason.TOOL_USE),
    ]


def test_calls_of_an_answer_that_was_cut_off_do_not_hide_why() -> None:
    out = AnswerEvents()
    out.call(call_id="c", name="f", arguments='{"x"')
    out.end(FinishReason.LENGTH)
    assert out.hand_over()[-1] == Finish(FinishReason.LENGTH)


def test_the_first_ending_stands() -> None:
    out = AnswerEvents()
    error = Unavailable("gone")
    out.fail(error)
    out.end(FinishReason.STOP)
    out.fail(Unavailable("again"))
    assert out.hand_over() == [Failed(error)]
    assert out.has_ended
