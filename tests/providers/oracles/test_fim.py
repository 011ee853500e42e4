"""The SDKs of the makers as judges of fill in the middle: what they send for our requests, and what they read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from mistralai.client import Mistral
from mistralai.client.models import FIMCompletionStreamRequestTypedDict
from ollama import AsyncClient
from openai import AsyncOpenAI
from openai.types.completion_create_params import CompletionCreateParamsStreaming

from lsp_llm.exchange.messages import FimRequest
from lsp_llm.providers.fim import fim_codec
from lsp_llm.providers.fim_tokens import TOKENS
from lsp_llm.stream.events import Finish
from tests.every_way import text_of
from tests.providers.oracles.serving import told_by_sdk, told_by_us, valid

REQUEST = FimRequest("m", "def add(", "): pass")


def sent(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(fim_codec(name).encode(REQUEST))
    return body


@pytest.mark.parametrize("name", ["openai", "deepseek", *TOKENS])
def test_requests_for_completions_are_of_openais_types(name: str) -> None:
    valid(CompletionCreateParamsStreaming, sent(name))


def test_requests_for_mistral_are_of_its_types() -> None:
    valid(FIMCompletionStreamRequestTypedDict, sent("mistral"))


async def openais_texts(base_url: str) -> AsyncIterator[str]:
    async with AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0) as client:
        async for chunk in await client.completions.create(**sent("openai")):
            yield "".join(choice.text for choice in chunk.choices)


async def mistrals_texts(base_url: str) -> AsyncIterator[str]:
    async with Mistral(api_key="k", server_url=base_url.removesuffix("/v1")) as client:
        async for event in await client.fim.stream_async(**sent("mistral")):
            yield "".join(str(choice.delta.content or "") for choice in event.data.choices)


async def ollamas_texts(base_url: str) -> AsyncIterator[str]:
    async with AsyncClient(base_url.removesuffix("/v1")) as client:
        async for line in await client.generate(**sent("ollama")):
            yield line.response


@pytest.mark.parametrize(
    ("name", "texts", "recording", "path"),
    [
        ("openai", openais_texts, "llamacpp/completions_stream", "/v1/completions"),
        ("mistral", mistrals_texts, "aimock/chat_text", "/v1/fim/completions"),
        ("ollama", ollamas_texts, "aimock/ollama_generate", "/api/generate"),
    ],
)
async def test_the_sdks_send_what_we_send_and_read_what_we_read(
    name: str, texts: Callable[[str], AsyncIterator[str]], recording: str, path: str
) -> None:
    content_type = "application/x-ndjson" if name == "ollama" else "text/event-stream"
    told, exchange = await told_by_sdk(recording, texts, content_type)
    assert exchange.path == path
    # Ollama's SDK says what it leaves to the host, in words that change nothing.
    assert exchange.json.items() >= sent(name).items()
    ours = told_by_us(recording, fim_codec(name))
    assert text_of(ours) == "".join(told)
    assert isinstance(ours[-1], Finish)
