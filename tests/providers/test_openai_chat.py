from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.exchange.messages import Message, ModelRequest
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


def encoded(request: ModelRequest, *, system_role: bool = True) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(CODEC.encode(request, system_role=system_role))
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


def test_without_a_system_role_its_text_goes_before_the_first_words_of_the_user() -> None:
    body = encoded(ModelRequest("m", (*TALK, Message("system", "Be kind."))), system_role=False)
    assert body["messages"] == [
        {"role": "user", "content": "Be brief.\n\nBe kind.\n\nHi."},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "Bye."},
    ]


def test_a_system_text_alone_becomes_the_users() -> None:
    body = encoded(ModelRequest("m", TALK[:1]), system_role=False)
    assert body["messages"] == [{"role": "user", "content": "Be brief."}]


def test_text_passes_exactly_and_half_a_character_does_no_harm() -> None:
    body = encoded(ModelRequest("m", (Message("user", "größe\u2028\x00😀 \ud83d"),)))
    assert body["messages"][0]["content"] == "größe\u2028\x00😀 \ufffd"


def test_a_decoder_is_fresh_each_time() -> None:
    for _ in range(2):
        assert text_of(decode_every_way(CODEC.decoder, body_of("aimock/azure_chat"))).startswith("Hello größe")


def test_an_error_is_classified() -> None:
    error = CODEC.error(*head_of("llamacpp/err_401"), body_of("llamacpp/err_401"))
    assert str(error) == "The host does not accept the API key (401): Invalid API Key"


@pytest.mark.parametrize("path", ["/chat/completions"])
def test_the_path(path: str) -> None:
    assert CODEC.path == path
