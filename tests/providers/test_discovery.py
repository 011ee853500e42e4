"""Asking a host for its models: what is sent, and what is said of every way it can go wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.settings import Settings
from lsp_llm.errors import Auth, BadResponse, NotFound, ProviderError, Timeout, Unavailable, UserError
from lsp_llm.providers.credentials import Credentials
from lsp_llm.providers.discovery import ANY_MODEL, Listing, list_models, listing, preset_of
from lsp_llm.providers.discovery_shapes import ModelInfo
from lsp_llm.providers.registry import builtin_values
from lsp_llm.providers.transport import HttpTransport
from tests.fakes.host import Exchange, FakeHost

SECRET = "sk-secret-of-the-test"
ENVIRON = {"FAKE_KEY": SECRET}


def settings_of(base_url: str, **provider: Any) -> Settings:
    values = {"providers": {"fake": {"base_url": base_url, "api_key_env": "FAKE_KEY", **provider}}}
    settings, problems = merge(
        [Layer("built in", Origin.BUILT_IN, builtin_values()), Layer("test", Origin.USER, values)]
    )
    assert problems == ()
    return settings


async def asked(host: FakeHost, **provider: Any) -> tuple[Exchange, asyncio.Task[Listing]]:
    task = asyncio.create_task(list_models(settings_of(host.base_url, **provider), "fake", ENVIRON))
    return await host.request(), task


@pytest.mark.parametrize(
    ("provider", "path", "header", "value"),
    [
        ({}, "/v1/models", "authorization", f"Bearer {SECRET}"),
        ({"query": {"v": "2"}, "headers": {"X-Team": "t"}}, "/v1/models?v=2", "x-team", "t"),
        ({"dialect": "openai_responses"}, "/v1/models", "authorization", f"Bearer {SECRET}"),
        ({"dialect": "anthropic", "auth": "x-api-key"}, "/v1/models?limit=1000", "x-api-key", SECRET),
        ({"dialect": "anthropic"}, "/v1/models?limit=1000", "anthropic-version", "2023-06-01"),
        ({"dialect": "gemini", "auth": "x-goog-api-key"}, "/v1/models?pageSize=1000", "x-goog-api-key", SECRET),
        ({"dialect": "ollama", "auth": "none", "api_key_env": ""}, "/api/tags", "accept", "application/json"),
    ],
)
async def test_the_list_is_asked_for_as_the_dialect_wants(
    provider: dict[str, Any], path: str, header: str, value: str
) -> None:
    async with FakeHost() as host:
        exchange, task = await asked(host, **provider)
        assert (exchange.method, exchange.path, exchange.body) == ("GET", path, b"")
        assert exchange.headers[header] == value
        await exchange.answer(200, {"models": [{"name": "m"}]}, {"Date": "Fri, 20 Nov 2026 12:00:00 GMT"})
        found = await task
        assert found.models == (ModelInfo("m"),)
        assert found.headers["date"] == "Fri, 20 Nov 2026 12:00:00 GMT"
        await exchange.closed()


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, {"error": {"message": "bad key"}}, Auth, "bad key"),
        (404, {"error": "nothing here"}, NotFound, "fake has no list of models at /models."),
        (405, {}, NotFound, "fake has no list of models"),
        (500, {"error": "down"}, Unavailable, "down"),
        (302, {}, BadResponse, "redirects"),
        (200, {"hello": "world"}, BadResponse, "list of models has an unknown shape"),
    ],
)
async def test_every_refusal_is_said(status: int, body: Any, kind: type[ProviderError], said: str) -> None:
    async with FakeHost() as host:
        exchange, task = await asked(host)
        await exchange.answer(status, body)
        with pytest.raises(kind, match=said) as caught:
            await task
        assert caught.value.hint
        assert SECRET not in f"{caught.value} {caught.value.hint}"


PLAIN_KEY = "hunter2hunter"
"""Nothing in it looks like a key."""


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (401, {"error": {"message": f"unknown user {PLAIN_KEY}"}}, {}),
        (500, f"<html>{PLAIN_KEY}</html>", {}),
        (302, {}, {"Location": f"https://h/{PLAIN_KEY}"}),
        (200, {"data": [{"id": f"model-{PLAIN_KEY}"}]}, {"Date": PLAIN_KEY}),
    ],
)
async def test_a_host_that_echoes_the_key_does_not_give_it_away(
    status: int, body: Any, headers: dict[str, str]
) -> None:
    async with FakeHost() as host:
        task = asyncio.create_task(list_models(settings_of(host.base_url), "fake", {"FAKE_KEY": PLAIN_KEY}))
        await (await host.request()).answer(status, body, headers)
        try:
            said = str(await task)
        except ProviderError as error:
            said = f"{error} {error.hint}"
        assert PLAIN_KEY not in said


async def test_a_host_that_says_nothing_is_given_up() -> None:
    async with FakeHost() as host:
        transport = HttpTransport()
        access = await Credentials(ENVIRON, lambda _: transport).access(preset_of(settings_of(host.base_url), "fake"))
        # Once it is connected, the second question is at the host long before its time is over.
        first = asyncio.create_task(listing(access, transport))
        await (await host.request()).answer(200, {"data": []})
        await first
        second = asyncio.create_task(listing(access, transport, limit_seconds=2))
        exchange = await host.request()
        with pytest.raises(Timeout, match=r"did not answer within 2 s"):
            await second
        await exchange.closed()
        await transport.close()


async def test_a_cancelled_question_closes_the_connection() -> None:
    async with FakeHost() as host:
        exchange, task = await asked(host)
        task.cancel()
        await exchange.closed()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_nobody_listens() -> None:
    async with FakeHost() as host:
        settings = settings_of(host.base_url)
    with pytest.raises(Unavailable, match="refused the connection"):
        await list_models(settings, "fake", ENVIRON)


async def test_what_is_missing_is_named() -> None:
    settings = settings_of("http://127.0.0.1:9/v1")
    with pytest.raises(UserError, match='there is no provider "fak"; did you mean "fake"'):
        await list_models(settings, "fak", ENVIRON)
    with pytest.raises(UserError, match="no API key for fake: set the environment variable FAKE_KEY"):
        await list_models(settings, "fake", {})
    with pytest.raises(UserError, match='provider "azure" needs endpoint'):
        await list_models(settings, "azure", {"AZURE_OPENAI_API_KEY": "k"})


async def test_a_provider_without_address_is_told() -> None:
    settings = settings_of("")
    with pytest.raises(UserError, match='provider "fake" has no base_url'):
        await list_models(settings, "fake", ENVIRON)


async def test_the_embedded_engine_names_its_file_without_being_started() -> None:
    settings = settings_of("")
    (model,) = (await list_models(settings, "local", {})).models
    assert model.id.startswith("recital") or model.id.endswith(".gguf")


def test_a_list_needs_no_model_where_a_preset_would() -> None:
    settings = settings_of("http://h/v1")
    assert preset_of(settings, "ollama").preset.model == ANY_MODEL
    assert preset_of(settings, "mistral").preset.model == settings.presets["mistral"].model
