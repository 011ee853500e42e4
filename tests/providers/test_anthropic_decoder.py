from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import BadResponse, ContextExceeded, ProviderError, RateLimited, Refused, Truncated, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.providers.anthropic_decoder import AnthropicReading
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.events import (
    Event,
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
from tests.every_way import decode, decode_every_way, text_of, thinking_of
from tests.providers.recorded import body_of

STOP = Finish(FinishReason.STOP)
RECITAL = (
    "Hello from a real llama.cpp server: größe 日本語 😀!\n"
    "```python\ndef add(first, second):\n    return first + second\n``` end."
)
GREETING = "Hello größe 日本語 😀 from aimock. This is the streamed answer."
END: dict[str, Any] = {"type": "message_stop"}


def sse(*values: dict[str, Any]) -> bytes:
    return b"".join(f"event: {value.get('type', 'x')}\ndata: {json.dumps(value)}\n\n".encode() for value in values)


def begun(index: int | None, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, **fields}}


def more(index: int | None, kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def said(words: str, index: int | None = 0) -> dict[str, Any]:
    return more(index, "text_delta", text=words)


def ended(reason: str | None, **usage: Any) -> dict[str, Any]:
    return {"type": "message_delta", "delta": {"stop_reason": reason}, **({"usage": usage} if usage else {})}


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(lambda: StreamDecoder(AnthropicReading()), body)
    assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
    return events


def failure(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


def calls(events: list[Event]) -> list[ToolCall]:
    return [event.call for event in events if isinstance(event, ToolCalled)]


def replayed(events: list[Event]) -> Any:
    values = [event.replay.value for event in events if isinstance(event, ReplayGiven)]
    assert len(values) <= 1
    return values[0] if values else None


def usage(events: list[Event]) -> Usage:
    return [event.usage for event in events if isinstance(event, UsageReported)][-1]


@pytest.mark.parametrize(
    ("name", "text", "thinking", "counts"),
    [
        ("llamacpp/anthropic_text", RECITAL, "", Usage(35, 18, cache_read_tokens=8)),
        (
            "llamacpp/anthropic_think",
            "<think>\nLet me think about this.\n</think>\n\nThe answer is 42.",
            "",
            Usage(25, 9, cache_read_tokens=24),
        ),
        (
            "llamacpp/anthropic_thinking_blocks",
            "The answer is 42.",
            "Let me think about this.\n",
            Usage(25, 9, cache_read_tokens=24),
        ),
        ("aimock/anthropic_text", GREETING, "", Usage()),
        ("aimock/anthropic_think", "The answer is 42.", "Let me think about this carefully.", Usage()),
    ],
)
def test_recordings(name: str, text: str, thinking: str, counts: Usage) -> None:
    events = decoded(body_of(name))
    assert (text_of(events), thinking_of(events), usage(events), events[-1]) == (text, thinking, counts, STOP)
    assert not [event for event in events if isinstance(event, Unknown)]


@pytest.mark.parametrize(
    ("name", "ids", "counts"),
    [
        ("aimock/anthropic_tools", ["toolu_18632YEhEbaVSZk8", "toolu_PtW1kzXjRG0oOCzv"], Usage()),
        (
            "llamacpp/anthropic_tools",
            ["IOTHGPWnBN49uE2jw5sDRFdPeOZ9aFox", "HF9cx60jaz9zIa7nFe0e2ywmYHyahzQT"],
            Usage(722, 9, cache_read_tokens=721),
        ),
    ],
)
def test_recorded_tool_calls(name: str, ids: list[str], counts: Usage) -> None:
    events = decoded(body_of(name))
    assert [call.call_id for call in calls(events)] == ids
    assert [(call.name, json.loads(call.arguments), call.problem) for call in calls(events)] == [
        ("add", {"first": 1, "second": 22}, ""),
        ("read_file", {"path": "src/main.py"}, ""),
    ]
    assert (text_of(events), usage(events), events[-1]) == ("", counts, Finish(FinishReason.TOOL_USE))
    assert replayed(events) is None


def test_a_recorded_signed_thought_goes_back_word_for_word() -> None:
    assert replayed(decoded(body_of("aimock/anthropic_think"))) == [
        {
            "type": "thinking",
            "thinking": "Let me think about this carefully.",
            "signature": "aimock-placeholder-signature",
        },
        {"type": "text", "text": "The answer is 42."},
    ]


def test_a_thought_that_nobody_signed_does_not_go_back() -> None:
    assert replayed(decoded(body_of("llamacpp/anthropic_thinking_blocks"))) is None


def test_trap_30_blocks_interleave_and_a_signature_may_come_late() -> None:
    events = decoded(
        sse(
            begun(0, "thinking", thinking="", signature=""),
            more(0, "thinking_delta", thinking="Hm"),
            begun(1, "text", text="A"),
            said("b", 1),
            begun(2, "tool_use", id="t1", name="add"),
            more(2, "input_json_delta", partial_json=""),
            more(2, "input_json_delta", partial_json='{"a":'),
            begun(3, "tool_use", id="t2", name="now", input={}),
            more(0, "signature_delta", signature="si"),
            more(0, "signature_delta", signature="gn"),
            said("c", 1),
            more(2, "input_json_delta", partial_json="1}"),
            ended("tool_use"),
            END,
        )
    )
    assert (text_of(events), thinking_of(events)) == ("Abc", "Hm")
    assert calls(events) == [ToolCall("t1", "add", '{"a":1}'), ToolCall("t2", "now", "{}")]
    assert replayed(events) == [
        {"type": "thinking", "thinking": "Hm", "signature": "sign"},
        {"type": "text", "text": "Abc"},
        {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}},
        {"type": "tool_use", "id": "t2", "name": "now", "input": {}},
    ]
    assert [type(event) for event in events[-4:]] == [ToolCalled, ToolCalled, ReplayGiven, Finish]


def test_thoughts_that_are_hidden_go_back_too() -> None:
    hidden = {"type": "redacted_thinking", "data": "x"}
    body = sse(
        begun(0, "redacted_thinking", data="x"),
        begun(1, "thinking", thinking="", signature=""),
        more(1, "signature_delta", signature="s"),
        begun(2, "text", text="A"),
        ended("end_turn"),
        END,
    )
    events = decoded(body)
    assert replayed(events) == [
        hidden,
        {"type": "thinking", "thinking": "", "signature": "s"},
        {"type": "text", "text": "A"},
    ]
    assert [event for event in events if isinstance(event, Thinking | Unknown)] == []


def test_a_pause_gives_everything_back_also_what_the_server_did_by_itself() -> None:
    events = decoded(
        sse(
            begun(0, "text", text=""),
            begun(1, "server_tool_use", id="s1", name="web_search", input={}),
            more(1, "input_json_delta", partial_json='{"q": "a"}'),
            begun(2, "web_search_tool_result", tool_use_id="s1", content=[{"encrypted_content": "z"}]),
            begun(3, "text", text="", citations=[]),
            more(3, "citations_delta", citation={"n": 1}),
            said("A", 3),
            ended("pause_turn"),
            END,
        )
    )
    assert replayed(events) == [
        {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"q": "a"}},
        {"type": "web_search_tool_result", "tool_use_id": "s1", "content": [{"encrypted_content": "z"}]},
        {"type": "text", "text": "A", "citations": [{"n": 1}]},
    ]
    assert calls(events) == []
    assert events[-1] == Finish(FinishReason.PAUSE)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("end_turn", FinishReason.STOP),
        ("max_tokens", FinishReason.LENGTH),
        ("stop_sequence", FinishReason.STOP_SEQUENCE),
        ("tool_use", FinishReason.TOOL_USE),
        ("pause_turn", FinishReason.PAUSE),
        ("model_context_window_exceeded", FinishReason.CONTEXT_EXCEEDED),
        ("something_new", FinishReason.UNKNOWN),
        (None, FinishReason.UNKNOWN),
    ],
)
def test_stop_reasons(word: str | None, reason: FinishReason) -> None:
    assert decoded(sse(begun(0, "text", text="a"), ended(word), END)) == [Text("a"), Finish(reason)]


