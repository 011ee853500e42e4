from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import Settings
from lsp_llm.errors import Auth, UserError
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.providers import credentials as module
from lsp_llm.providers.asking import Answer
from lsp_llm.providers.credentials import Credentials
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.providers.registry import ResolvedPreset, builtin_values, resolve
from lsp_llm.providers.tokens import Token
from lsp_llm.providers.transport import HttpTransport
from tests.fakes.host import FakeHost

AICORE = {"AICORE_CLIENT_ID": "me", "AICORE_CLIENT_SECRET": "s3cret"}


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    await transport.close()


def resolved(name: str = "p", **values: Any) -> ResolvedPreset:
    values = {"presets": {"p": {"provider": "p", "model": "m"}}, **values}
    built_in = Layer("built in", Origin.BUILT_IN, builtin_values())
    settings, problems = merge([built_in, Layer("config.toml", Origin.USER, values)])
    assert problems == ()
    assert isinstance(settings, Settings)
    return resolve(settings, name)


def provided(**provider: Any) -> ResolvedPreset:
    return resolved(providers={"p": {"base_url": "http://127.0.0.1:1", **provider}})


async def key_of(credentials: Credentials, wanted: ResolvedPreset) -> str:
    return await (await credentials.access(wanted)).credential.key()


async def test_a_key_of_the_environment_is_found_and_known_to_be_secret(transport: HttpTransport) -> None:
    environ = {"MINE": "k-1"}
    credentials = Credentials(environ, lambda _: transport)
    wanted = provided(api_key_env="MINE")
    assert credentials.secrets() == ()
    assert await key_of(credentials, wanted) == "k-1"
    assert [secret.reveal() for secret in credentials.secrets()] == ["k-1"]
    # Nothing else is there to be asked, so that a refusal stands.
    assert await (await credentials.access(wanted)).credential.refresh() is False


async def test_a_command_runs_once_and_again_when_its_key_is_refused(transport: HttpTransport, tmp_path: Any) -> None:
    count = tmp_path / "count"
    count.write_text("")
    code = f"p = r'{count}'; open(p, 'a').write('x'); print('k-%d' % len(open(p).read()))"
    credentials = Credentials({}, lambda _: transport)
    wanted = provided(api_key_command=f'"{sys.executable}" -c "{code}"')
    assert [await key_of(credentials, wanted), await key_of(credentials, wanted)] == ["k-1", "k-1"]
    assert await (await credentials.access(wanted)).credential.refresh() is True
    assert await key_of(credentials, wanted) == "k-2"


async def test_changed_settings_are_looked_at_anew(transport: HttpTransport) -> None:
    credentials = Credentials({"ONE": "k-1", "TWO": "k-2"}, lambda _: transport)
    assert await key_of(credentials, provided(api_key_env="ONE")) == "k-1"
    assert await key_of(credentials, provided(api_key_env="TWO")) == "k-2"


