from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import BadResponse, ProviderError, RateLimited, Refused, Truncated, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.providers.gemini import GeminiCodec
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
GREETING = "Hello größe 日本語 😀 from aimock. This is the streamed answer."
OVERLOADED = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}


def sse(*values: object) -> bytes:
    return b"".join(b"data: " + json.dumps(value).encode() + b"\r\n\r\n" for value in values)


def chunk(*parts: dict[str, Any], reason: str | None = None, **fields: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": reason, "index": 0}
    return {"candidates": [candidate], "modelVersion": "m", "responseId": "r", **fields}


def said(words: str, **more: Any) -> dict[str, Any]:
    return chunk({"text": words, **more})


def called(name: str = "", *, part: dict[str, Any] | None = None, **call: Any) -> dict[str, Any]:
    named = {"name": name} if name else {}
    return chunk({"functionCall": {**named, **call}, **(part or {})})


def ended(reason: str = "STOP", **fields: Any) -> dict[str, Any]:
    return {"candidates": [{"finishReason": reason, **fields}]}


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(GeminiCodec().decoder, body)
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


@pytest.mark.parametrize(
    ("name", "text", "thinking"),
    [
        ("aimock/gemini_text", GREETING, ""),
        ("aimock/vertex_text", GREETING, ""),
        ("aimock/gemini_think", "The answer is 42.", "Let me think about this carefully."),
    ],
)
def test_recordings(name: str, text: str, thinking: str) -> None:
    events = decoded(body_of(name))
    assert (text_of(events), thinking_of(events)) == (text, thinking)
    assert events[-2:] == [UsageReported(Usage()), STOP]
    assert not [event for event in events if isinstance(event, Unknown | ReplayGiven)]


def test_recorded_tool_calls() -> None:
    events = decoded(body_of("aimock/gemini_tools"))
    assert calls(events) == [
        ToolCall("call_1", "add", '{"first": 1, "second": 22}'),
        ToolCall("call_2", "read_file", '{"path": "src/main.py"}'),
    ]
    assert replayed(events) == [
        {"functionCall": {"name": "add", "args": {"first": 1, "second": 22}}},
        {"functionCall": {"name": "read_file", "args": {"path": "src/main.py"}}},
    ]
    assert (text_of(events), events[-1]) == ("", Finish(FinishReason.TOOL_USE))


def test_a_call_ends_the_answer_whatever_the_host_says() -> None:
    events = decoded(sse(called("add", id="theirs", args={"a": 1}), ended("STOP")))
    assert calls(events) == [ToolCall("theirs", "add", '{"a": 1}')]
    assert events[-1] == Finish(FinishReason.TOOL_USE)


def test_signatures_go_back_on_their_own_parts() -> None:
    signed_call = {"functionCall": {"name": "now", "args": {}}, "thoughtSignature": "s1"}
    events = decoded(
        sse(
            said("Hm", thought=True),
            said("m", thought=True),
            said("I "),
            said("ask."),
            chunk(signed_call, {"functionCall": {"name": "now"}}),
            chunk({"text": "", "thoughtSignature": "s2"}),
            ended(),
        )
    )
    assert (text_of(events), thinking_of(events)) == ("I ask.", "Hmm")
    assert replayed(events) == [
        {"text": "Hmm", "thought": True},
        {"text": "I ask."},
        signed_call,
        {"functionCall": {"name": "now", "args": {}}},
        {"text": "", "thoughtSignature": "s2"},
    ]


def test_trap_31_ids_that_are_missing_or_stand_twice() -> None:
    body = sse(called("add", id="x", args={"n": 1}), called("add", id="x", args={"n": 2}), called("add"), ended())
    given = calls(decoded(body))
    assert [(call.name, call.arguments) for call in given] == [("add", '{"n": 1}'), ("add", '{"n": 2}'), ("add", "{}")]
    assert len({call.call_id for call in given}) == 3


def test_arguments_that_come_in_pieces() -> None:
    path = "$.location"
    pieces = [{"jsonPath": path, "stringValue": "Par", "willContinue": True}, {"jsonPath": "$.n", "numberValue": 2}]
    events = decoded(
        sse(
            called("weather", id="w", willContinue=True),
            called(part={"thoughtSignature": "s"}, partialArgs=pieces, willContinue=True),
            called(partialArgs=[{"jsonPath": path, "stringValue": "is"}], willContinue=True),
            called(),
            called("now", willContinue=True),
            called("then", id="t", willContinue=True),
            called("then", id="t", partialArgs=[{"jsonPath": "$.a", "numberValue": 1}]),
            ended(),
        )
    )
    assert calls(events) == [
        ToolCall("w", "weather", '{"location": "Paris", "n": 2}'),
        ToolCall("call_1", "now"),
        ToolCall("t", "then", '{"a": 1}'),
    ]
    assert replayed(events) == [
        {
            "functionCall": {"name": "weather", "id": "w", "args": {"location": "Paris", "n": 2}},
            "thoughtSignature": "s",
        },
        {"functionCall": {"name": "now", "args": {}}},
        {"functionCall": {"name": "then", "id": "t", "args": {"a": 1}}},
    ]


@pytest.mark.parametrize(
    "last", [[], [called(partialArgs=[{"jsonPath": "?", "stringValue": "x"}])], [called(partialArgs=[7])]]
)
def test_arguments_that_are_cut_or_make_no_sense_are_never_carried_out(last: list[dict[str, Any]]) -> None:
    started = called("add", partialArgs=[{"jsonPath": "$.a", "numberValue": 1}], willContinue=True)
    [call] = calls(decoded(sse(started, *last, ended("MAX_TOKENS"))))
    assert call.problem


def test_arguments_under_way_are_a_sign_of_life() -> None:
    decoder = GeminiCodec().decoder()
    assert decoder.push(sse(called("add", willContinue=True))) == [ToolArguments("add", "")]
    assert decoder.push(sse(called(willContinue=True))) == [ToolArguments("add", "")]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("STOP", FinishReason.STOP),
        ("MAX_TOKENS", FinishReason.LENGTH),
        ("CONTINUATION", FinishReason.LENGTH),
        ("SAFETY", FinishReason.CONTENT_FILTER),
        ("RECITATION", FinishReason.CONTENT_FILTER),
        ("LANGUAGE", FinishReason.CONTENT_FILTER),
        ("BLOCKLIST", FinishReason.CONTENT_FILTER),
        ("PROHIBITED_CONTENT", FinishReason.CONTENT_FILTER),
        ("SPII", FinishReason.CONTENT_FILTER),
        ("MODEL_ARMOR", FinishReason.CONTENT_FILTER),
        ("OTHER", FinishReason.UNKNOWN),
        ("SOMETHING_NEW", FinishReason.UNKNOWN),
    ],
)
def test_finish_reasons(word: str, reason: FinishReason) -> None:
    assert decoded(sse(said("a"), ended(word))) == [Text("a"), Finish(reason)]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("MALFORMED_FUNCTION_CALL", Unavailable),
        ("UNEXPECTED_TOOL_CALL", Unavailable),
        ("TOO_MANY_TOOL_CALLS", Unavailable),
        ("MALFORMED_RESPONSE", Unavailable),
        ("MISSING_THOUGHT_SIGNATURE", Refused),
    ],
)
def test_reasons_that_are_failures(word: str, kind: type[Exception]) -> None:
    last = ended(word, finishMessage="Malformed function call: x(") | {"usageMetadata": {"promptTokenCount": 3}}
    for body in (sse(said("a"), last, said("b")), json.dumps([said("a"), last, said("b")]).encode()):
        events = decoded(body)
        noted = Unknown("a word on the end: Malformed function call: x(")
        assert events[:-1] == [Text("a"), noted, UsageReported(Usage(3))]
    assert type(failure(events)) is kind


