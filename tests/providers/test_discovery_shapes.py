"""Lists of models as hosts write them, read into one form."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import BadResponse
from lsp_llm.providers.discovery_shapes import ModelInfo, list_place, models_in

LISTS: dict[str, tuple[Any, list[ModelInfo]]] = {
    "openai": (
        {"object": "list", "data": [{"id": "b", "object": "model", "owned_by": "x"}, {"id": "a", "object": "model"}]},
        [ModelInfo("a"), ModelInfo("b")],
    ),
    "anthropic": (
        {"data": [{"type": "model", "id": "claude", "display_name": "Claude", "max_input_tokens": 200000}]},
        [ModelInfo("claude", 200_000)],
    ),
    "gemini": (
        {
            "models": [
                {
                    "name": "models/gemini-flash",
                    "inputTokenLimit": 1048576,
                    "supportedGenerationMethods": ["generateContent", "countTokens"],
                },
                {"name": "models/embedding", "supportedGenerationMethods": ["embedContent"]},
            ]
        },
        [ModelInfo("gemini-flash", 1_048_576)],
    ),
    "ollama": (
        {"models": [{"name": "qwen3:4b", "model": "qwen3:4b", "size": 25, "details": {"family": "qwen3"}}]},
        [ModelInfo("qwen3:4b")],
    ),
    "vllm": ({"data": [{"id": "m", "max_model_len": 32768}]}, [ModelInfo("m", 32_768)]),
    "groq": ({"data": [{"id": "m", "context_window": 131072}]}, [ModelInfo("m", 131_072)]),
    "openrouter": ({"data": [{"id": "v/m", "context_length": 8192, "pricing": {}}]}, [ModelInfo("v/m", 8192)]),
    "mistral": ({"data": [{"id": "m", "max_context_length": 32768}]}, [ModelInfo("m", 32_768)]),
    "llama.cpp": (
        {
            "models": [{"name": "/models/m.gguf", "model": "/models/m.gguf"}],
            "object": "list",
            "data": [{"id": "m.gguf", "meta": {"n_ctx_train": 40960, "n_params": 4}}],
        },
        [ModelInfo("m.gguf", 40_960)],
    ),
    "a bare list": ([{"id": "m"}], [ModelInfo("m")]),
    "nothing loaded": ({"object": "list", "data": []}, []),
    "odd entries": (
        {
            "data": [
                5,
                None,
                "m",
                {},
                {"id": 7},
                {"id": ""},
                {"id": "m", "context_length": "big", "meta": 3},
                {"id": "n", "max_model_len": True},
            ]
        },
        [ModelInfo("m"), ModelInfo("n")],
    ),
    "the same twice": ({"data": [{"id": "m"}, {"id": "m", "context_length": 5}]}, [ModelInfo("m", 5)]),
    "a half character": ({"data": [{"id": "m\ud83d"}]}, [ModelInfo("m\ufffd")]),
}


@pytest.mark.parametrize("host", LISTS)
def test_every_host_s_list_is_read(host: str) -> None:
    body, models = LISTS[host]
    assert list(models_in(json.dumps(body).encode())) == models


@pytest.mark.parametrize("body", [b"", b"<html>", b"5", b'{"data": {}}', b'{"error": {"message": "no"}}', b"\xff"])
def test_what_is_no_list_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(BadResponse):
        models_in(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["data", "models", "id", "name", "meta"]), inner),
)


@given(json_values)
def test_whatever_comes_is_a_list_or_no_list(value: Any) -> None:
    try:
        models = models_in(json.dumps(value).encode())
    except BadResponse:
        return
    assert all(model.id and model.context_tokens >= 0 for model in models)


@pytest.mark.parametrize(
    ("dialect", "path"),
    [
        ("openai_chat", "/models"),
        ("openai_responses", "/models"),
        ("anthropic", "/models"),
        ("gemini", "/models"),
        ("ollama", "//api/tags"),
    ],
)
def test_where_the_list_of_a_dialect_is(dialect: str, path: str) -> None:
    assert list_place(dialect).path == path
