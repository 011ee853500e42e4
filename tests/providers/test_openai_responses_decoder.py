from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import Auth, BadResponse, ProviderError, RateLimited, Refused, Truncated, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.providers.openai_responses_decoder import OpenAIResponsesReading
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.events import (
    Event,
    Failed,
    Finish,
    ReplayGiven,
    Text,
    ToolArguments,
    ToolCalled,
    Unknown,
    UsageReported,
)
from tests.every_way import decode_every_way, text_of, thinking_of
from tests.providers.recorded import body_of

STOP = Finish(FinishReason.STOP)
TOOL_USE = Finish(FinishReason.TOOL_USE)
RECITAL = (
    "Hello from a real llama.cpp server: größe 日本語 😀!\n"
    "```python\ndef add(first, second):\n    return first + second\n``` end."
)
GREETING = "Hello größe 日本語 😀 from aimock. This is the streamed answer."
THOUGHT = "<think>\nLet me think about this.\n</think>\n\nThe answer is 42."
DONE = b"data: [DONE]\n\n"


def sse(*events: dict[str, Any]) -> bytes:
    """Events as the host sends them: each is named in the event's line and again in its data."""
    lines = (f"event: {event.get('type', '')}\ndata: {json.dumps(event)}\n\n" for event in events)
    return "".join(lines).encode()


def told(kind: str, **fields: object) -> dict[str, Any]:
    return {"type": f"response.{kind}", **fields}


def text(delta: str, **fields: object) -> dict[str, Any]:
    return told("output_text.delta", **{"item_id": "msg_1", "output_index": 0, "delta": delta, **fields})


def ended(status: str = "completed", **fields: object) -> dict[str, Any]:
    return told(status, response={"status": status, **fields})


def message(*texts: str) -> dict[str, Any]:
    return {"type": "message", "id": "msg_1", "content": [{"type": "output_text", "text": text} for text in texts]}


def called(arguments: object = "", call_id: str = "call_1", item_id: str = "fc_1", name: str = "add") -> dict[str, Any]:
    return {"type": "function_call", "id": item_id, "call_id": call_id, "name": name, "arguments": arguments}


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(lambda: StreamDecoder(OpenAIResponsesReading()), body)
    assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
    return events


def failure(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


def calls(events: list[Event]) -> list[ToolCall]:
    return [event.call for event in events if isinstance(event, ToolCalled)]


def usages(events: list[Event]) -> list[Usage]:
    return [event.usage for event in events if isinstance(event, UsageReported)]


def replayed(events: list[Event]) -> list[dict[str, Any]]:
    return [item for event in events if isinstance(event, ReplayGiven) for item in event.replay.value]


@pytest.mark.parametrize(
    ("name", "words", "thinking", "usage"),
    [
        ("llamacpp/responses_text", RECITAL, "", Usage(25, 18, cache_read_tokens=24)),
        ("llamacpp/responses_think", THOUGHT, "", Usage(25, 9, cache_read_tokens=24)),
        (
            "llamacpp/responses_reasoning",
            "The answer is 42.",
            "Let me think about this.\n",
            Usage(25, 9, cache_read_tokens=24),
        ),
        ("aimock/responses_text", GREETING, "", Usage()),
        ("aimock/responses_think", "The answer is 42.", "Let me think about this carefully.", Usage()),
    ],
)
def test_recordings(name: str, words: str, thinking: str, usage: Usage) -> None:
    events = decoded(body_of(name))
    assert (text_of(events), thinking_of(events), usages(events), events[-1]) == (words, thinking, [usage], STOP)
    assert not [event for event in events if isinstance(event, Unknown)]


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        (
            "llamacpp/responses_tools",
            ("call_lpY5OKRZ2IIFYOJxoD5rKdIgHaYGw844", "call_OPbzJqd08KcC2Osmx8raRK5WqwD8s4V7"),
        ),
        ("aimock/responses_tools", ("call_Vd07O07liR7OIfYS", "call_0LFoZs3USn--QKFR")),
    ],
)
def test_recorded_calls(name: str, ids: tuple[str, str]) -> None:
    events = decoded(body_of(name))
    assert calls(events) == [
        ToolCall(ids[0], "add", '{"first": 1, "second": 22}'),
        ToolCall(ids[1], "read_file", '{"path": "src/main.py"}'),
    ]
    assert [item["call_id"] for item in replayed(events)] == list(ids)
    assert (text_of(events), events[-1]) == ("", TOOL_USE)


