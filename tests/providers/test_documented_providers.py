"""docs/providers.md: every example is taken by the settings as it stands, and sent to a host of our own.

The address and the key's header that the document promises are compared with what really goes out.
"""

from __future__ import annotations

import asyncio
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import Dialect, Settings
from lsp_llm.exchange.messages import Message, ModelRequest
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.providers import credentials
from lsp_llm.providers.fim import fim_codec
from lsp_llm.providers.hosts import ModelHosts, url
from lsp_llm.providers.registry import LOCAL, PROVIDERS, ResolvedPreset, builtin_values, placed, resolve
from lsp_llm.providers.tokens import Token
from tests.fakes.host import Exchange, FakeHost

DOCUMENT = (Path(__file__).parents[2] / "docs" / "providers.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"^```toml\n(?P<toml>.*?)^```\n\n(?P<promise>.*)$", re.MULTILINE | re.DOTALL)
PROMISE = re.compile(
    r"`POST (?P<url>\S+)` (?:without a key|with (?:`(?P<variable>\w+)`(?: for a token)?|Google's credentials) "
    r"as `(?P<header>[\w-]+)(?:: (?P<scheme>Bearer))?`)\n"
)
FILLING = re.compile(r"^Fills in the middle at `POST (\S+)`$", re.MULTILINE)
KEY = "k-0123456789"
TOOL = ToolSpec("add", "adds", {"type": "object"})
CONVERSATION = (Message("system", "be terse"), Message("user", "hello"))

BODIES: Mapping[Dialect, frozenset[str]] = {
    "openai_chat": frozenset({"model", "messages", "stream", "stream_options", "tools"}),
    "openai_responses": frozenset({"model", "input", "instructions", "stream", "store", "include", "tools"}),
    "anthropic": frozenset({"model", "max_tokens", "messages", "system", "stream", "tools"}),
    "gemini": frozenset({"contents", "systemInstruction", "tools"}),
    "ollama": frozenset({"model", "messages", "stream", "tools"}),
}
"""All that each dialect may send by itself."""


@dataclass(frozen=True, slots=True)
class Example:
    """One block of settings, with the words below it up to the next one."""

    heading: str
    toml: str
    text: str

    def settings(self) -> Settings:
        built_in = Layer("built in", Origin.BUILT_IN, builtin_values())
        user = Layer("config.toml", Origin.USER, tomllib.loads(self.toml), self.toml)
        settings, problems = merge([built_in, user])
        assert problems == ()
        return settings

    def resolved(self) -> ResolvedPreset:
        settings = self.settings()
        assert settings.preset, "an example chooses its preset"
        return placed(resolve(settings, settings.preset), {})


def examples() -> list[Example]:
    found = []
    for section in re.split(r"^#+ ", DOCUMENT, flags=re.MULTILINE):
        heading = section.partition("\n")[0]
        for block in re.split(r"(?=^```toml$)", section, flags=re.MULTILINE)[1:]:
            match = EXAMPLE.match(block)
            assert match, f"{heading}: a block of settings is not followed by words"
            found.append(Example(heading, match["toml"], match["promise"]))
    return found


EXAMPLES = examples()
SENT = [example for example in EXAMPLES if example.heading != LOCAL]


def named(example: Example) -> str:
    return example.heading.replace(" ", "-")


def test_every_block_of_settings_is_an_example() -> None:
    assert len(EXAMPLES) == DOCUMENT.count("```toml") >= len(PROVIDERS)


@pytest.mark.parametrize("provider", PROVIDERS, ids=lambda provider: provider.name)
def test_every_provider_has_an_example(provider: Any) -> None:
    names = [example.resolved().provider_name for example in EXAMPLES if example.heading == provider.name]
    assert set(names) == {provider.name}


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_an_example_is_sound(example: Example) -> None:
    resolved = example.resolved()
    assert resolved.preset.model or resolved.provider_name in {LOCAL, "llamacpp", "vllm"}


@pytest.mark.parametrize("example", SENT, ids=named)
async def test_an_example_goes_where_the_document_says(example: Example, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "google_token", lambda: Token(Secret(KEY)))
    promise = PROMISE.match(example.text)
    assert promise, f"{example.heading}: no address below the settings"
    resolved = example.resolved()
    exchange = await sent(resolved, {promise["variable"]: KEY} if promise["variable"] else {})
    promised, base = urlsplit(promise["url"]), urlsplit(resolved.provider.base_url)
    assert (base.scheme, base.netloc) == (promised.scheme, promised.netloc)
    assert exchange.path == promised.path + (f"?{promised.query}" if promised.query else "")
    assert_key(exchange, promise["header"], promise["scheme"])
    assert_body(exchange, resolved)


@pytest.mark.parametrize("example", SENT, ids=named)
def test_the_key_is_where_the_document_says(example: Example) -> None:
    promise = PROMISE.match(example.text)
    assert promise
    resolved = example.resolved()
    provider = resolved.provider
    usual = next((entry.key_env for entry in PROVIDERS if entry.name == resolved.provider_name), "")
    is_this_machine = promise["header"] is None
    assert (provider.api_key_env or usual) == (promise["variable"] or "")
    assert (provider.auth == "google") is ("Google's credentials" in promise[0])
    assert (provider.auth == "oauth") is ("for a token" in promise[0])
    assert not is_this_machine or provider.auth in {"none", "bearer"}


@pytest.mark.parametrize("example", SENT, ids=named)
def test_the_middle_is_asked_for_where_the_document_says(example: Example) -> None:
    resolved = example.resolved()
    promised = FILLING.findall(example.text)
    assert bool(resolved.preset.fim) is bool(promised)
    for address in promised:
        codec = fim_codec(resolved.preset.fim)
        assert url(resolved.provider.base_url, codec.path, codec.query) == address


def test_headers_of_an_example_are_kept_beside_the_built_in_ones() -> None:
    (example,) = [example for example in EXAMPLES if example.heading == "openrouter"]
    headers = example.resolved().provider.headers
    assert headers == {"X-Title": "lsp-llm", "HTTP-Referer": "https://example.com"}


async def sent(resolved: ResolvedPreset, environ: Mapping[str, str]) -> Exchange:
    """The request as it arrives, at a host of our own in place of the example's and of its token service."""
    tools = (TOOL,) if resolved.provider.dialect == "anthropic" else ()
    request = ModelRequest(resolved.preset.model, CONVERSATION, resolved.preset.params, tools)
    hosts = ModelHosts(environ)
    async with FakeHost() as host:
        answering = asyncio.create_task(all_of(hosts, moved(resolved, host), request))
        exchange = await host.request()
        if resolved.provider.auth == "oauth":
            assert exchange.path == urlsplit(resolved.provider.oauth.token_url).path
            await exchange.answer(200, {"access_token": KEY})
            exchange = await host.request()
        answering.cancel()
        await asyncio.gather(answering, return_exceptions=True)
        await hosts.close()
        return exchange


def moved(resolved: ResolvedPreset, host: FakeHost) -> ResolvedPreset:
    """The preset with the same paths at another host."""

    def here(address: str) -> str:
        return urlsplit(address)._replace(scheme="http", netloc=urlsplit(host.base_url).netloc).geturl()

    provider = resolved.provider
    oauth = msgspec.structs.replace(provider.oauth, token_url=here(provider.oauth.token_url))
    provider = msgspec.structs.replace(provider, base_url=here(provider.base_url), oauth=oauth, ca_file="")
    return replace(resolved, provider=provider)


async def all_of(hosts: ModelHosts, resolved: ResolvedPreset, request: ModelRequest) -> list[object]:
    answer = await hosts.answer(resolved, request)
    return [events async for events in answer.events()]


def assert_key(exchange: Exchange, header: str | None, scheme: str | None) -> None:
    """The key is in the header that is promised, and nowhere else."""
    carrying = {name: value for name, value in exchange.headers.items() if KEY in value}
    expected = f"{scheme} {KEY}" if scheme else KEY
    assert carrying == ({header.lower(): expected} if header else {})
    assert KEY not in exchange.path
    assert KEY.encode() not in exchange.body


def assert_body(exchange: Exchange, resolved: ResolvedPreset) -> None:
    """The words are in it, the model is in it or in the address, and nothing that nobody set."""
    body, provider, preset = exchange.json, resolved.provider, resolved.preset
    assert exchange.method == "POST"
    assert b"hello" in exchange.body
    assert b"be terse" in exchange.body
    assert set(body) <= BODIES[provider.dialect] | set(preset.params)
    assert {name: body[name] for name in preset.params} == preset.params
    is_in_body = bool(preset.model) and preset.model not in exchange.path
    assert body.get("model", "") == (preset.model if is_in_body else "")
    if provider.dialect == "anthropic":
        assert [tool["name"] for tool in body["tools"]] == ["add"]