def test_the_limit_may_be_used_up_before_the_first_word() -> None:
    counts = {"promptTokenCount": 4, "thoughtsTokenCount": 99, "totalTokenCount": 103}
    assert decoded(sse({**ended("MAX_TOKENS"), "usageMetadata": counts})) == [
        UsageReported(Usage(4, 99, reasoning_tokens=99)),
        Finish(FinishReason.LENGTH),
    ]


def test_the_last_reason_counts_for_some_models_give_one_with_every_event() -> None:
    body = sse(chunk({"text": "a"}, reason="STOP"), chunk({"text": "b"}, reason="MAX_TOKENS"), said("c"))
    assert decoded(body) == [Text("a"), Text("b"), Text("c"), Finish(FinishReason.LENGTH)]


@pytest.mark.parametrize(
    ("feedback", "sentence"),
    [
        ({"blockReason": "SAFETY", "safetyRatings": []}, "The host blocked the prompt (SAFETY)."),
        (
            {"blockReason": "JAILBREAK", "blockReasonMessage": "No tricks."},
            "The host blocked the prompt (JAILBREAK: No tricks.).",
        ),
    ],
)
def test_a_prompt_that_is_blocked(feedback: dict[str, Any], sentence: str) -> None:
    answer = {"promptFeedback": feedback, "usageMetadata": {"promptTokenCount": 3}}
    for body in (sse(answer), json.dumps(answer).encode()):
        events = decoded(body)
        assert events[0] == UsageReported(Usage(3))
        assert isinstance(failure(events), Refused)
        assert str(failure(events)) == sentence