@pytest.mark.parametrize("name", ["llamacpp/responses_reasoning", "aimock/responses_think"])
def test_recorded_reasoning_goes_back_word_for_word(name: str) -> None:
    last = json.loads(body_of(name).strip().rpartition(b"data: ")[2])
    assert replayed(decoded(body_of(name))) == last["response"]["output"]
    assert [item["type"] for item in last["response"]["output"]] == ["reasoning", "message"]


def test_a_turn_of_plain_text_needs_no_replay() -> None:
    assert replayed(decoded(body_of("llamacpp/responses_text"))) == []
    phased = message("a") | {"phase": "final_answer"}
    assert replayed(decoded(sse(text("a"), ended(output=[phased])))) == [phased]


def test_without_an_output_the_whole_items_are_the_turn_in_their_order() -> None:
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA="}
    events = decoded(
        sse(
            told("output_item.added", item={**reasoning, "encrypted_content": None}),
            told("output_item.added", item=called()),
            told("output_item.done", item=called("{}")),
            told("output_item.done", item=reasoning),
            ended(output=[]),
        )
    )
    assert replayed(events) == [reasoning, called("{}")]


def test_a_cut_turn_is_not_replayed() -> None:
    cut = ended("incomplete", incomplete_details={"reason": "max_output_tokens"}, output=[called('{"a')])
    events = decoded(sse(told("output_item.added", item=called()), cut))
    assert (replayed(events), events[-1]) == ([], Finish(FinishReason.LENGTH))
    assert calls(events)[0].problem == 'The arguments are no valid JSON: {"a'


def test_fragments_belong_to_their_call_by_place_or_by_id() -> None:
    second = called(call_id="call_2", item_id="fc_2", name="sub")
    for first_key, second_key in (
        ({"output_index": 0}, {"output_index": 1}),
        ({"item_id": "fc_1"}, {"item_id": "fc_2"}),
        ({"output_index": 0, "item_id": "odd"}, {"output_index": 1, "item_id": "other"}),
    ):
        events = decoded(
            sse(
                told("output_item.added", item=called(), output_index=0),
                told("output_item.added", item=second, output_index=1),
                told("function_call_arguments.delta", delta='{"a"', **first_key),
                told("function_call_arguments.delta", delta='{"b"', **second_key),
                told("function_call_arguments.delta", delta=": 1}", **first_key),
                told("function_call_arguments.delta", delta=": 2}", **second_key),
                ended(),
            )
        )
        assert calls(events) == [ToolCall("call_1", "add", '{"a": 1}'), ToolCall("call_2", "sub", '{"b": 2}')]
        assert ToolArguments("sub", ": 2}") in events


def test_whole_arguments_stand_above_their_fragments() -> None:
    begun = (
        told("output_item.added", item=called(), output_index=0),
        told("function_call_arguments.delta", delta='{"a": oops', output_index=0),
    )
    whole = '{"a": 1}'
    for said in (
        told("function_call_arguments.done", arguments=whole, output_index=0),
        told("output_item.done", item=called(whole), output_index=0),
        ended(output=[called(whole)]),
    ):
        assert calls(decoded(sse(*begun, said, ended()))) == [ToolCall("call_1", "add", whole)]


def test_a_call_that_nobody_announced_comes_with_its_item() -> None:
    stray = told("function_call_arguments.delta", delta='{"a": 1}', output_index=0, item_id="fc_1")
    done = told("output_item.done", item=called('{"a": 1}'), output_index=0)
    assert calls(decoded(sse(stray, done, ended(output=[called('{"a": 1}')])))) == [
        ToolCall("call_1", "add", '{"a": 1}')
    ]


def test_text_that_was_not_streamed_comes_with_the_end() -> None:
    assert text_of(decoded(sse(ended(output=[message("a", "b")])))) == "ab"
    assert text_of(decoded(sse(text("a"), ended(output=[message("a", "b")])))) == "ab"
    assert text_of(decoded(sse(text("a"), ended(output=[])))) == "a"
    assert text_of(decoded(sse(told("output_item.done", item=message("a")), ended()))) == "a"


def test_text_that_was_streamed_otherwise_stays_and_is_noted() -> None:
    events = decoded(sse(text("a"), ended(output=[message("b")])))
    assert events == [Text("a"), Unknown("the whole text is not what was streamed: b"), STOP]