@pytest.mark.parametrize(
    ("details", "sentence"),
    [
        ({"type": "refusal", "category": "cyber", "explanation": "No malware."}, "The model declined: No malware."),
        ({"type": "refusal", "category": "cyber", "explanation": None}, "The model declined: cyber"),
        (None, "The model declined to answer."),
    ],
)
def test_a_refusal_is_no_answer(details: object, sentence: str) -> None:
    stop = {"type": "message_delta", "delta": {"stop_reason": "refusal", "stop_details": details}}
    error = failure(decoded(sse(begun(0, "text", text=""), said("I"), stop, END)))
    assert isinstance(error, Refused)
    assert str(error) == sentence


def test_a_call_that_the_limit_cut_is_never_carried_out_and_goes_back_empty() -> None:
    events = decoded(
        sse(
            begun(0, "redacted_thinking", data="x"),
            begun(1, "tool_use", id="t1", name="add", input={}),
            more(1, "input_json_delta", partial_json='{"a":'),
            ended("max_tokens"),
            END,
        )
    )
    assert calls(events)[0].problem
    assert replayed(events)[1]["input"] == {}
    assert events[-1] == Finish(FinishReason.LENGTH)


def test_a_call_that_comes_in_one_piece() -> None:
    events = decoded(sse(begun(0, "tool_use", id="t1", name="add", input={"a": 1}), ended("tool_use"), END))
    assert calls(events) == [ToolCall("t1", "add", '{"a": 1}')]