def test_a_mere_rating_of_the_prompt_blocks_nothing() -> None:
    assert decoded(sse({"promptFeedback": {"safetyRatings": []}}, said("a"), ended())) == [Text("a"), STOP]


def test_token_counts_come_with_every_event_and_the_last_is_last() -> None:
    body = sse(said("a") | {"usageMetadata": {"promptTokenCount": 3}}, ended() | {"usageMetadata": {"x": "y"}})
    events = decoded(body + sse({"usageMetadata": {"promptTokenCount": "many"}}))
    assert events == [
        Text("a"),
        UsageReported(Usage(3)),
        UsageReported(Usage()),
        Unknown("token counts: {'promptTokenCount': 'many'}"),
        STOP,
    ]


def test_trap_9_and_21_without_a_reason_an_answer_is_truncated() -> None:
    events = decoded(sse(said("a")) + b'data: {"candidates":[{"con')
    assert (events[0], type(failure(events))) == (Text("a"), Truncated)
    assert decoded(sse(said("a"), ended()).rstrip())[-1] == STOP


def test_trap_11_what_is_new_is_noted_and_ignored() -> None:
    parts: list[dict[str, Any]] = [{"executableCode": {"code": "1"}}, {"text": "a", "new": 1}, {}, {"thought": True}]
    events = decoded(sse({"new": {}}, chunk(*parts), ended(newField=1)))
    assert [event for event in events if not isinstance(event, ReplayGiven)] == [
        Unknown("a part of the answer: ['executableCode']"),
        Text("a"),
        STOP,
    ]
    assert replayed(events) == parts[:2]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"candidates": None},
        {"candidates": []},
        {"candidates": [{}]},
        {"candidates": [{"content": None, "finishReason": ""}]},
        {"candidates": [{"content": {"role": "model"}}]},
        {"candidates": [{"content": {"parts": None}, "index": None}]},
        {"candidates": [{"content": {"parts": []}}]},
        {"error": None, "promptFeedback": None, "usageMetadata": None},
        said(""),
    ],
)
def test_trap_13_an_event_that_says_nothing_yields_nothing(odd: dict[str, Any]) -> None:
    assert decoded(sse(odd, said("a"), odd, ended(), odd)) == [Text("a"), STOP]


def test_trap_16_other_candidates_are_ignored() -> None:
    other = {"index": 1, "content": {"parts": [{"text": "x"}]}, "finishReason": "MAX_TOKENS"}
    assert decoded(sse({"candidates": [other]}, said("a"), ended())) == [Text("a"), STOP]


def test_trap_18_an_answer_in_one_piece() -> None:
    whole = chunk({"text": "Hm", "thought": True}, {"text": "a"}, reason="STOP", usageMetadata={"promptTokenCount": 2})
    expected = [Thinking("Hm"), Text("a"), UsageReported(Usage(2)), STOP]
    assert decoded(json.dumps(whole, indent=2).encode()) == expected


