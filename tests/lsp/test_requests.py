"""The requests of our own, with the real server and a real client."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.commands.inquiries import ModelsOptions, NoOptions
from lsp_llm.errors import UserError
from lsp_llm.exchange.outcome import Usage
from lsp_llm.lsp.names import COMMAND_NAMES, METHODS
from lsp_llm.lsp.requests import read_options
from lsp_llm.records.usage import UsageLog
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Refusal, host_options

NOTHING: tuple[dict[str, Any], ...] = ({}, {"params": None}, {"params": []}, {"params": {}})
KEY = {"FAKE_KEY": "sk-secret-of-the-test"}


def options(base_url: str) -> dict[str, Any]:
    values = host_options(base_url)
    values["providers"]["fake"] = {"base_url": base_url, "api_key_env": "FAKE_KEY"}
    return values


async def test_presets_are_listed_without_the_key() -> None:
    async with LspClient(options=options("http://127.0.0.1:9/v1"), environ=KEY) as client:
        for params in (None, {}, {"uri": "file:///project/a.py"}):
            found = await client.request("lsp-llm/presets/list", params)
            (fake,) = [row for row in found["presets"] if row["name"] == "fake"]
            assert (found["chosen"], found["reason"]) == ("fake", 'the settings choose the preset "fake"')
            assert (fake["provider"], fake["model"], fake["key"]) == ("fake", "m", "found")
            assert (fake["keyPlace"], fake["problem"]) == ("FAKE_KEY", "")
            assert KEY["FAKE_KEY"] not in str(found)


async def test_no_params_are_no_params_in_whatever_shape() -> None:
    """An empty table of Lua is an array in JSON."""
    async with LspClient(options=options("http://127.0.0.1:9/v1"), environ=KEY) as client:
        for method in METHODS:
            said = [await answer_of(client, {"method": method, **params}) for params in NOTHING]
            assert said == [said[0]] * len(NOTHING), method
            assert "takes an object" not in str(said[0]), method
            assert "not of its shape" not in str(said[0]), method
    assert "Traceback" not in client.errors


async def test_no_arguments_are_no_arguments_in_whatever_shape() -> None:
    async with LspClient(options=options("http://127.0.0.1:9/v1"), environ=KEY) as client:
        for command in COMMAND_NAMES:
            shapes = [{}, *({"arguments": value} for value in (None, [], {}, [None], [[]], [{}]))]
            calls = [{"method": "workspace/executeCommand", "params": {"command": command, **each}} for each in shapes]
            said = [await answer_of(client, call) for call in calls]
            assert said == [said[0]] * len(shapes), command
            assert "one object" not in str(said[0]), command
    assert "Traceback" not in client.errors


async def answer_of(client: LspClient, message: dict[str, Any]) -> Any:
    """What the server says to a request: the names in its result, or its error."""
    answers = [item for item in client.notifications if item["method"] == "(answer)"]
    client.send({"id": f"mine {len(answers)}", **message})
    await client.until(lambda: news(client) > len(answers))
    answer = [item for item in client.notifications if item["method"] == "(answer)"][-1]["params"]
    return sorted(answer["result"] or {}) if "result" in answer else answer["error"]


def news(client: LspClient) -> int:
    return sum(item["method"] == "(answer)" for item in client.notifications)


async def test_models_are_asked_for_while_the_server_does_other_things() -> None:
    async with FakeHost() as host, LspClient(options=options(host.base_url), environ=KEY) as client:
        asking = asyncio.create_task(client.request("lsp-llm/models/list", {"provider": "fake"}))
        exchange = await host.request()
        assert exchange.headers["authorization"] == f"Bearer {KEY['FAKE_KEY']}"
        assert await client.command("cancel") == {"cancelled": []}
        await exchange.answer(200, {"data": [{"id": "m"}, {"id": "l", "context_length": 4096}]})
        models = [{"id": "l", "contextTokens": 4096}, {"id": "m"}]
        assert await asking == {"provider": "fake", "models": models}


async def test_what_the_host_refuses_is_a_sentence_with_what_to_do() -> None:
    async with FakeHost() as host, LspClient(options=options(host.base_url), environ=KEY) as client:
        asking = asyncio.create_task(client.request("lsp-llm/models/list", None))
        await (await host.request()).answer(401, {"error": {"message": f"bad key {KEY['FAKE_KEY']}"}})
        with pytest.raises(Refusal) as caught:
            await asking
        assert caught.value.code == -32803
        assert "bad key" in caught.value.message
        assert KEY["FAKE_KEY"] not in caught.value.message
    assert "Traceback" not in client.errors


async def test_a_request_is_cancelled() -> None:
    async with FakeHost() as host, LspClient(options=options(host.base_url), environ=KEY) as client:
        client.send({"id": "mine", "method": "lsp-llm/models/list", "params": {}})
        exchange = await host.request()
        client.notify("$/cancelRequest", {"id": "mine"})
        await exchange.closed()
        await client.until(lambda: any(item["method"] == "(answer)" for item in client.notifications))
        assert client.notifications[-1]["params"]["error"]["code"] == -32800


async def test_shutting_down_does_not_wait_for_a_host() -> None:
    async with FakeHost() as host, LspClient(options=options(host.base_url), environ=KEY) as client:
        client.send({"id": "mine", "method": "lsp-llm/models/list", "params": {}})
        exchange = await host.request()
        await client.request("shutdown", None)
        client.notify("exit", None)
        await exchange.closed()
        assert await client.gone() == 0
    assert "Traceback" not in client.errors


async def test_usage_is_that_of_every_server() -> None:
    async with LspClient() as client:
        assert await client.request("lsp-llm/usage", {}) == {"totals": []}
        log = UsageLog(client.home / "state" / "lsp-llm")
        log.add("p", "m", Usage(10, 5), {"input": 1.0, "output": 2.0}, datetime.date(2026, 11, 20))
        counts = {"requests": 1, "inputTokens": 10, "outputTokens": 5, "unpricedRequests": 0, "cost": 2e-05}
        nothing = dict.fromkeys(("cacheReadTokens", "cacheWriteTokens", "reasoningTokens"), 0)
        row = {"day": "2026-11-20", "provider": "p", "model": "m", **counts, **nothing}
        assert await client.request("lsp-llm/usage", {}) == {"totals": [row]}


async def test_bad_params_are_refused_by_name() -> None:
    async with LspClient() as client:
        for method in METHODS:
            for params in ({"provder": "x"}, 5, [1], "text"):
                with pytest.raises(Refusal) as caught:
                    await client.request(method, params)
                assert caught.value.code == -32602
                assert method in caught.value.message
    assert "Traceback" not in client.errors


def test_options_are_read_key_by_key() -> None:
    assert read_options("m", ModelsOptions, {"provider": "x"}) == ModelsOptions("x")
    assert read_options("m", NoOptions, None) == NoOptions()
    for params, said in (
        ({"provder": "x"}, 'm has no argument "provder": did you mean "provider"?'),
        ({"provider": 5}, "m: Expected `str`, got `int`"),
        ([1], "m takes an object"),
    ):
        with pytest.raises(UserError, match=said[:20]) as caught:
            read_options("m", ModelsOptions, params)
        assert said in str(caught.value)


async def test_a_fault_of_ours_is_a_sentence_and_not_a_traceback(tmp_path: Path) -> None:
    """httpx cannot be imported, which is nothing that a user did."""
    (tmp_path / "httpx.py").write_text("raise ValueError('a bug')\n")
    environ = {**KEY, "PYTHONPATH": str(tmp_path)}
    async with LspClient(options=options("http://127.0.0.1:9/v1"), environ=environ) as client:
        with pytest.raises(Refusal, match="a fault in lsp-llm: a bug; see the log") as caught:
            await client.request("lsp-llm/models/list", {})
        assert caught.value.code == -32603
    assert "a fault in lsp-llm/models/list: a bug" in client.errors
    assert "Traceback" not in client.errors
