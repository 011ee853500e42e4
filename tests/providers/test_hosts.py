from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import msgspec
import pytest

from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import Auth, Settings
from lsp_llm.errors import NotFound, UserError
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.providers.hosts import MAX_ERROR_BYTES, Answer, ModelHosts, authorization, codec_for, url
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.providers.registry import resolve
from lsp_llm.stream.events import Event
from tests.every_way import text_of
from tests.fakes.host import FakeHost

REQUEST = ModelRequest("m", (Message("system", "be terse"), Message("user", "hello")), {"temperature": 0})


def settings(base_url: str, preset: Any = None, **provider: Any) -> Settings:
    values = {
        "providers": {"p": {"base_url": base_url, **provider}},
        "presets": {"p": {"provider": "p", "model": "m", **(preset or {})}},
    }
    return msgspec.convert(values, Settings)


@pytest.mark.parametrize(
    ("base_url", "path", "query", "expected"),
    [
        ("http://h/v1", "/chat/completions", {}, "http://h/v1/chat/completions"),
        ("http://h/v1/", "/chat/completions", {}, "http://h/v1/chat/completions"),
        ("http://h", "api", {"version": "1 2", "k": "&"}, "http://h/api?version=1+2&k=%26"),
    ],
)
def test_where_a_request_goes(base_url: str, path: str, query: dict[str, str], expected: str) -> None:
    assert url(base_url, path, query) == expected


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        ("bearer", {"authorization": "Bearer k"}),
        ("oauth", {"authorization": "Bearer k"}),
        ("x-api-key", {"x-api-key": "k"}),
        ("x-goog-api-key", {"x-goog-api-key": "k"}),
        ("api-key", {"api-key": "k"}),
        ("none", {}),
    ],
)
def test_how_a_key_travels(auth: Auth, headers: dict[str, str]) -> None:
    assert authorization(auth, "k") == headers
    assert authorization(auth, "") == {}


def test_each_dialect_has_its_codec() -> None:
    assert isinstance(codec_for("openai_chat"), OpenAIChatCodec)


async def read(answer: Answer) -> list[Event]:
    return [event async for events in answer.events() for event in events]


@pytest.fixture
async def hosts() -> AsyncIterator[ModelHosts]:
    hosts = ModelHosts()
    yield hosts
    await hosts.close()


async def test_an_answer_is_asked_for_when_it_is_read(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        own = settings(host.base_url, {"headers": {"X-Team": "red"}, "system": False}, headers={"X-Team": "blue"})
        answer = await hosts.answer(resolve(own, "p"), REQUEST, Secret("k-1"))
        assert (answer.provider, answer.model, answer.first_token_timeout_seconds) == ("p", "m", 60)
        assert "k-1" not in repr(answer)
        assert host.connection_count == 0
        reading = asyncio.create_task(read(answer))
        exchange = await host.request()
        assert (exchange.method, exchange.path) == ("POST", "/v1/chat/completions")
        # What a preset says stands above what its provider says.
        assert (exchange.headers["authorization"], exchange.headers["x-team"]) == ("Bearer k-1", "red")
        assert exchange.json["messages"] == [{"role": "user", "content": "be terse\n\nhello"}]
        assert exchange.json["temperature"] == 0
        await exchange.say("hi")
        await exchange.done()
        assert text_of(await reading) == "hi"


async def test_leaving_an_answer_closes_its_connection(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        answer = await hosts.answer(resolve(settings(host.base_url), "p"), REQUEST, None)
        async with aclosing(answer.events()) as events:
            reading = asyncio.create_task(anext(events))
            exchange = await host.request()
            assert "authorization" not in exchange.headers
            await exchange.say("hi")
            assert text_of(await reading) == "hi"
        await asyncio.wait_for(exchange.closed(), 5)


async def test_a_refusal_is_raised_and_only_its_beginning_read(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        answer = await hosts.answer(resolve(settings(host.base_url), "p"), REQUEST, None)
        reading = asyncio.create_task(read(answer))
        exchange = await host.request()
        await exchange.start(404)
        await exchange.send(b"no such model " * (MAX_ERROR_BYTES // 10))
        with pytest.raises(NotFound, match="no such model"):
            await reading


async def test_a_provider_without_an_address_is_the_users_to_mend(hosts: ModelHosts) -> None:
    with pytest.raises(UserError, match=r'^provider "p" has no base_url: set it in \[providers\.p\]$'):
        await hosts.answer(resolve(settings(""), "p"), REQUEST, None)
