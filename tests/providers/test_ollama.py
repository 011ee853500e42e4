from __future__ import annotations

import json
from typing import Any

from lsp_llm.errors import NotFound, Refused
from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.base import Codec
from lsp_llm.providers.ollama import OllamaCodec
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of

CODEC: Codec = OllamaCodec()
CALL = ToolCall("call_1", "add", '{"a": [1, null]}')


def encoded(request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(request))
    return body


def said(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    turns = (Message("system", "Be brief."), Message("user", "Hi."), Message("assistant", "Hel"))
    assert encoded(ModelRequest("m", turns)) == {
        "model": "m",
        "messages": [said("system", "Be brief."), said("user", "Hi."), said("assistant", "Hel")],
        "stream": True,
    }


def test_without_a_model_none_is_named() -> None:
    assert "model" not in encoded(ModelRequest("", (Message("user", "Hi."),)))


def test_params_pass_through_and_stand_above_ours() -> None:
    params = {"think": "low", "options": {"num_ctx": 16384}, "keep_alive": "10m", "stream": False}
    body = encoded(ModelRequest("m", (Message("user", "Hi."),), params))
    assert {name: body[name] for name in params} == params


def test_it_has_no_use_for_a_cache_key() -> None:
    turns = (Message("user", "Hi."),)
    assert encoded(ModelRequest("m", turns, cache_key="k")) == encoded(ModelRequest("m", turns))


def test_tools_are_offered_as_openai_does() -> None:
    tool = ToolSpec("add", "Adds.", {"type": "object"})
    assert encoded(ModelRequest("m", (Message("user", "Hi."),), tools=(tool,)))["tools"] == [
        {"type": "function", "function": {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}}
    ]


def test_calls_carry_objects_and_results_the_name_of_the_tool() -> None:
    turns = (
        Message("assistant", "", (CALL, ToolCall("call_2", "sub"))),
        Message("user", "Well?", tool_results=(ToolResult("call_1", "add", "3"), ToolResult("call_2", "sub", ""))),
        Message("user", "", tool_results=(ToolResult("call_1", "add", "4"),)),
    )
    assert encoded(ModelRequest("m", turns))["messages"] == [
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [
                {"function": {"name": "add", "arguments": {"a": [1, None]}}},
                {"function": {"name": "sub", "arguments": {}}},
            ],
        },
        {"role": "tool", "tool_name": "add", "content": "3"},
        {"role": "tool", "tool_name": "sub", "content": ""},
        said("user", "Well?"),
        {"role": "tool", "tool_name": "add", "content": "4"},
    ]


def test_arguments_that_are_no_object_go_back_as_an_empty_one() -> None:
    call = ToolCall("call_1", "add", "{oops", "The arguments are no valid JSON: {oops")
    sent = encoded(ModelRequest("m", (Message("assistant", "", (call,)),)))["messages"][0]["tool_calls"]
    assert sent == [{"function": {"name": "add", "arguments": {}}}]


def test_the_thinking_before_a_call_goes_back_with_it() -> None:
    turn = Message("assistant", "Let me see.", (CALL,), replay=Replay("ollama", {"thinking": "Hm."}))
    sent = encoded(ModelRequest("m", (turn,)))["messages"][0]
    assert (sent["thinking"], sent["content"], len(sent["tool_calls"])) == ("Hm.", "Let me see.", 1)
    other = Message("assistant", "a", replay=Replay("openai_chat", {"reasoning_content": "x"}))
    assert encoded(ModelRequest("m", (other,)))["messages"] == [said("assistant", "a")]


def test_text_passes_exactly_and_half_a_character_does_no_harm() -> None:
    body = encoded(ModelRequest("m", (Message("user", "größe\u2028\x00😀 \ud83d"),)))
    assert body["messages"][0]["content"] == "größe\u2028\x00😀 \ufffd"


def test_a_decoder_is_fresh_each_time() -> None:
    for _ in range(2):
        assert text_of(decode_every_way(CODEC.decoder, body_of("aimock/ollama_chat"))).startswith("Hello größe")


def test_a_model_that_is_missing_can_be_fetched() -> None:
    error = CODEC.error(404, {}, b'{"error":"model \'x\' not found"}')
    assert isinstance(error, NotFound)
    assert str(error) == "The host knows no such model or path (404): model 'x' not found"
    assert error.hint == "Fetch the model with `ollama pull`, or check the preset's model."
    assert "pull" not in CODEC.error(404, {}, b"404 page not found").hint


def test_an_error_is_classified() -> None:
    error = CODEC.error(400, {}, b'{"error":"\\"m\\" does not support tools"}')
    assert isinstance(error, Refused)
    assert str(error) == 'The host refused the request (400): "m" does not support tools'


def test_the_path_lies_beside_the_version() -> None:
    assert (CODEC.path, CODEC.query, CODEC.headers) == ("//api/chat", {}, {})
