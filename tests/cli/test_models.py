"""`lsp-llm models`, the real program and a host that is driven by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from tests.cli.calling import Ended, called, fake_settings, write_settings
from tests.fakes.host import FakeHost

SECRET = "sk-secret-of-the-test"


async def asked(home: Path, status: int, body: Any, *arguments: str) -> Ended:
    async with FakeHost() as host:
        write_settings(home, fake_settings(host.base_url))
        calling = asyncio.create_task(called(home, "models", *arguments, environ={"FAKE_KEY": SECRET}))
        exchange = await host.request()
        assert (exchange.method, exchange.path) == ("GET", "/v1/models")
        await exchange.answer(status, body)
        return await calling


async def test_models_as_data(tmp_path: Path) -> None:
    ended = await asked(tmp_path, 200, {"data": [{"id": "m"}, {"id": "l", "max_model_len": 9}]}, "--json")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.json == {"provider": "fake", "models": [{"id": "l", "contextTokens": 9}, {"id": "m"}]}


async def test_models_as_lines(tmp_path: Path) -> None:
    body = {"data": [{"id": "m\x1b[2J"}, {"id": "large", "max_model_len": 131072}]}
    ended = await asked(tmp_path, 200, body, "fake")
    assert ended.output.splitlines() == ["fake   context", "large  131,072", "m�[2J"]


async def test_a_host_without_models_says_so(tmp_path: Path) -> None:
    ended = await asked(tmp_path, 200, {"data": []}, "fake")
    assert ended.output == "fake has no models: load or fetch one there first\n"


async def test_a_refusal_is_a_sentence_with_what_to_do(tmp_path: Path) -> None:
    ended = await asked(tmp_path, 401, {"error": {"message": f"bad key {SECRET}"}})
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith("lsp-llm: ")
    assert ended.errors.count("\n") == 1
    assert SECRET not in ended.errors


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    write_settings(tmp_path, fake_settings("http://127.0.0.1:9/v1"))
    for arguments, said in (
        ((), "lsp-llm: no API key for fake: set the environment variable FAKE_KEY"),
        (("fakee",), 'lsp-llm: there is no provider "fakee"; did you mean "fake"?'),
    ):
        ended = await called(tmp_path, "models", *arguments)
        assert (ended.code, ended.output) == (1, "")
        assert ended.errors.startswith(said)