def test_blocks_without_an_index_or_with_one_and_the_same() -> None:
    for index in (None, 0):
        events = decoded(
            sse(
                begun(index, "text", text=""),
                said("a", index),
                begun(index, "tool_use", id="t1", name="add"),
                more(index, "input_json_delta", partial_json="{}"),
                begun(index, "tool_use", id="t2", name="now"),
                ended("tool_use"),
                END,
            )
        )
        assert calls(events) == [ToolCall("t1", "add"), ToolCall("t2", "now")]


def test_token_counts_come_together_from_all_reports() -> None:
    start = {
        "type": "message_start",
        "message": {
            "usage": {"input_tokens": 5, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 3, "new": {}}
        },
    }
    last = ended("end_turn", output_tokens=7, input_tokens=0, output_tokens_details={"thinking_tokens": 4})
    assert usage(decoded(sse(start, ended(None, output_tokens=2), last, END))) == Usage(28, 7, 20, 3, 4)


def test_strange_token_counts_do_not_cost_the_answer() -> None:
    events = decoded(sse(begun(0, "text", text="a"), ended("end_turn", output_tokens="many"), END))
    assert events == [Text("a"), Unknown("token counts: {'output_tokens': 'many'}"), STOP]


def test_text_of_a_block_that_never_began_is_read_all_the_same() -> None:
    events = decoded(sse(said("a"), ended("end_turn"), END))
    assert events == [Text("a"), Unknown("a piece of a block that never began: text_delta"), STOP]


def test_trap_9_and_21_without_an_ending_an_answer_is_truncated() -> None:
    body = sse(begun(0, "text", text=""), said("a"))
    events = decoded(body + b'data: {"type":"message_st')
    assert (events[0], type(failure(events))) == (Text("a"), Truncated)
    assert isinstance(failure(decoded(body + sse(ended(None)))), Truncated)
    assert decoded(body + sse(ended("end_turn")))[-1] == STOP
    assert decoded(body + sse(ended("end_turn"), END).rstrip())[-1] == STOP


def test_trap_11_what_is_new_is_noted_and_ignored() -> None:
    events = decoded(
        sse(
            {"type": "new_event"},
            begun(0, "text", text="", new=1),
            more(0, "new_delta", text="no"),
            said("a"),
            {"type": "ping"},
            {"type": "content_block_stop", "index": 0},
            ended("end_turn"),
            END,
        )
    )
    assert [event for event in events if not isinstance(event, Unknown)] == [Text("a"), STOP]
    assert [event.raw for event in events if isinstance(event, Unknown)] == [
        'an unknown event: {"type": "new_event"}',
        "a piece of a block: new_delta",
    ]


def test_a_block_that_is_not_understood_does_not_go_back_in_part() -> None:
    body = sse(
        begun(0, "redacted_thinking", data="x"),
        begun(1, "new", content=None),
        more(1, "new_delta", content="c"),
        begun(2, "text", text="A"),
        ended("end_turn"),
        END,
    )
    assert [block["type"] for block in replayed(decoded(body))] == ["redacted_thinking", "text"]


def test_trap_12_the_data_names_the_event_and_its_field_does_where_the_data_is_silent() -> None:
    start, text = begun(0, "text", text=""), said("a")
    wrong = b"event: ping\n" + sse(text).partition(b"\n")[2]
    del text["type"]
    silent = b"event: content_block_delta\ndata: " + json.dumps(text).encode() + b"\n\n"
    assert text_of(decoded(sse(start) + wrong + silent + sse(ended("end_turn"), END))) == "aa"


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "content_block_delta", "index": 0},
        {"type": "content_block_delta", "index": 0, "delta": None},
        more(0, "text_delta", text=None),
        {"type": "message_start", "message": None},
        {"type": "message_delta", "delta": None, "usage": None},
        {"type": "content_block_start", "index": 0, "content_block": None},
    ],
)
def test_trap_13_an_event_that_says_nothing_costs_nothing(odd: dict[str, Any]) -> None:
    events = decoded(sse(begun(0, "text", text=""), odd, said("a"), ended("end_turn"), END))
    assert [event for event in events if not isinstance(event, Unknown)] == [Text("a"), STOP]


def test_trap_15_the_first_reason_stands() -> None:
    assert decoded(sse(ended("max_tokens"), ended("end_turn"), END))[-1] == Finish(FinishReason.LENGTH)


