from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import (
    Auth,
    BadResponse,
    ContextExceeded,
    ProviderError,
    RateLimited,
    Refused,
    Truncated,
    Unavailable,
)
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.providers.openai_chat_decoder import OpenAIChatReading
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.events import (
    Event,
    Failed,
    Finish,
    ReplayGiven,
    Text,
    Thinking,
    ToolCalled,
    Unknown,
    UsageReported,
)
from tests.every_way import decode_every_way, text_of, thinking_of
from tests.providers.recorded import body_of

DONE = b"data: [DONE]\n\n"
STOP = Finish(FinishReason.STOP)
RECITAL = (
    "Hello from a real llama.cpp server: größe 日本語 😀!\n"
    "```python\ndef add(first, second):\n    return first + second\n``` end."
)
GREETING = "Hello größe 日本語 😀 from aimock. This is the streamed answer."


def sse(*values: object) -> bytes:
    return b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)


def chunk(reason: str | None = None, index: int | None = 0, **delta: object) -> dict[str, object]:
    return {"choices": [{"index": index, "delta": delta, "finish_reason": reason}]}


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(lambda: StreamDecoder(OpenAIChatReading()), body)
    assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
    return events


def failure(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


def usages(events: list[Event]) -> list[Usage]:
    return [event.usage for event in events if isinstance(event, UsageReported)]


@pytest.mark.parametrize(
    ("name", "text", "thinking"),
    [
        ("llamacpp/chat_text", RECITAL, ""),
        ("llamacpp/chat_ping", RECITAL, ""),
        ("llamacpp/chat_nostream", RECITAL, ""),
        ("llamacpp/chat_stop", RECITAL.partition("```")[0], ""),
        ("llamacpp/chat_think", "<think>\nLet me think about this.\n</think>\n\nThe answer is 42.", ""),
        ("llamacpp/chat_think_reasoning_content", "The answer is 42.", "Let me think about this.\n"),
        ("aimock/chat_text", GREETING, ""),
        ("aimock/azure_chat", GREETING, ""),
        ("aimock/openrouter_chat", GREETING, ""),
        ("aimock/chat_think", "The answer is 42.", "Let me think about this carefully."),
    ],
)
def test_recordings(name: str, text: str, thinking: str) -> None:
    events = decoded(body_of(name))
    assert (text_of(events), thinking_of(events), events[-1]) == (text, thinking, STOP)
    assert not [event for event in events if isinstance(event, Unknown)]


@pytest.mark.parametrize("name", ["llamacpp/chat_tools_parallel", "aimock/chat_tools"])
def test_recorded_parallel_calls(name: str) -> None:
    events = decoded(body_of(name))
    calls = [event.call for event in events if isinstance(event, ToolCalled)]
    assert (text_of(events), events[-1]) == ("", Finish(FinishReason.TOOL_USE))
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [
        ("add", {"first": 1, "second": 22}),
        ("read_file", {"path": "src/main.py"}),
    ]
    assert len({call.call_id for call in calls}) == 2


def test_reasoning_before_a_call_is_kept_for_the_next_turn() -> None:
    call = {"index": 0, "id": "c", "function": {"name": "now", "arguments": ""}}
    events = decoded(
        sse(chunk(reasoning_content="a "), chunk(reasoning_content="b"), chunk("tool_calls", tool_calls=[call])) + DONE
    )
    assert ToolCalled(ToolCall("c", "now")) in events
    assert events[-2] == ReplayGiven(Replay("openai_chat", {"reasoning_content": "a b"}))


def test_recorded_token_counts() -> None:
    assert usages(decoded(body_of("llamacpp/chat_text"))) == [Usage(25, 18, cache_read_tokens=24)]
    assert usages(decoded(body_of("aimock/chat_text"))) == [Usage(2, 15)]


def test_trap_7_a_byte_order_mark_does_not_cost_the_first_word() -> None:
    assert text_of(decoded(b"\xef\xbb\xbf" + sse(chunk(content="a"), chunk("stop")) + DONE)) == "a"


def test_trap_8_the_separators_of_unicode_are_text() -> None:
    body = 'data: {"choices":[{"delta":{"content":"a\u2028b\u2029c\x85d"},"finish_reason":"stop"}]}\n\n'
    assert text_of(decoded(body.encode())) == "a\u2028b\u2029c\x85d"


def test_trap_9_a_last_event_without_its_blank_line_counts() -> None:
    assert decoded(sse(chunk(content="a"), chunk("stop", content="b")).rstrip()) == [Text("a"), Text("b"), STOP]


def test_trap_9_a_last_event_that_is_cut_is_truncated() -> None:
    events = decoded(sse(chunk(content="a")) + b'data: {"choices":[{"del')
    assert events[0] == Text("a")
    assert isinstance(failure(events), Truncated)
    assert str(failure(events)) == "The host ended the answer in the middle."
    assert decoded(sse(chunk("stop", content="a")) + b"data: [DON")[-1] == STOP


def test_trap_11_unknown_events_and_fields_are_ignored() -> None:
    first = {**chunk(content="a", new=[1]), "new": {"deep": []}, "obfuscation": "xyz", "created": 0.5}
    events = decoded(b"event: new\n" + sse({"type": "new"}) + sse(first, chunk("stop")) + DONE)
    assert events == [Unknown('an event without choices: {"type": "new"}'), Text("a"), STOP]


NULLS: dict[str, Any] = {"role": None, "content": None, "tool_calls": None, "refusal": None, "reasoning": None}


@pytest.mark.parametrize(
    "odd",
    [
        chunk(role="assistant", content=""),
        chunk(**NULLS),
        chunk(""),
        chunk(index=None),
        {"choices": [{"index": 0}]},
        {"choices": [{"index": 0, "delta": None}], "usage": None, "error": None},
        {"choices": []},
    ],
)
def test_trap_13_an_event_that_says_nothing_yields_nothing(odd: object) -> None:
    assert decoded(sse(odd, chunk(content="a"), odd, chunk("stop"), odd) + DONE) == [Text("a"), STOP]


def test_trap_14_token_counts_in_every_place() -> None:
    counts = {"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 8}}
    for body in (
        sse(chunk("stop"), {"choices": [], "usage": counts}),
        sse({**chunk("stop"), "usage": counts}),
        sse(chunk("stop"), {"usage": counts}),
        sse({**chunk("stop"), "x_groq": {"id": "r", "usage": counts}}),
    ):
        assert usages(decoded(body + DONE)) == [Usage(9, 4, cache_read_tokens=8)]


def test_trap_14_every_kind_of_token_and_the_last_report_is_last() -> None:
    details = {
        "prompt_tokens": 9,
        "completion_tokens": 4.0,
        "prompt_tokens_details": {"cached_tokens": None, "cache_write_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 3},
        "prompt_cache_hit_tokens": 7,
        "cost": 0.1,
    }
    early = {**chunk(content="a"), "usage": {"prompt_tokens": 9}}
    events = decoded(sse(early, {**chunk("stop"), "usage": details}) + DONE)
    assert usages(events) == [Usage(9), Usage(9, 4, 7, 2, 3)]


def test_trap_14_strange_token_counts_do_not_cost_the_answer() -> None:
    events = decoded(sse({**chunk("stop", content="a"), "usage": {"prompt_tokens": "many"}}) + DONE)
    assert events == [Text("a"), Unknown("token counts: {'prompt_tokens': 'many'}"), STOP]


def test_trap_15_text_after_the_finish_reason_counts_and_the_first_reason_stands() -> None:
    events = decoded(sse(chunk("length", content="a"), chunk("stop", content="b")) + DONE)
    assert events == [Text("a"), Text("b"), Finish(FinishReason.LENGTH)]


def test_trap_16_other_choices_are_ignored() -> None:
    other = {"index": 1, "delta": {"content": "x"}, "finish_reason": "length"}
    both = {"choices": [other, {"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}]}
    assert decoded(sse({"choices": [other]}, both) + DONE) == [Text("a"), STOP]


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        (
            {"error": {"message": "No key", "code": 401}},
            Auth,
            "The host does not accept the API key (401): No key",
        ),
        (
            {"error": {"message": "Slow", "code": "rate_limit_exceeded"}},
            RateLimited,
            "The host limits the rate of requests: Slow",
        ),
        ({"detail": "Boom"}, Unavailable, "The host is not available: Boom"),
        (
            {"foo": 1},
            BadResponse,
            'The host answered (200) with something else instead of a stream: {"foo": 1}',
        ),
        (
            {"choices": []},
            BadResponse,
            'The host answered (200) with something else instead of a stream: {"choices": []}',
        ),
        ([], BadResponse, "The host answered (200) with nothing instead of a stream."),
    ],
)
def test_trap_17_an_error_with_status_200_is_an_error(body: object, kind: type, sentence: str) -> None:
    error = failure(decoded(json.dumps(body).encode()))
    assert (type(error), str(error)) == (kind, sentence)


def test_trap_18_a_whole_answer_instead_of_a_stream_is_taken() -> None:
    whole = {"choices": [{"message": {"content": "a", "reasoning": "r"}, "finish_reason": "length"}]}
    assert decoded(b"\n\n" + json.dumps(whole).encode()) == [Thinking("r"), Text("a"), Finish(FinishReason.LENGTH)]
    no_reason = {"choices": [{"message": {"content": "a"}}]}
    assert decoded(json.dumps(no_reason).encode()) == [Text("a"), Finish(FinishReason.UNKNOWN)]


def test_trap_19_a_web_page_instead_of_a_stream() -> None:
    page = b"<!DOCTYPE html><html><title>Sign in</title><script>steal()</script>" + b"<p>word</p>" * 100
    error = failure(decoded(page))
    assert isinstance(error, BadResponse)
    assert str(error).startswith("The host answered (200) with a web page instead of a stream: Sign in word word")
    assert len(str(error)) < 270
    assert error.hint == "Check base_url; a proxy or a login page may be in the way."


def test_plain_words_instead_of_a_stream() -> None:
    error = failure(decoded(b"upstream connect error"))
    assert str(error) == "The host answered (200) with something else instead of a stream: upstream connect error"


def test_trap_21_an_end_without_a_marker_is_never_a_success() -> None:
    events = decoded(sse(chunk(content="a"), {"choices": [], "usage": {"prompt_tokens": 1}}))
    assert events[:2] == [Text("a"), UsageReported(Usage(1))]
    assert isinstance(failure(events), Truncated)


def test_trap_21_a_finish_reason_without_the_marker_is_enough() -> None:
    assert decoded(sse(chunk("stop", content="a"))) == [Text("a"), STOP]


def test_the_marker_without_a_finish_reason_is_enough() -> None:
    assert decoded(sse(chunk(content="a")) + DONE) == [Text("a"), Finish(FinishReason.UNKNOWN)]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("length", FinishReason.LENGTH),
        ("model_length", FinishReason.LENGTH),
        ("tool_calls", FinishReason.TOOL_USE),
        ("function_call", FinishReason.TOOL_USE),
        ("content_filter", FinishReason.CONTENT_FILTER),
        ("eos", FinishReason.UNKNOWN),
    ],
)
def test_finish_reasons(word: str, reason: FinishReason) -> None:
    assert decoded(sse(chunk(word)) + DONE) == [Finish(reason)]


@pytest.mark.parametrize("word", ["error", "abort", "insufficient_system_resource"])
def test_a_finish_reason_of_failure_fails(word: str) -> None:
    events = decoded(sse(chunk(content="a"), chunk(word), chunk(content="b")) + DONE)
    assert events[0] == Text("a")
    assert str(failure(events)) == f"The host ended the answer early ({word})."


@pytest.mark.parametrize(
    ("report", "kind", "sentence"),
    [
        (
            {"error": {"message": "Overloaded", "type": "overloaded_error"}},
            Unavailable,
            "The host is not available: Overloaded",
        ),
        (
            {"error": {"code": 429, "message": "Slow down"}, **chunk("error", content="b")},
            RateLimited,
            "The host limits the rate of requests (429): Slow down",
        ),
        (
            {"object": "error", "message": "Bad", "type": "BadRequestError", "code": 400},
            Refused,
            "The host refused the request (400): Bad",
        ),
        (
            {"error": {"message": "too big", "type": "exceed_context_size_error", "code": 400}},
            ContextExceeded,
            "The prompt is too long for the model (400): too big",
        ),
        ({"error": "boom"}, Unavailable, "The host is not available: boom"),
    ],
)
def test_trap_25_an_error_inside_the_stream(report: object, kind: type, sentence: str) -> None:
    events = decoded(sse(chunk(content="a"), report, chunk("stop", content="never")) + DONE)
    assert (type(failure(events)), str(failure(events))) == (kind, sentence)
    assert text_of(events) in ("a", "ab")


def test_trap_25_an_event_named_error_is_one() -> None:
    error = failure(decoded(b"event: error\n" + sse({"reason": "boom"})))
    assert str(error) == 'The host reported an error: {"reason": "boom"}'


def test_trap_26_malformed_json_fails_and_is_named() -> None:
    events = decoded(sse(chunk(content="a")) + b'data: {"choices": oops}\n\n' + sse(chunk("stop", content="b")) + DONE)
    assert events[0] == Text("a")
    assert type(failure(events)).__mro__[1] is BadResponse
    assert str(failure(events)) == 'The host sent JSON that is malformed at character 12, near: {"choices": oops}'
    assert failure(events).hint == "The host may not speak this dialect: check the provider's dialect and base_url."


def test_another_shape_fails() -> None:
    error = failure(decoded(sse({"choices": [{"delta": {"content": 5}}]}) + DONE))
    assert str(error).startswith("The host sent an event of an unknown shape: Expected")


def test_trap_27_a_large_event_works_and_a_bomb_does_not() -> None:
    large = "x" * (2 << 20)
    decoder = StreamDecoder(OpenAIChatReading())
    assert decoder.push(sse(chunk(content=large))) == [Text(large)]
    events = [event for _ in range(9) for event in decoder.push(b"data: " + b"x" * (2 << 20))]
    assert str(failure(events)) == "The host sent one event of more than 16777216 bytes."
    assert decoder.push(DONE) == decoder.finish() == []


def test_trap_32_a_character_cut_over_two_events() -> None:
    body = sse(chunk(content="a\ud83d"), chunk(content="\ude00"), chunk("stop", content="b\ud83d")) + DONE
    assert rb"\ud83d" in body
    assert text_of(decoded(body)) == "a😀b\ufffd"
    thoughts = sse(chunk(reasoning="\ud83d", content="x"), chunk("stop", reasoning="\ude00"))
    assert thinking_of(decoded(thoughts)) == "😀"


def test_trap_39_what_follows_the_marker_is_ignored() -> None:
    tail = sse(chunk("length", content="b"), {"error": {"message": "late"}}) + b"data: {oops\n\n" + DONE
    assert decoded(sse(chunk("stop", content="a")) + DONE + tail) == [Text("a"), STOP]


def test_trap_42_ids_times_and_models_do_not_matter() -> None:
    odd = [{**chunk(content="a"), "id": 7, "created": -1.5}, {**chunk("stop"), "id": None, "model": ["other"]}]
    assert decoded(sse(*odd) + DONE) == [Text("a"), STOP]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf", b": wait\n\n", b"event: ping\n\n"])
def test_trap_43_an_empty_answer_is_truncated(body: bytes) -> None:
    error = failure(decoded(body))
    assert isinstance(error, Truncated)
    assert str(error) == "The host closed the connection without an answer."


def test_reasoning_under_both_names_counts_once() -> None:
    events = decoded(sse(chunk(reasoning="r", reasoning_content="r"), chunk(reasoning="s"), chunk("stop")) + DONE)
    assert thinking_of(events) == "rs"


def test_mistrals_parts() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "r"}, {"type": "new"}]}
    parts = [thought, {"type": "text", "text": "a"}, {"type": "image"}]
    events = decoded(sse(chunk("stop", content=parts)) + DONE)
    assert events == [Thinking("r"), Text("a"), Unknown("a part of the answer: {'type': 'image'}"), STOP]


def test_a_refusal_is_no_answer() -> None:
    events = decoded(sse(chunk(refusal="I can"), chunk(refusal="not do that."), chunk("stop")) + DONE)
    assert isinstance(failure(events), Refused)
    assert str(failure(events)) == "The model declined: I cannot do that."


@given(st.lists(st.text(max_size=8), max_size=6), st.booleans())
def test_any_text_arrives_whole_however_it_is_cut(deltas: list[str], escaped: bool) -> None:
    values = [chunk(content=delta) for delta in deltas]
    body = "".join(f"data: {json.dumps(value, ensure_ascii=escaped)}\r\n\r\n" for value in values).encode()
    events = decoded(body + sse(chunk("stop")))
    assert (text_of(events), events[-1]) == ("".join(deltas), STOP)


@given(st.binary(max_size=60))
def test_any_bytes_end_in_one_failure_or_finish(noise: bytes) -> None:
    decoded(noise)
    decoded(sse(chunk(content="a")) + noise)
