"""Ollama, Vertex and Azure as aimock imitates them: npm's @copilotkit/aimock, where node and it are installed.

Install it beside the project (`npm install @copilotkit/aimock@1.43.0`, which fills node_modules) or for all.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.providers.hosts import ModelHosts
from tests.providers.traps.hearing import Asked, Heard, hear

PROJECT = Path(__file__).parents[3]
AIMOCK = shutil.which("aimock", path=str(PROJECT / "node_modules" / ".bin")) or shutil.which("aimock")
TEXT = "größe 😀 and more words than one event has room for"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="needs node"),
    pytest.mark.skipif(AIMOCK is None, reason="needs aimock: npm install @copilotkit/aimock@1.43.0"),
]

FIXTURES: list[dict[str, Any]] = [
    {"match": {"userMessage": "say"}, "response": {"content": TEXT}},
    {"match": {"userMessage": "think"}, "response": {"content": TEXT, "reasoning": "six times seven"}},
    {
        "match": {"userMessage": "call"},
        "response": {
            "toolCalls": [
                {"name": "add", "arguments": '{"a":1}'},
                {"name": "mul", "arguments": '{"b":2}'},
            ]
        },
    },
    {"match": {"userMessage": "half"}, "response": {"content": TEXT}, "truncateAfterChunks": 3},
    {
        "match": {"userMessage": "limited"},
        "response": {"error": {"message": "slow down", "type": "rate_limit_error"}, "status": 429, "retryAfter": 300},
    },
    {
        "match": {"userMessage": "overloaded"},
        "response": {"error": {"message": "Overloaded", "type": "overloaded_error"}, "status": 529},
    },
]


@pytest.fixture(scope="module")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server; it ends with the module."""
    folder = tmp_path_factory.mktemp("aimock")
    fixtures, config = folder / "fixtures.json", folder / "config.json"
    fixtures.write_text(json.dumps({"fixtures": FIXTURES}), encoding="utf-8")
    config.write_text(json.dumps({"llm": {"fixtures": str(fixtures), "chunkSize": 6}}), encoding="utf-8")
    command = [AIMOCK or "", "--config", str(config), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]}) as server:
        try:
            assert server.stdout
            line = next(line for line in server.stdout if "listening on" in line)
            yield line.split()[-1]
        finally:
            server.terminate()


class Ways:
    """How the server is asked: the addresses and the dialects of three providers."""

    def __init__(self, url: str) -> None:
        self._url = url

    def ollama(self, request: ModelRequest) -> Asked:
        return Asked("ollama", f"{self._url}/v1", request=request, name="ollama")

    def vertex(self, request: ModelRequest) -> Asked:
        place = {"address": {"project": "p-1", "location": "europe-west4"}}
        return Asked("gemini", f"{self._url}/v1", place, {"model": "gemini-3"}, request, name="vertex")

    def azure(self, request: ModelRequest) -> Asked:
        """The older endpoints, whose address names the deployment."""
        base_url = f"{self._url}/openai/deployments/my-gpt"
        keyed = {"auth": "api-key", "api_key_env": "MOCK_KEY", "query": {"api-version": "2025-03-01-preview"}}
        return Asked("openai_chat", base_url, keyed, request=request, name="azure")

    def azure_v1(self, request: ModelRequest) -> Asked:
        keyed = {"auth": "api-key", "api_key_env": "MOCK_KEY"}
        return Asked("openai_responses", f"{self._url}/openai/v1", keyed, {"model": "gpt"}, request, name="azure")


by_way = pytest.mark.parametrize("way", ["ollama", "vertex", "azure", "azure_v1"])


async def ask(hosts: ModelHosts, aimock: str, way: str, words: str) -> Heard:
    asked = getattr(Ways(aimock), way)
    return await hear(hosts, asked(ModelRequest("m", (Message("system", "be terse"), Message("user", words)))))


@by_way
async def test_a_whole_answer(hosts: ModelHosts, aimock: str, way: str) -> None:
    heard = await ask(hosts, aimock, way, "say")
    assert (heard.text, heard.sentence, heard.notices) == (TEXT, "", [])
    assert heard.completed[0] is FinishReason.STOP


@by_way
async def test_thoughts_stay_out_of_the_text(hosts: ModelHosts, aimock: str, way: str) -> None:
    heard = await ask(hosts, aimock, way, "think")
    assert (heard.text, heard.thoughts, heard.sentence) == (TEXT, "six times seven", "")


@by_way
async def test_two_tools_at_once(hosts: ModelHosts, aimock: str, way: str) -> None:
    heard = await ask(hosts, aimock, way, "call")
    assert [(call.name, json.loads(call.arguments), call.problem) for call in heard.calls] == [
        ("add", {"a": 1}, ""),
        ("mul", {"b": 2}, ""),
    ]
    assert len({call.call_id for call in heard.calls}) == 2
    assert heard.completed[0] is FinishReason.TOOL_USE


@by_way
async def test_a_long_wait_is_told(hosts: ModelHosts, aimock: str, way: str) -> None:
    heard = await ask(hosts, aimock, way, "limited")
    assert (heard.request_count, heard.text) == (1, "")
    assert heard.sentence == "The host limits the rate of requests (429): slow down: Try again in 300 s."


@by_way
async def test_an_overload(hosts: ModelHosts, aimock: str, way: str) -> None:
    heard = await ask(hosts, aimock, way, "overloaded")
    assert heard.request_count == 3
    assert heard.sentence == (
        "The host is not available (529): Overloaded: Try again in a moment, or choose another preset."
    )


@by_way
async def test_a_connection_that_breaks(hosts: ModelHosts, aimock: str, way: str) -> None:
    heard = await ask(hosts, aimock, way, "half")
    # How much gets out before it breaks is the server's matter.
    assert TEXT.startswith(heard.text)
    assert heard.text != TEXT
    assert heard.sentence == f"{urlsplit(aimock).netloc} broke the connection before the answer was whole."
