from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.errors import Auth, ContextExceeded, RateLimited
from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.base import Codec
from lsp_llm.providers.gemini import GeminiCodec
from lsp_llm.stream.events import ReplayGiven, ToolCalled
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of, head_of

CODEC: Codec = GeminiCodec()
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
NOW = ToolSpec("now", "The time.")


def encoded(*messages: Message, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(ModelRequest("", messages, **more)))
    return body


def contents(*messages: Message) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = encoded(*messages)["contents"]
    return sent


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    messages = (Message("system", "A."), Message("user", "Hi."), Message("assistant", "Yes?"), Message("system", "B."))
    expected = {
        "systemInstruction": {"parts": [{"text": "A.\n\nB."}]},
        "contents": [{"role": "user", "parts": [{"text": "Hi."}]}, {"role": "model", "parts": [{"text": "Yes?"}]}],
    }
    assert encoded(*messages) == encoded(*messages, cache_key="work") == expected


def test_the_address_names_the_model_and_asks_for_events() -> None:
    assert (CODEC.path, CODEC.query) == ("/models/{model}:streamGenerateContent", {"alt": "sse"})
    assert CODEC.headers == {}


def test_the_body_never_names_the_model() -> None:
    assert "model" not in json.loads(CODEC.encode(ModelRequest("gemini-3.7-flash", (Message("user", "Hi."),))))


def test_params_pass_through_and_stand_above_ours() -> None:
    params = {"generationConfig": {"thinkingConfig": {"thinkingLevel": "LOW"}}, "systemInstruction": None}
    body = encoded(Message("system", "A."), Message("user", "Hi."), params=params)
    assert {name: body[name] for name in params} == params


def test_tools_calls_and_results() -> None:
    calls = (ToolCall("c1", "add", '{"a": 1}'), ToolCall("c2", "now"))
    results = (ToolResult("c1", "add", "2"), ToolResult("c2", "now", "no clock", is_error=True))
    body = encoded(
        Message("user", "Go."),
        Message("assistant", "I add.", tool_calls=calls),
        Message("user", "And now?", tool_results=results),
        tools=(ADD, NOW),
    )
    assert body["tools"] == [
        {
            "functionDeclarations": [
                {"name": "add", "description": "Adds.", "parametersJsonSchema": ADD.parameters},
                {"name": "now", "description": "The time."},
            ]
        }
    ]
    assert body["contents"][1:] == [
        {
            "role": "model",
            "parts": [
                {"text": "I add."},
                {"functionCall": {"name": "add", "args": {"a": 1}}},
                {"functionCall": {"name": "now", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "add", "response": {"output": "2"}}},
                {"functionResponse": {"name": "now", "response": {"error": "no clock"}}},
                {"text": "And now?"},
            ],
        },
    ]


def test_a_call_that_was_none_goes_back_as_an_object_all_the_same() -> None:
    broken = ToolCall("c1", "add", '{"a": ', "The arguments are no valid JSON.")
    assert contents(Message("assistant", "", tool_calls=(broken,)))[0]["parts"] == [
        {"functionCall": {"name": "add", "args": {}}}
    ]


def test_what_the_host_gave_for_this_turn_goes_back_word_for_word() -> None:
    parts = [{"text": "Hm", "thought": True}, {"text": "", "thoughtSignature": "s"}, {"new": [1]}]
    answered = Message("assistant", "A", replay=Replay("gemini", parts))
    assert contents(answered)[0] == {"role": "model", "parts": parts}
    assert contents(Message("assistant", "A", replay=Replay("anthropic", parts)))[0]["parts"] == [{"text": "A"}]


def test_an_id_goes_with_a_result_only_where_the_host_gave_it() -> None:
    given = [{"functionCall": {"id": "theirs", "name": "add"}}, {"functionCall": {"name": "add"}}]
    results = (ToolResult("theirs", "add", "1"), ToolResult("call_2", "add", "2"))
    sent = contents(
        Message("assistant", "", replay=Replay("gemini", given)),
        Message("user", "", tool_results=results),
    )
    assert [part["functionResponse"].get("id") for part in sent[1]["parts"]] == ["theirs", None]


