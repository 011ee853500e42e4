from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.errors import ContextExceeded, NotFound, Unavailable
from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec
from lsp_llm.providers.anthropic import DEFAULT_MAX_TOKENS, AnthropicCodec
from lsp_llm.providers.base import Codec
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of, head_of

CODEC: Codec = AnthropicCodec()
CACHED = {"type": "ephemeral"}
ADD = ToolSpec("add", "Adds.", {"type": "object", "properties": {"a": {"type": "integer"}}})
NOW = ToolSpec("now", "The time.")
CALLS = (ToolCall("c1", "add", '{"a": 1}'), ToolCall("c2", "now"))
RESULTS = (ToolResult("c1", "add", "2"), ToolResult("c2", "now", "no clock", is_error=True))


def encoded(*messages: Message, **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(ModelRequest("m", messages, **more)))
    return body


def turns(*messages: Message, **more: Any) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = encoded(*messages, **more)["messages"]
    return sent


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def test_nothing_is_sent_that_was_not_asked_for_but_the_limit_that_the_host_demands() -> None:
    assert encoded(Message("system", "Be brief."), Message("user", "Hi.")) == {
        "model": "m",
        "max_tokens": DEFAULT_MAX_TOKENS,
        "stream": True,
        "system": [text("Be brief.")],
        "messages": [{"role": "user", "content": [text("Hi.")]}],
    }


def test_the_address_and_the_version() -> None:
    assert (CODEC.path, CODEC.query, CODEC.headers) == ("/messages", {}, {"anthropic-version": "2023-06-01"})


def test_vertex_names_the_model_in_the_path_and_the_version_in_the_body() -> None:
    request = ModelRequest("", (Message("user", "Hi."),), {"anthropic_version": "vertex-2023-10-16"})
    body = json.loads(CODEC.encode(request))
    assert "model" not in body
    assert body["anthropic_version"] == "vertex-2023-10-16"
    assert body["stream"] is True


def test_params_pass_through_and_stand_above_ours() -> None:
    params = {"max_tokens": 5, "thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}, "metadata": {}}
    body = encoded(Message("user", "Hi."), params=params)
    assert {name: body[name] for name in params} == params


def test_all_system_texts_become_one_and_stand_apart_from_the_turns() -> None:
    body = encoded(Message("system", "A."), Message("user", "Hi."), Message("system", "B."))
    assert (body["system"], len(body["messages"])) == ([text("A.\n\nB.")], 1)


def test_tools_calls_and_results() -> None:
    body = encoded(
        Message("user", "Go."),
        Message("assistant", "I add.", tool_calls=CALLS),
        Message("user", "And now?", tool_results=RESULTS),
        tools=(ADD, NOW),
    )
    assert body["tools"] == [
        {"name": "add", "description": "Adds.", "input_schema": ADD.parameters},
        {"name": "now", "description": "The time.", "input_schema": {"type": "object"}},
    ]
    assert body["messages"][1:] == [
        {
            "role": "assistant",
            "content": [
                text("I add."),
                {"type": "tool_use", "id": "c1", "name": "add", "input": {"a": 1}},
                {"type": "tool_use", "id": "c2", "name": "now", "input": {}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "2"},
                {"type": "tool_result", "tool_use_id": "c2", "content": "no clock", "is_error": True},
                text("And now?"),
            ],
        },
    ]


def test_a_call_that_was_none_goes_back_as_an_object_all_the_same() -> None:
    broken = ToolCall("c1", "add", '{"a": ', "The arguments are no valid JSON.")
    assert turns(Message("assistant", "", tool_calls=(broken,)))[0]["content"][0]["input"] == {}


def test_a_result_without_words_is_sent_without_content() -> None:
    assert turns(Message("user", "", tool_results=(ToolResult("c1", "add", ""),)))[0]["content"] == [
        {"type": "tool_result", "tool_use_id": "c1"}
    ]


def test_what_the_host_gave_for_this_turn_goes_back_word_for_word() -> None:
    blocks = [{"type": "thinking", "thinking": "", "signature": "s"}, text("A"), {"type": "new", "x": [1]}]
    answered = Message("assistant", "A", replay=Replay("anthropic", blocks))
    assert turns(Message("user", "Q"), answered, Message("user", "R"))[1] == {"role": "assistant", "content": blocks}


def test_what_another_dialect_gave_does_not_go_back() -> None:
    answered = Message("assistant", "A", replay=Replay("gemini", [{"text": "x"}]))
    assert turns(answered, Message("user", "R"))[0]["content"] == [text("A")]


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_blank_turns_are_left_out_for_the_host_refuses_them(blank: str) -> None:
    assert turns(Message("user", "Q"), Message("assistant", blank), Message("user", "R")) == [
        {"role": "user", "content": [text("Q")]},
        {"role": "user", "content": [text("R")]},
    ]
    assert "system" not in encoded(Message("system", blank), Message("user", "Q"))


def test_a_prefill_ends_in_no_white_space() -> None:
    assert turns(Message("assistant", "A \n"), Message("user", "Q"), Message("assistant", "```\n")) == [
        {"role": "assistant", "content": [text("A \n")]},
        {"role": "user", "content": [text("Q")]},
        {"role": "assistant", "content": [text("```")]},
    ]


def test_with_a_cache_key_what_is_stable_is_marked() -> None:
    body = encoded(
        Message("system", "S"),
        Message("user", "1"),
        Message("assistant", "A"),
        Message("user", "2", tool_results=RESULTS[:1]),
        Message("assistant", "B"),
        Message("user", "3"),
        tools=(ADD, NOW),
        cache_key="work",
    )
    assert body["tools"][1]["cache_control"] == CACHED
    assert body["system"] == [text("S", cache_control=CACHED)]
    assert body["messages"][2]["content"][-1] == text("2", cache_control=CACHED)
    assert json.dumps(body).count("cache_control") == 3


def test_only_what_is_there_is_marked_and_nothing_without_a_key() -> None:
    assert "cache_control" not in json.dumps(encoded(Message("user", "1"), cache_key="work"))
    assert "cache_control" not in json.dumps(encoded(Message("system", "S"), Message("user", "1"), tools=(ADD,)))
    results = Message("user", "", tool_results=RESULTS)
    marked = turns(results, Message("assistant", "A"), Message("user", "2"), cache_key="work")[0]["content"]
    assert [block.get("cache_control") for block in marked] == [None, CACHED]


def test_text_passes_exactly_and_half_a_character_does_no_harm() -> None:
    assert turns(Message("user", "größe\u2028\x00😀 \ud83d"))[0]["content"] == [text("größe\u2028\x00😀 \ufffd")]


def test_a_decoder_is_fresh_each_time() -> None:
    for _ in range(2):
        assert text_of(decode_every_way(CODEC.decoder, body_of("aimock/anthropic_text"))).startswith("Hello größe")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("aimock/anthropic_529", Unavailable),
        ("aimock/vertex_anthropic", NotFound),
        ("llamacpp/err_context", ContextExceeded),
    ],
)
def test_recorded_errors(name: str, kind: type[Exception]) -> None:
    assert type(CODEC.error(*head_of(name), body_of(name))) is kind