async def test_a_missing_key_is_looked_for_each_time(transport: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_key", lambda name, *_: (_ for _ in ()).throw(UserError(f"no key for {name}")))
    credentials = Credentials({}, lambda _: transport)
    for _ in range(2):
        with pytest.raises(UserError, match="no key for p"):
            await key_of(credentials, provided(api_key_env="MINE"))


async def test_a_server_on_this_machine_needs_none(transport: HttpTransport) -> None:
    assert await key_of(Credentials({}, lambda _: transport), resolved("llamacpp")) == ""


async def test_googles_tokens_come_from_its_library(transport: HttpTransport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "google_token", lambda: Token(Secret("ya29")))
    access = await Credentials({"GOOGLE_CLOUD_PROJECT": "mine"}, lambda _: transport).access(resolved("vertex"))
    assert await access.credential.key() == "ya29"
    assert access.resolved.provider.base_url == "https://aiplatform.googleapis.com/v1"
    assert access.resolved.provider.path == (
        "/projects/mine/locations/global/publishers/google/models/{model}:streamGenerateContent"
    )


async def test_what_an_address_lacks_is_said_before_any_key_is_looked_for(transport: HttpTransport) -> None:
    with pytest.raises(UserError, match=r'^provider "vertex" needs project: set it in \[providers\.vertex\.address\]'):
        await Credentials({}, lambda _: transport).access(resolved("vertex"))


def aicore(model: str = "gpt") -> ResolvedPreset:
    return resolved("aicore", presets={"aicore": {"model": model}})


def environment(host: FakeHost) -> Mapping[str, str]:
    base = host.base_url
    return {**AICORE, "AICORE_BASE_URL": base, "AICORE_AUTH_URL": base, "AICORE_RESOURCE_GROUP": "team"}


async def test_a_model_on_aicore_is_found_with_a_token_and_both_are_kept(transport: HttpTransport) -> None:
    async with FakeHost() as host:
        credentials = Credentials(environment(host), lambda _: transport)
        asking = asyncio.create_task(credentials.access(aicore()))
        token = await host.request()
        assert (token.path, b"s3cret" in token.body) == ("/v1/oauth/token", True)
        await token.answer(200, {"access_token": "t-1", "expires_in": 3600})
        deployments = await host.request()
        assert (deployments.headers["authorization"], deployments.headers["ai-resource-group"]) == (
            "Bearer t-1",
            "team",
        )
        details = {"resources": {"backendDetails": {"model": {"name": "gpt"}}}}
        await deployments.answer(200, {"resources": [{"id": "d7", "details": details}]})
        access = await asking
        assert access.resolved.provider.base_url == f"{host.base_url}/v2/inference/deployments/d7"
        # Neither is asked for again: the host would not answer.
        again = await credentials.access(aicore())
        assert again.resolved == access.resolved
        assert await again.credential.key() == "t-1"
    assert {secret.reveal() for secret in credentials.secrets()} == {"s3cret", "t-1"}


async def test_a_deployment_of_the_settings_is_not_asked_for(transport: HttpTransport) -> None:
    values = {
        "providers": {"aicore": {"address": {"deployment": "d9", "api_url": "https://a", "auth_url": "https://b"}}},
        "presets": {"aicore": {"model": "gpt"}},
    }
    access = await Credentials(AICORE, lambda _: transport).access(resolved("aicore", **values))
    assert access.resolved.provider.base_url == "https://a/v2/inference/deployments/d9"
    assert access.resolved.provider.oauth.token_url == "https://b/oauth/token"
    assert access.resolved.provider.headers == {"AI-Resource-Group": "default"}


async def test_a_refused_token_is_fetched_anew(transport: HttpTransport) -> None:
    oauth = {"client_id": "me"}
    async with FakeHost() as host:
        wanted = provided(auth="oauth", api_key_env="S", oauth={"token_url": f"{host.base_url}/token", **oauth})
        credential = (await Credentials({"S": "s3cret"}, lambda _: transport).access(wanted)).credential
        for step, value in [(credential.key, "t-1"), (credential.refresh, True)]:
            asking = asyncio.create_task(step())
            await (await host.request()).answer(200, {"access_token": "t-1" if value == "t-1" else "t-2"})
            assert await asking == value
        assert await credential.key() == "t-2"


async def test_a_secret_that_the_service_declines_is_an_auth_error(transport: HttpTransport) -> None:
    async with FakeHost() as host:
        wanted = provided(
            auth="oauth", api_key_env="S", oauth={"token_url": f"{host.base_url}/token", "client_id": "me"}
        )
        asking = asyncio.create_task(key_of(Credentials({"S": "s3cret"}, lambda _: transport), wanted))
        await (await host.request()).answer(401, {"error": "invalid_client"})
        with pytest.raises(Auth, match="gives no token for p: invalid_client"):
            await asking


async def test_a_service_key_is_enough_for_aicore(transport: HttpTransport) -> None:
    key = {"clientid": "i", "clientsecret": "s", "url": "https://b", "serviceurls": {"AI_API_URL": "https://a"}}
    environ = {"AICORE_SERVICE_KEY": json.dumps(key)}
    values = {
        "providers": {"aicore": {"address": {"deployment": "d"}}},
        "presets": {"aicore": {"model": "gpt"}},
    }
    access = await Credentials(environ, lambda _: transport).access(resolved("aicore", **values))
    assert access.resolved.provider.oauth.client_id == "i"


async def test_a_host_that_refuses_a_token_gets_one_more_and_no_third() -> None:
    async with FakeHost() as host:
        wanted = provided(
            base_url=f"{host.base_url}/chat",
            auth="oauth",
            api_key_env="S",
            oauth={"token_url": f"{host.base_url}/token", "client_id": "me"},
        )
        hosts = ModelHosts({"S": "s3cret"})
        answer = await hosts.answer(wanted, ModelRequest("m", (Message("user", "hello"),)))
        asking = asyncio.create_task(failure_of(answer))
        for token in ("t-1", "t-2"):
            await (await host.request()).answer(200, {"access_token": token, "expires_in": 3600})
            exchange = await host.request()
            assert exchange.headers["authorization"] == f"Bearer {token}"
            await exchange.answer(401, {"error": {"message": f"{token} is of no use"}})
        assert isinstance(await asking, Auth)
        assert {secret.reveal() for secret in hosts.secrets()} == {"s3cret", "t-1", "t-2"}
        await hosts.close()


async def failure_of(answer: Answer) -> Exception:
    with pytest.raises(Auth) as raised:
        async for _ in answer.events():
            pass
    return raised.value
