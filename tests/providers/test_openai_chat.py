from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.base import Codec
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of, head_of

CODEC: Codec = OpenAIChatCodec()
TALK = (
    Message("system", "Be brief."),
    Message("user", "Hi."),
    Message("assistant", "Hello."),
    Message("user", "Bye."),
)


def encoded(request: ModelRequest) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(request))
    return body


def test_nothing_is_sent_that_was_not_asked_for() -> None:
    assert encoded(ModelRequest("m", TALK[:2])) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi."}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


def test_without_a_model_none_is_named() -> None:
    assert "model" not in encoded(ModelRequest("", TALK))


def test_params_pass_through_and_stand_above_ours() -> None:
    params = {
        "temperature": 0,
        "stop": ["x"],
        "chat_template_kwargs": {"enable_thinking": False},
        "stream_options": None,
    }
    body = encoded(ModelRequest("m", TALK, params))
    assert {name: body[name] for name in params} == params


def test_text_passes_exactly_and_half_a_character_does_no_harm() -> None:
    call = ToolCall("c\ud83d", "n\ud83d", '"\ud83d"')
    body = encoded(ModelRequest("m", (Message("user", "größe\u2028\x00😀 \ud83d"), Message("assistant", "", (call,)))))
    assert body["messages"][0]["content"] == "größe\u2028\x00😀 \ufffd"
    (made,) = body["messages"][1]["tool_calls"]
    assert (made["id"], made["function"]) == ("c\ufffd", {"name": "n\ufffd", "arguments": '"\ufffd"'})


def test_a_decoder_is_fresh_each_time() -> None:
    for _ in range(2):
        assert text_of(decode_every_way(CODEC.decoder, body_of("aimock/azure_chat"))).startswith("Hello größe")


def test_an_error_is_classified() -> None:
    error = CODEC.error(*head_of("llamacpp/err_401"), body_of("llamacpp/err_401"))
    assert str(error) == "The host does not accept the API key (401): Invalid API Key"


@pytest.mark.parametrize("path", ["/chat/completions"])
def test_the_path(path: str) -> None:
    assert CODEC.path == path


CALL = ToolCall("c1", "add", '{"a": 1}')


def test_tools_calls_and_results_travel() -> None:
    tool = ToolSpec("add", "Adds.", {"type": "object"})
    talk = (Message("assistant", "", (CALL,)), Message("user", "and?", tool_results=(ToolResult("c1", "add", "3"),)))
    body = encoded(ModelRequest("m", talk, tools=(tool,), cache_key="chat-7"))
    function = {"name": "add", "description": "Adds.", "parameters": {"type": "object"}}
    assert body["tools"] == [{"type": "function", "function": function}]
    assert body["prompt_cache_key"] == "chat-7"
    assert body["messages"] == [
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}},
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "3"},
        {"role": "user", "content": "and?"},
    ]


def test_reasoning_before_a_call_goes_back_to_this_dialect_only() -> None:
    def turn(dialect: str) -> dict[str, Any]:
        replay = Replay(dialect, {"reasoning_content": "hm"})
        request = ModelRequest("m", (Message("assistant", "x", (CALL,), replay=replay),))
        message: dict[str, Any] = encoded(request)["messages"][0]
        return message

    assert turn("openai_chat")["reasoning_content"] == "hm"
    assert "reasoning_content" not in turn("anthropic")
