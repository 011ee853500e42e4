from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import OAuth
from lsp_llm.errors import Auth, BadResponse, LspLlmError, Timeout, Unavailable, UserError
from lsp_llm.providers.oauth import client_token
from lsp_llm.providers.tokens import Token
from lsp_llm.providers.transport import HttpTransport
from tests.fakes.host import Exchange, FakeHost

SECRET = "s3cret&very"


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    await transport.close()


async def asked(transport: HttpTransport, status: int, answer: Any, scope: str = "") -> tuple[Exchange, Token]:
    async with FakeHost() as host:
        oauth = OAuth(f"{host.base_url}/token", "me", scope)
        asking = asyncio.create_task(client_token("p", oauth, Secret(SECRET), transport))
        exchange = await host.request()
        await exchange.answer(status, answer)
        return exchange, await asking


async def test_a_client_asks_with_its_id_and_secret(transport: HttpTransport) -> None:
    exchange, token = await asked(transport, 200, {"access_token": "t-1", "expires_in": 43199}, "a b")
    assert (exchange.method, exchange.path) == ("POST", "/v1/token")
    assert exchange.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(exchange.body.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["me"],
        "client_secret": [SECRET],
        "scope": ["a b"],
    }
    assert (token.value, token.lasts_seconds) == ("t-1", 43199)


@pytest.mark.parametrize(
    ("life", "seconds"), [({"expires_in": "3599"}, 3599), ({"expires_in": "soon"}, 300), ({"expires_in": None}, 300)]
)
async def test_a_life_may_be_a_text_or_unknown(
    transport: HttpTransport, life: dict[str, object], seconds: float
) -> None:
    _, token = await asked(transport, 200, {"access_token": "t", **life})
    assert token.lasts_seconds == seconds


@pytest.mark.parametrize(
    ("status", "answer", "kind", "said"),
    [
        (401, {"error": "invalid_client", "error_description": SECRET}, Auth, "gives no token for p: invalid_client."),
        (400, {"error": f"no {SECRET}"}, Auth, "gives no token for p: 400."),
        (403, [], Auth, "gives no token for p: 403."),
        (302, None, Auth, "gives no token for p: 302."),
        (503, {}, Unavailable, "is out of order (503)."),
        (429, {}, Unavailable, "is out of order (429)."),
        (200, {"token": "t"}, BadResponse, "gave no access_token."),
        (200, {"access_token": f"{SECRET}\n"}, BadResponse, "is not an API key"),
    ],
)
async def test_no_token_is_said_plainly_and_shows_no_secret(
    transport: HttpTransport, status: int, answer: object, kind: type[LspLlmError], said: str
) -> None:
    with pytest.raises(kind) as raised:
        await asked(transport, status, answer)
    assert said in str(raised.value)
    assert SECRET not in "".join(traceback.format_exception(raised.value))


async def test_a_page_instead_of_a_token_is_a_bad_response(transport: HttpTransport) -> None:
    async with FakeHost() as host:
        asking = asyncio.create_task(client_token("p", OAuth(f"{host.base_url}/t", "me"), Secret(SECRET), transport))
        exchange = await host.request()
        await exchange.start(200, {"Content-Type": "text/html"})
        await exchange.send(b"<html>please log in</html>")
        await exchange.end()
        with pytest.raises(BadResponse):
            await asking


async def test_a_silent_service_is_given_up(transport: HttpTransport) -> None:
    async with FakeHost() as host:
        with pytest.raises(Timeout):
            await client_token("p", OAuth(f"{host.base_url}/t", "me"), Secret(SECRET), transport, limit_seconds=0.05)


@pytest.mark.parametrize(
    ("oauth", "secret", "said"),
    [
        (OAuth(client_id="me"), Secret("s"), 'no token_url: set it in [providers."p q".oauth]'),
        (OAuth(token_url="http://host"), Secret("s"), 'no client_id: set it in [providers."p q".oauth]'),
        (OAuth("http://host", "me"), None, "api_key_env or api_key_command must give its secret"),
    ],
)
async def test_what_is_missing_is_named(
    transport: HttpTransport, oauth: OAuth, secret: Secret | None, said: str
) -> None:
    with pytest.raises(UserError) as raised:
        await client_token("p q", oauth, secret, transport)
    assert said in str(raised.value)
