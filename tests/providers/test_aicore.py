from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import AsyncIterator
from typing import Any

import pytest

from lsp_llm.errors import Auth, UserError
from lsp_llm.providers.aicore import SERVICE_KEY, find_deployment, with_service_key
from lsp_llm.providers.transport import HttpTransport
from tests.fakes.host import FakeHost

KEY = {
    "clientid": "sb-1",
    "clientsecret": "s3cret",
    "url": "https://auth.example",
    "serviceurls": {"AI_API_URL": "https://api.example"},
}


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    await transport.close()


def test_a_service_key_stands_for_its_parts() -> None:
    environ = {SERVICE_KEY: json.dumps(KEY), "HOME": "/home/me"}
    assert with_service_key(environ) == {
        **environ,
        "AICORE_CLIENT_ID": "sb-1",
        "AICORE_CLIENT_SECRET": "s3cret",
        "AICORE_AUTH_URL": "https://auth.example",
        "AICORE_BASE_URL": "https://api.example",
    }


def test_what_is_set_by_itself_stands_above_the_key() -> None:
    environ = {SERVICE_KEY: json.dumps(KEY), "AICORE_BASE_URL": "https://other.example"}
    assert with_service_key(environ)["AICORE_BASE_URL"] == "https://other.example"


@pytest.mark.parametrize("text", ["", " ", "[]", '{"serviceurls": "x", "clientid": 1}'])
def test_a_key_without_parts_adds_none(text: str) -> None:
    assert with_service_key({SERVICE_KEY: text}) == {SERVICE_KEY: text}


def test_a_broken_key_is_named_and_not_shown() -> None:
    broken = json.dumps(KEY)[:-1]
    with pytest.raises(UserError, match=r"^AICORE_SERVICE_KEY is no JSON") as raised:
        with_service_key({SERVICE_KEY: broken})
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


def deployment(deployment_id: str, model: str, details: str = "backendDetails") -> dict[str, Any]:
    resources = {details: {"model": {"name": model, "version": "latest"}}}
    return {"id": deployment_id, "status": "RUNNING", "details": {"resources": resources}}


async def found(transport: HttpTransport, answer: object, model: str, status: int = 200) -> str:
    async with FakeHost() as host:
        asking = asyncio.create_task(find_deployment(transport, host.base_url, {"authorization": "Bearer t"}, model))
        exchange = await host.request()
        assert (exchange.method, exchange.path) == ("GET", "/v1/v2/lm/deployments?status=RUNNING")
        assert exchange.headers["authorization"] == "Bearer t"
        await exchange.answer(status, answer)
        return await asking


async def test_the_first_deployment_of_the_model_is_taken(transport: HttpTransport) -> None:
    resources = [deployment("d0", "other"), deployment("d1", "gpt", "backend_details"), deployment("d2", "gpt")]
    assert await found(transport, {"count": 3, "resources": resources}, "gpt") == "d1"


async def test_a_model_that_is_not_served_names_those_that_are(transport: HttpTransport) -> None:
    answer = {"resources": [deployment("d0", "b"), deployment("d1", "a"), {"id": "d2", "details": {}}]}
    with pytest.raises(UserError, match=r'serves "gpt"; those that run serve: a, b$'):
        await found(transport, answer, "gpt")


@pytest.mark.parametrize("answer", [{}, {"resources": None}, {"resources": [1, None]}, []])
async def test_where_nothing_runs_that_is_said(transport: HttpTransport, answer: object) -> None:
    with pytest.raises(UserError, match=r"those that run serve: none$"):
        await found(transport, answer, "gpt")


async def test_a_host_that_declines_is_an_error_like_any_other(transport: HttpTransport) -> None:
    with pytest.raises(Auth):
        await found(transport, {"error": {"code": "1", "message": "no"}}, "gpt", 401)
