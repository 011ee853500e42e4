from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import FimRequest
from lsp_llm.providers.fim import FIM_NAMES, FimCodec, fim_codec
from lsp_llm.providers.fim_tokens import TOKENS
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of

REQUEST = FimRequest("m", "a(", ")b")
COUNTS = {"stream_options": {"include_usage": True}}


def encoded(name: str, request: FimRequest = REQUEST) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(fim_codec(name).encode(request))
    return body


@pytest.mark.parametrize(
    ("name", "path", "fields"),
    [
        ("mistral", "/fim/completions", {"prompt": "a(", "suffix": ")b"}),
        ("deepseek", "/completions", {"prompt": "a(", "suffix": ")b", **COUNTS}),
        ("openai", "/completions", {"prompt": "a(", "suffix": ")b", **COUNTS}),
        ("llamacpp", "//infill", {"input_prefix": "a(", "input_suffix": ")b"}),
        ("ollama", "//api/generate", {"prompt": "a(", "suffix": ")b"}),
        ("deepseek-coder", "/completions", {"prompt": TOKENS["deepseek-coder"].prompt(REQUEST), **COUNTS}),
        ("codellama", "/completions", {"prompt": "<PRE> a( <SUF>)b <MID>", "stop": ["<EOT>"], **COUNTS}),
    ],
)
def test_nothing_is_sent_that_was_not_asked_for(name: str, path: str, fields: dict[str, Any]) -> None:
    assert fim_codec(name).path == path
    assert encoded(name) == {"model": "m", "stream": True, **fields}


@pytest.mark.parametrize("name", FIM_NAMES)
def test_every_way_is_a_codec(name: str) -> None:
    codec: FimCodec = fim_codec(name)
    params = {"temperature": 0, "max_tokens": 9, "stop": ["\n"]}
    assert "model" not in encoded(name, FimRequest("", "a", "b"))
    assert encoded(name, FimRequest("m", "a", "b", params)).items() >= params.items()
    assert b"\xf0\x9f\x98\x80" in codec.encode(FimRequest("m", "😀\ud83d", ""))
    assert (codec.query, codec.headers) == ({}, {})


@pytest.mark.parametrize(
    ("name", "recording", "text"),
    [
        ("llamacpp", "llamacpp/infill", "first + second * scale"),
        ("openai", "llamacpp/completions_stream", "first + second * scale"),
        ("qwen", "llamacpp/completions_stream", "first + second * scale"),
        ("mistral", "aimock/chat_text", "Hello größe 日本語 😀 from aimock. This is the streamed answer."),
        ("ollama", "aimock/ollama_generate", "Hello größe 日本語 😀 from aimock. This is the streamed answer."),
    ],
)
def test_each_way_reads_its_answer(name: str, recording: str, text: str) -> None:
    for _ in range(2):
        assert text_of(decode_every_way(fim_codec(name).decoder, body_of(recording))) == text


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        (
            "llamacpp",
            501,
            {"error": {"code": 501, "message": "Infill is not supported by this model", "type": "not_supported_error"}},
        ),
        ("ollama", 400, {"error": "m does not support insert"}),
        ("openai", 400, {"error": {"message": "This model does not take the suffix argument", "code": None}}),
    ],
)
def test_a_model_that_cannot_fill_in_is_named_as_the_cause(name: str, status: int, body: object) -> None:
    error = fim_codec(name).error(status, {}, json.dumps(body).encode())
    assert error.hint == "Check the preset's fim and model: not every model fills in the middle."


def test_other_errors_keep_their_hint() -> None:
    error = fim_codec("ollama").error(401, {}, b'{"error": "suffix"}')
    assert error.hint.startswith("Check the key")


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UserError) as raised:
        fim_codec("mistal")
    assert str(raised.value) == 'fim = "mistal" is unknown: did you mean "mistral"?'
    with pytest.raises(UserError) as raised:
        fim_codec("")
    assert all(name in str(raised.value) for name in FIM_NAMES)