def test_a_stream_without_its_events_is_an_array() -> None:
    body = b"[" + b"\n,\r\n".join(json.dumps(value, indent=2).encode() for value in (said("a"), said("b"), ended()))
    assert decoded(body + b"\n]\n") == [Text("a"), Text("b"), STOP]
    broken = body + b",\r\n" + json.dumps(OVERLOADED).encode() + b"]"
    assert text_of(decoded(broken)) == "ab"
    assert isinstance(failure(decoded(broken)), Unavailable)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (body_of("aimock/gemini_429"), RateLimited),
        (json.dumps([OVERLOADED]).encode(), Unavailable),
        (b"<html><body>Log in</body></html>", BadResponse),
        (b'{"foo": 1}', BadResponse),
        (b"[]", BadResponse),
        (b"[1]", BadResponse),
        (b'[{"candidates"', BadResponse),
        (b"", Truncated),
    ],
)
def test_trap_17_19_43_a_body_that_is_no_answer(body: bytes, kind: type[Exception]) -> None:
    assert type(failure(decoded(body))) is kind


@pytest.mark.parametrize(
    "error",
    [
        sse(OVERLOADED),
        sse([OVERLOADED]),
        json.dumps(OVERLOADED, indent=2).encode(),
        json.dumps(OVERLOADED, indent=2).replace("\n", "\r\n").encode() + b"\r\n",
        json.dumps([OVERLOADED], indent=2).encode(),
        json.dumps(OVERLOADED).encode(),
    ],
)
def test_trap_25_an_error_in_the_middle(error: bytes) -> None:
    for reason in (None, "STOP"):
        events = decoded(sse(chunk({"text": "a"}, reason=reason)) + error)
        assert events[0] == Text("a")
        assert isinstance(failure(events), Unavailable)
        assert str(failure(events)) == "The host is not available (503): The model is overloaded."


def test_a_bare_error_that_is_cut_leaves_the_answer_truncated() -> None:
    assert isinstance(failure(decoded(sse(said("a")) + b'{\n  "error": {\n    "code"')), Truncated)


def test_an_error_at_the_start_tells_how_long_to_wait() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"}]
    limited = {"error": {"code": 429, "message": "Slow", "status": "RESOURCE_EXHAUSTED", "details": details}}
    for body in (sse(limited), json.dumps(limited).encode(), json.dumps([limited]).encode()):
        error = failure(decoded(body))
        assert isinstance(error, RateLimited)
        assert error.retry_after_seconds == 7


def test_trap_26_malformed_json_fails() -> None:
    assert isinstance(failure(decoded(b"data: {]\n\n" + sse(ended()))), BadResponse)


def test_trap_32_halves_of_a_character_are_joined() -> None:
    assert text_of(decoded(sse(said("\ud83d"), said("\ude00"), ended()))) == "😀"


PARTS = st.lists(st.tuples(st.booleans(), st.text(st.characters(exclude_categories=["Cs"]), max_size=9)), max_size=20)


@given(PARTS, st.integers(1, 200))
def test_thoughts_and_words_keep_their_order_however_they_are_cut(came: list[tuple[bool, str]], size: int) -> None:
    body = sse(*(said(words, thought=is_thought) for is_thought, words in came), ended())
    events = decode(GeminiCodec().decoder, [body[at : at + size] for at in range(0, len(body), size)])
    assert events[:-1] == [Thinking(words) if is_thought else Text(words) for is_thought, words in came if words]


WORDS_OF_THE_DIALECT = (
    *("candidates", "content", "parts", "text", "thought", "thoughtSignature", "functionCall", "name", "id", "args"),
    *("partialArgs", "jsonPath", "stringValue", "willContinue", "index", "finishReason", "finishMessage"),
    *("usageMetadata", "promptTokenCount", "promptFeedback", "blockReason", "blockReasonMessage", "error", "message"),
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
    for body in (
        sse(*values, chunk({"functionCall": last}, {"text": "a"}), last),
        json.dumps(values).encode(),
        json.dumps(last).encode(),
    ):
        events = decode(GeminiCodec().decoder, [body])
        assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
