from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from typing import Any, get_args

import msgspec
import pytest

from lsp_llm.config.settings import Auth, Dialect, Settings
from lsp_llm.errors import NotFound, RateLimited, UserError
from lsp_llm.exchange.messages import FimRequest, Message, ModelRequest
from lsp_llm.providers.asking import MAX_ERROR_BYTES, Answer
from lsp_llm.providers.breaker import FAILURES
from lsp_llm.providers.hosts import ModelHosts, authorization, codec_for, url
from lsp_llm.providers.registry import resolve
from lsp_llm.status.events import RequestSent
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
        ("http://h/v1/", "//infill", {}, "http://h/infill"),
        ("http://h/proxy", "//api/chat", {}, "http://h/proxy/api/chat"),
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


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_each_dialect_has_its_codec(dialect: Dialect) -> None:
    assert type(codec_for(dialect)).__name__.lower() == f"{dialect.replace('_', '')}codec"


async def read(answer: Answer) -> list[Event]:
    return [event async for told in answer.events() if isinstance(told, list) for event in told]


@pytest.fixture
async def hosts() -> AsyncIterator[ModelHosts]:
    hosts = ModelHosts({"MY_KEY": "k-1"})
    yield hosts
    await hosts.close()


async def test_an_answer_is_asked_for_when_it_is_read(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        own = settings(
            host.base_url,
            {"headers": {"X-Team": "red"}, "system": False},
            headers={"X-Team": "blue"},
            api_key_env="MY_KEY",
        )
        answer = await hosts.answer(resolve(own, "p"), REQUEST)
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
        answer = await hosts.answer(resolve(settings(host.base_url), "p"), REQUEST)
        async with aclosing(answer.events()) as events:
            assert await anext(events) == RequestSent("p", "m")
            reading = asyncio.create_task(anext(events))
            exchange = await host.request()
            assert "authorization" not in exchange.headers
            await exchange.say("hi")
            told = await reading
            assert isinstance(told, list)
            assert text_of(told) == "hi"
        await asyncio.wait_for(exchange.closed(), 60)


async def test_a_refusal_is_raised_and_only_its_beginning_read(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        answer = await hosts.answer(resolve(settings(host.base_url), "p"), REQUEST)
        reading = asyncio.create_task(read(answer))
        exchange = await host.request()
        await exchange.start(404)
        await exchange.send(b"no such model " * (MAX_ERROR_BYTES // 10))
        with pytest.raises(NotFound, match="no such model"):
            await reading


async def test_a_missing_key_is_told_when_asking(hosts: ModelHosts) -> None:
    answer = await hosts.answer(resolve(settings("http://h", api_key_env="NO_SUCH_KEY"), "p"), REQUEST)
    with pytest.raises(UserError, match="NO_SUCH_KEY"):
        await read(answer)


async def test_a_gap_goes_the_way_that_the_preset_names(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        own = settings(host.base_url, {"fim": "llamacpp"}, path="/api/chat")
        answer = await hosts.answer(resolve(own, "p"), FimRequest("m", "def f(", "): pass"))
        reading = asyncio.create_task(read(answer))
        exchange = await host.request()
        # It lies beside the version, and the path in the settings is that of the chat.
        assert exchange.path == "/infill"
        assert (exchange.json["input_prefix"], exchange.json["input_suffix"]) == ("def f(", "): pass")
        await exchange.start()
        await exchange.send(b'data: {"content": "x", "stop": false}\n\ndata: {"content": "", "stop": true}\n\n')
        await exchange.end()
        assert text_of(await reading) == "x"


async def test_a_model_that_the_path_names_is_not_in_the_body(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        own = settings(host.base_url, {"model": "a/b c"}, dialect="gemini", auth="none")
        reading = asyncio.create_task(read(await hosts.answer(resolve(own, "p"), replace(REQUEST, model="a/b c"))))
        exchange = await host.request()
        assert exchange.path == "/v1/models/a/b%20c:streamGenerateContent?alt=sse"
        assert "model" not in exchange.json
        exchange.break_connection()
        reading.cancel()


async def test_a_host_rests_once_it_has_failed_again_and_again(hosts: ModelHosts) -> None:
    async with FakeHost() as host:
        resolved = resolve(settings(host.base_url, auth="none"), "p")
        assert not hosts.is_resting("p")
        for _ in range(FAILURES):
            reading = asyncio.create_task(read(await hosts.answer(resolved, REQUEST)))
            # A rate limit that is too long to be waited for.
            await (await host.request()).answer(429, {}, {"retry-after": "900"})
            with pytest.raises(RateLimited):
                await reading
        assert hosts.is_resting("p")
        assert not hosts.is_resting("q")


async def test_a_provider_without_an_address_is_the_users_to_mend(hosts: ModelHosts) -> None:
    with pytest.raises(UserError, match=r'^provider "p" has no base_url: set it in \[providers\.p\]$'):
        await hosts.answer(resolve(settings(""), "p"), REQUEST)