def test_the_parts_of_a_summary_are_paragraphs() -> None:
    part = told("reasoning_summary_part.added")
    first, second = (told("reasoning_summary_text.delta", delta=delta) for delta in ("One.", "Two."))
    assert thinking_of(decoded(sse(part, first, part, second, ended()))) == "One.\n\nTwo."


def test_reasoning_that_was_not_streamed_comes_with_the_end() -> None:
    reasoning = {"type": "reasoning", "summary": [{"type": "summary_text", "text": text} for text in ("One.", "Two.")]}
    assert thinking_of(decoded(sse(ended(output=[reasoning])))) == "One.\n\nTwo."


def test_trap_11_unknown_events_and_fields_are_ignored() -> None:
    search = told("web_search_call.searching", item_id="ws_1")
    events = decoded(sse(search, {"type": "new"}, {"type": "keepalive"}, text("a", obfuscation="xyz"), ended(new=1)))
    assert events == [Unknown('an event: {"type": "new"}'), Text("a"), STOP]


def test_trap_12_the_type_in_the_data_counts() -> None:
    named = b"event: response.failed\ndata: " + json.dumps(text("a")).encode() + b"\n\n"
    unnamed = b"data: " + json.dumps(text("b")).encode() + b"\n\n"
    typeless = b'event: response.output_text.delta\ndata: {"delta": "c"}\n\n'
    assert decoded(named + unnamed + typeless + sse(ended())) == [Text("a"), Text("b"), Text("c"), STOP]


@pytest.mark.parametrize(
    "odd",
    [
        told("output_item.added", item=None),
        told("output_item.done", item=[]),
        told("output_text.delta", delta=None),
        told("output_text.delta"),
        told("function_call_arguments.delta", delta="x"),
        told("refusal.delta", delta=None),
    ],
)
def test_trap_13_an_event_that_says_nothing_costs_nothing(odd: dict[str, Any]) -> None:
    events = decoded(sse(odd, text("a"), odd, ended()))
    assert [event for event in events if not isinstance(event, Unknown)] == [Text("a"), STOP]


def test_trap_14_every_kind_of_token() -> None:
    counts = {
        "input_tokens": 9,
        "input_tokens_details": {"cached_tokens": 7, "cache_write_tokens": 2},
        "output_tokens": 4.0,
        "output_tokens_details": {"reasoning_tokens": 3},
    }
    assert usages(decoded(sse(ended(usage=counts)))) == [Usage(9, 4, 7, 2, 3)]
    assert usages(decoded(sse(ended(usage=None)))) == []
    assert decoded(sse(text("a"), ended(usage={"input_tokens": "many"}))) == [
        Text("a"),
        Unknown("token counts: {'input_tokens': 'many'}"),
        STOP,
    ]


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (
            {"error": {"message": "No key", "code": 401}},
            Auth,
            "The host does not accept the API key (401): No key",
        ),
        (
            {"status": "failed", "output": [], "error": {"code": "server_error", "message": "Boom"}},
            Unavailable,
            "The host is not available: Boom",
        ),
        (
            {"status": "queued", "output": []},
            BadResponse,
            'The host answered (200) with something else instead of a stream: {"status": "queued", "output": []}',
        ),
        ([], BadResponse, "The host answered (200) with nothing instead of a stream."),
    ],
)
def test_trap_17_an_error_with_status_200_is_an_error(status: object, kind: type, sentence: str) -> None:
    error = failure(decoded(json.dumps(status).encode()))
    assert (type(error), str(error)) == (kind, sentence)


def test_trap_18_an_answer_in_one_piece_is_an_answer() -> None:
    reasoning = {"type": "reasoning", "id": "rs_1", "content": [{"type": "reasoning_text", "text": "Hm."}]}
    output = [reasoning, message("a"), called("{}")]
    events = decoded(json.dumps({"status": "completed", "output": output, "usage": {"input_tokens": 1}}).encode())
    assert (thinking_of(events), text_of(events), calls(events)) == ("Hm.", "a", [ToolCall("call_1", "add")])
    assert (replayed(events), usages(events), events[-1]) == (output, [Usage(1)], TOOL_USE)


def test_trap_19_a_web_page_is_named() -> None:
    error = failure(decoded(b"<html><body>Log in</body></html>"))
    assert str(error) == "The host answered (200) with a web page instead of a stream: Log in"