def test_an_id_of_an_earlier_turn_means_nothing_in_the_next() -> None:
    """The ids that we make up begin anew with every answer, and a host may have given the same one before."""
    sent = contents(
        Message("assistant", "", replay=Replay("gemini", [{"functionCall": {"id": "call_1", "name": "add"}}])),
        Message("user", "", tool_results=(ToolResult("call_1", "add", "1"),)),
        Message("assistant", "", replay=Replay("gemini", [{"functionCall": {"name": "add"}}])),
        Message("user", "", tool_results=(ToolResult("call_1", "add", "2"),)),
    )
    responses = [part["functionResponse"] for turn in sent[1::2] for part in turn["parts"]]
    assert [response.get("id") for response in responses] == ["call_1", None]


def test_a_recorded_call_is_answered_by_name_and_order() -> None:
    """A turn as the tools' loop plays it: what was decoded goes back, and with it the results of its calls."""
    events = decode_every_way(CODEC.decoder, body_of("aimock/gemini_tools"))
    calls = tuple(event.call for event in events if isinstance(event, ToolCalled))
    replay = next(event.replay for event in events if isinstance(event, ReplayGiven))
    results = tuple(ToolResult(call.call_id, call.name, "ok") for call in calls)
    sent = contents(Message("assistant", "", calls, replay=replay), Message("user", "", tool_results=results))
    given = json.loads(body_of("aimock/gemini_tools").removeprefix(b"data: "))["candidates"][0]["content"]
    assert sent == [
        given,
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "add", "response": {"output": "ok"}}},
                {"functionResponse": {"name": "read_file", "response": {"output": "ok"}}},
            ],
        },
    ]


def test_turns_that_say_nothing_are_left_out() -> None:
    sent = contents(Message("user", "Q"), Message("assistant", ""), Message("user", "R"))
    assert [turn["role"] for turn in sent] == ["user", "user"]


def test_text_passes_exactly_and_half_a_character_does_no_harm() -> None:
    assert contents(Message("user", "größe\u2028\x00😀 \ud83d"))[0]["parts"] == [{"text": "größe\u2028\x00😀 \ufffd"}]


@pytest.mark.parametrize("name", ["aimock/gemini_text", "aimock/vertex_text"])
def test_a_decoder_is_fresh_each_time(name: str) -> None:
    for _ in range(2):
        assert text_of(decode_every_way(CODEC.decoder, body_of(name))).startswith("Hello größe")


def test_a_recorded_rate_limit() -> None:
    error = CODEC.error(*head_of("aimock/gemini_429"), body_of("aimock/gemini_429"))
    assert isinstance(error, RateLimited)
    assert error.retry_after_seconds == 1


def test_the_wait_is_read_from_the_body_where_no_header_names_one() -> None:
    details = [{"@type": "…QuotaFailure"}, {"@type": "…RetryInfo", "retryDelay": "31.5s"}]
    body = {"error": {"code": 429, "message": "Slow", "status": "RESOURCE_EXHAUSTED", "details": details}}
    for sent in (body, [body]):
        error = CODEC.error(429, {}, json.dumps(sent).encode())
        assert isinstance(error, RateLimited)
        assert error.retry_after_seconds == 31.5
    by_header = CODEC.error(429, {"retry-after": "2"}, json.dumps(body).encode())
    assert isinstance(by_header, RateLimited)
    assert by_header.retry_after_seconds == 2


@pytest.mark.parametrize(
    ("status", "word", "message", "kind"),
    [
        (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", Auth),
        (
            400,
            "INVALID_ARGUMENT",
            "The input token count (9) exceeds the maximum number of tokens allowed (8).",
            ContextExceeded,
        ),
    ],
)
def test_errors(status: int, word: str, message: str, kind: type[Exception]) -> None:
    body = [{"error": {"code": status, "message": message, "status": word}}]
    assert type(CODEC.error(status, {}, json.dumps(body).encode())) is kind
