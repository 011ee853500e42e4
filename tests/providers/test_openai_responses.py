from __future__ import annotations

import json
from typing import Any

from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.base import Codec
from lsp_llm.providers.openai_responses import OpenAIResponsesCodec
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of, head_of

CODEC: Codec = OpenAIResponsesCodec()
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
CALL = ToolCall("call_1", "add", '{"a": 1}')


def encoded(request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(request))
    return body


def said(role: str, text: str) -> dict[str, str]:
    return {"type": "message", "role": role, "content": text}


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    assert encoded(ModelRequest("m", (Message("system", "Be brief."), Message("user", "Hi.")))) == {
        "model": "m",
        "instructions": "Be brief.",
        "input": [said("user", "Hi.")],
        "stream": True,
        "store": False,
        "include": ["reasoning.encrypted_content"],
    }


def test_without_a_model_or_a_system_text_neither_is_named() -> None:
    assert not encoded(ModelRequest("", (Message("user", "Hi."),))).keys() & {"model", "instructions", "tools"}


def test_params_pass_through_and_stand_above_ours() -> None:
    params = {"reasoning": {"effort": "low"}, "max_output_tokens": 9, "store": True, "include": []}
    body = encoded(ModelRequest("m", (Message("user", "Hi."),), params))
    assert {name: body[name] for name in params} == params


def test_tools_are_not_strict() -> None:
    assert encoded(ModelRequest("m", (Message("user", "Hi."),), tools=(ADD,)))["tools"] == [
        {
            "type": "function",
            "name": "add",
            "description": "Adds.",
            "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}},
            "strict": False,
        }
    ]


def test_the_cache_key_is_passed_on() -> None:
    assert encoded(ModelRequest("m", (Message("user", "Hi."),), cache_key="k"))["prompt_cache_key"] == "k"


def test_calls_follow_the_assistants_words_and_results_come_before_the_users() -> None:
    turns = (
        Message("user", "Hi."),
        Message("assistant", "Let me see.", (CALL, ToolCall("call_2", "add"))),
        Message("user", "Well?", tool_results=(ToolResult("call_1", "add", "3"), ToolResult("call_2", "add", "4"))),
        Message("assistant", "Sev"),
    )
    assert encoded(ModelRequest("m", turns))["input"] == [
        said("user", "Hi."),
        said("assistant", "Let me see."),
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a": 1}'},
        {"type": "function_call", "call_id": "call_2", "name": "add", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "3"},
        {"type": "function_call_output", "call_id": "call_2", "output": "4"},
        said("user", "Well?"),
        said("assistant", "Sev"),
    ]


def test_calls_and_results_need_no_words() -> None:
    turns = (Message("assistant", "", (CALL,)), Message("user", "", tool_results=(ToolResult("call_1", "add", ""),)))
    assert encoded(ModelRequest("m", turns))["input"] == [
        {"type": "function_call", "call_id": "call_1", "name": "add", "arguments": '{"a": 1}'},
        {"type": "function_call_output", "call_id": "call_1", "output": ""},
    ]


def test_a_replay_goes_back_word_for_word_in_place_of_the_turn() -> None:
    items = [
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA="},
        {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "add", "arguments": '{ "a":1 }'},
    ]
    turn = Message("assistant", "seen", (CALL,), replay=Replay("openai_responses", items))
    assert encoded(ModelRequest("m", (turn, Message("user", "Go on."))))["input"] == [*items, said("user", "Go on.")]


def test_a_replay_of_another_dialect_means_nothing_here() -> None:
    turn = Message("assistant", "seen", replay=Replay("openai_chat", {"reasoning_content": "x"}))
    assert encoded(ModelRequest("m", (turn,)))["input"] == [said("assistant", "seen")]


def test_text_passes_exactly_and_half_a_character_does_no_harm() -> None:
    body = encoded(ModelRequest("m", (Message("user", "größe\u2028\x00😀 \ud83d"),)))
    assert body["input"][0]["content"] == "größe\u2028\x00😀 \ufffd"


def test_a_decoder_is_fresh_each_time() -> None:
    for _ in range(2):
        assert text_of(decode_every_way(CODEC.decoder, body_of("aimock/responses_text"))).startswith("Hello größe")


def test_an_error_is_classified() -> None:
    error = CODEC.error(*head_of("llamacpp/err_401"), body_of("llamacpp/err_401"))
    assert str(error) == "The host does not accept the API key (401): Invalid API Key"


def test_the_path() -> None:
    assert (CODEC.path, CODEC.query, CODEC.headers) == ("/responses", {}, {})