@pytest.mark.parametrize("tail", [b"", DONE, b'event: response.completed\ndata: {"type": "response.comp'])
def test_trap_21_an_end_without_the_last_event_is_never_a_success(tail: bytes) -> None:
    events = decoded(sse(text("a"), told("output_item.done", item=message("a"))) + tail)
    assert events[0] == Text("a")
    assert isinstance(failure(events), Truncated)


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"reason": "max_output_tokens"}, FinishReason.LENGTH),
        ({"reason": "content_filter"}, FinishReason.CONTENT_FILTER),
        ({"reason": "steered"}, FinishReason.UNKNOWN),
        ({}, FinishReason.UNKNOWN),
        (None, FinishReason.UNKNOWN),
    ],
)
def test_reasons_of_an_incomplete_answer(details: object, reason: FinishReason) -> None:
    events = decoded(sse(text("a"), ended("incomplete", incomplete_details=details)))
    assert events == [Text("a"), Finish(reason)]


@pytest.mark.parametrize(
    ("report", "kind", "sentence"),
    [
        (
            {"type": "error", "code": "server_is_overloaded", "message": "Too busy", "param": None},
            Unavailable,
            "The host is not available: Too busy",
        ),
        (
            {"type": "error", "error": {"type": "invalid_request_error", "message": "Bad"}},
            Refused,
            "The host refused the request: Bad",
        ),
        (
            ended("failed", error={"code": "rate_limit_exceeded", "message": "Please try again in 20s."}),
            RateLimited,
            "The host limits the rate of requests: Please try again in 20s.",
        ),
        (ended("failed"), Unavailable, "The host gave the answer up (failed)."),
        (told("cancelled", response=None), Unavailable, "The host gave the answer up (cancelled)."),
    ],
)
def test_trap_25_an_error_inside_the_stream(report: dict[str, Any], kind: type, sentence: str) -> None:
    events = decoded(sse(text("a"), report, text("never"), ended()) + DONE)
    assert (events[0], type(failure(events)), str(failure(events))) == (Text("a"), kind, sentence)


def test_trap_25_an_event_named_error_is_one() -> None:
    error = failure(decoded(b'event: error\ndata: {"reason": "boom"}\n\n'))
    assert str(error) == 'The host reported an error: {"reason": "boom"}'


def test_a_host_that_asks_to_wait_inside_the_stream_is_heard() -> None:
    asked = {"code": "rate_limit_exceeded", "message": "Please try again in 20s."}
    error = failure(decoded(sse(ended("failed", error=asked))))
    assert isinstance(error, RateLimited)
    assert error.retry_after_seconds == 20


def test_trap_26_malformed_json_fails_and_is_named() -> None:
    events = decoded(sse(text("a")) + b'data: {"type": oops}\n\n' + sse(ended()))
    assert events[0] == Text("a")
    assert str(failure(events)) == 'The host sent JSON that is malformed at character 9, near: {"type": oops}'


def test_another_shape_fails() -> None:
    for body in (sse(ended(output="x")), sse({"type": 5})):
        assert "of an unknown shape: Expected" in str(failure(decoded(body)))


def test_trap_32_a_character_cut_over_two_events() -> None:
    body = sse(text("a\ud83d"), text("\ude00b"), ended(output=[message("a😀b")]))
    assert decoded(body)[-1] == STOP
    assert text_of(decoded(body)) == "a😀b"


def test_trap_39_what_follows_the_end_is_ignored() -> None:
    assert decoded(sse(text("a"), ended()) + DONE + sse(text("b"), ended("failed"))) == [Text("a"), STOP]


def test_a_refusal_is_no_answer() -> None:
    refused = {"type": "message", "content": [{"type": "refusal", "refusal": "I cannot do that."}]}
    deltas = [told("refusal.delta", delta=delta) for delta in ("I cannot", " do that.")]
    for body in (sse(*deltas, ended()), sse(*deltas, ended(output=[refused])), sse(ended(output=[refused]))):
        assert isinstance(failure(decoded(body)), Refused)
        assert str(failure(decoded(body))) == "The model declined: I cannot do that."


@given(st.lists(st.text(max_size=8), max_size=6), st.booleans())
def test_any_text_arrives_whole_however_it_is_cut(deltas: list[str], repeated: bool) -> None:
    output = [message(*deltas)] if repeated else []
    events = decoded(sse(*map(text, deltas), ended(output=output)))
    assert (text_of(events), events[-1]) == ("".join(deltas), STOP)


@given(st.binary(max_size=60))
def test_any_bytes_end_in_one_failure_or_finish(noise: bytes) -> None:
    decoded(noise)
    decoded(sse(text("a")) + noise)