def test_trap_18_an_answer_in_one_piece() -> None:
    body = {
        "type": "message",
        "content": [
            {"type": "thinking", "thinking": "Hm", "signature": "s"},
            {"type": "text", "text": "A"},
            {"type": "tool_use", "id": "t1", "name": "add", "input": {"a": 1}},
        ],
        "stop_reason": "tool_use",
        "usage": {"input_tokens": 3, "output_tokens": 4},
    }
    events = decoded(json.dumps(body, indent=1).encode())
    assert (text_of(events), thinking_of(events), usage(events)) == ("A", "Hm", Usage(3, 4))
    assert calls(events) == [ToolCall("t1", "add", '{"a": 1}')]
    assert replayed(events) == body["content"]
    assert events[-1] == Finish(FinishReason.TOOL_USE)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (body_of("aimock/anthropic_529"), Unavailable),
        (body_of("llamacpp/err_context"), ContextExceeded),
        (b"<html><body>Log in</body></html>", BadResponse),
        (b'{"foo": 1}', BadResponse),
        (b"", Truncated),
    ],
)
def test_trap_17_19_43_a_body_that_is_no_answer(body: bytes, kind: type[Exception]) -> None:
    assert type(failure(decoded(body))) is kind


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, Unavailable),
        ({"type": "error", "error": {"type": "rate_limit_error", "message": "Slow"}}, RateLimited),
        ({"type": "error", "error": {"type": "invalid_request_error", "message": "No"}}, Refused),
        ({"type": "error", "error": {"type": "api_error", "message": "Oops"}, "request_id": "r"}, Unavailable),
        ({"error": {"code": 400, "message": "exceeds the available context size"}}, ContextExceeded),
    ],
)
def test_trap_25_an_error_in_the_middle(event: dict[str, Any], kind: type[Exception]) -> None:
    events = decoded(sse(begun(0, "text", text="a"), event, said("b"), END))
    assert text_of(events) == "a"
    assert type(failure(events)) is kind


def test_an_error_event_of_any_shape_is_an_error() -> None:
    error = failure(decoded(b'event: error\ndata: {"reason": "Oops"}\n\n'))
    assert str(error) == 'The host reported an error: {"reason": "Oops"}'


def test_trap_26_malformed_json_fails() -> None:
    assert isinstance(failure(decoded(b"data: {]\n\n" + sse(END))), BadResponse)


def test_trap_32_halves_of_a_character_are_joined_in_text_and_in_what_goes_back() -> None:
    halves = [more(0, "thinking_delta", thinking="\ud83d"), more(0, "thinking_delta", thinking="\ude00")]
    sign = more(0, "signature_delta", signature="s")
    events = decoded(sse(begun(0, "thinking", thinking=""), *halves, sign, ended("end_turn"), END))
    assert thinking_of(events) == "😀"
    assert replayed(events) == [{"type": "thinking", "thinking": "😀", "signature": "s"}]


def test_trap_39_what_follows_the_end_is_ignored() -> None:
    assert decoded(sse(ended("end_turn"), END, said("late")) + b"data: [DONE]\n\n") == [STOP]


def test_arguments_under_way_are_a_sign_of_life() -> None:
    body = sse(begun(0, "tool_use", id="t", name="add"), more(0, "input_json_delta", partial_json="{"))
    reading = StreamDecoder(AnthropicReading())
    assert reading.push(body) == [ToolArguments("add", ""), ToolArguments("add", "{")]


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(st.integers(0, 3), WORDS), max_size=30), st.integers(1, 200))
def test_any_interleaving_keeps_every_block_and_its_order(pieces: list[tuple[int, str]], size_bytes: int) -> None:
    starts = [begun(index, "thinking", thinking="", signature="s") for index in range(4)]
    body = sse(*starts, *(more(at, "thinking_delta", thinking=word) for at, word in pieces), ended("end_turn"), END)
    chunks = [body[at : at + size_bytes] for at in range(0, len(body), size_bytes)]
    events = decode(lambda: StreamDecoder(AnthropicReading()), chunks)
    assert thinking_of(events) == "".join(word for _, word in pieces)
    assert [block["thinking"] for block in replayed(events)] == [
        "".join(word for at, word in pieces if at == index) for index in range(4)
    ]


WORDS_OF_THE_DIALECT = (
    *("type", "index", "delta", "content_block", "message", "usage", "error", "text", "thinking", "signature", "input"),
    *("partial_json", "citation", "citations", "stop_reason", "stop_details", "content", "id", "name", "input_tokens"),
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS_OF_THE_DIALECT), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4), JSON)
def test_whatever_a_host_sends_there_is_one_ending_and_no_fault_of_ours(values: list[object], last: object) -> None:
    typed = [value if isinstance(value, dict) else {"type": "ping"} for value in values]
    asked = {"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "input": last}}
    cited = more(0, "citations_delta", citation=last)
    for body in (sse(asked, *typed, cited, END), json.dumps(values).encode(), json.dumps(last).encode()):
        events = decode(lambda: StreamDecoder(AnthropicReading()), [body])
        assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
