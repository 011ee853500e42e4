"""Whom the doctor visits, and what it brings back."""

from __future__ import annotations

import asyncio

import pytest

from lsp_llm.cli import doctor_visits
from lsp_llm.cli.doctor_visits import Places, first_token, is_on_this_machine, skew_seconds, visit_all
from lsp_llm.config.settings import Preset, Provider, Settings
from lsp_llm.errors import Auth, UserError
from lsp_llm.providers.discovery import Listing
from lsp_llm.providers.discovery_presets import key_place
from lsp_llm.providers.registry import resolve
from tests.fakes.host import FakeHost

ENVIRON = {"A_KEY": "sk-a"}


def places_of(settings: Settings) -> Places:
    return {name: key_place(name, provider, ENVIRON) for name, provider in settings.providers.items()}


async def test_only_those_that_are_to_hear_of_it_are_asked() -> None:
    """A host elsewhere, for which there is no key, is not; nothing listens at its address, so that would fail."""
    async with FakeHost() as host:
        settings = Settings(
            providers={
                "here": Provider(base_url=host.base_url, auth="none"),
                "broken": Provider(base_url="https://nowhere.invalid/v1", api_key_command="exit 7"),
                "elsewhere": Provider(base_url="https://nowhere.invalid/v1", auth="none"),
                "keyless": Provider(base_url="https://nowhere.invalid/v1", api_key_env="NO_KEY"),
            }
        )
        visiting = asyncio.create_task(visit_all(settings, "", places_of(settings), ENVIRON))
        await (await host.request()).answer(200, {"data": [{"id": "m"}]}, {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})
        broken, elsewhere, here, keyless = await visiting
    assert [visit.answer for visit in (broken, elsewhere, keyless)] == [None, None, None]
    assert "ended with exit code 7" in str(broken.lack)
    assert (elsewhere.lack, keyless.lack) == (None, None)
    assert isinstance(here.answer, Listing)
    assert here.is_here
    assert here.milliseconds > 0
    assert here.skew_seconds is not None
    assert here.skew_seconds < -1e9


async def test_the_provider_in_use_is_asked_with_its_key_and_its_error_brought_back() -> None:
    async with FakeHost() as host:
        settings = Settings(providers={"a": Provider(base_url=host.base_url, api_key_env="A_KEY")})
        visiting = asyncio.create_task(visit_all(settings, "a", places_of(settings), ENVIRON))
        exchange = await host.request()
        assert exchange.headers["authorization"] == "Bearer sk-a"
        await exchange.answer(401, {})
        (visit,) = await visiting
    assert (visit.has_key, visit.lack) == (True, None)
    assert isinstance(visit.answer, Auth)


@pytest.mark.parametrize(
    ("told", "skew"),
    [
        ("Thu, 01 Jan 1970 00:01:40 GMT", 10.0),
        ("Thu, 01 Jan 1970 00:01:20 GMT", -10.0),
        ("Thu, 01 Jan 1970 00:01:40 -0000", 10.0),
        ("yesterday", None),
        ("", None),
    ],
)
def test_the_time_that_a_host_tells(told: str, skew: float | None) -> None:
    assert skew_seconds({"date": told}, 90.0) == skew
    assert skew_seconds({}, 90.0) is None


@pytest.mark.parametrize(
    ("base_url", "is_here"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.0.0.1/v1", True),
        ("http://[::1]:80", True),
        ("https://api.example.com/v1", False),
        ("", False),
    ],
)
def test_what_is_on_this_machine(base_url: str, is_here: bool) -> None:
    assert is_on_this_machine(Provider(base_url=base_url)) is is_here


def preset_at(host: FakeHost) -> Settings:
    provider = Provider(base_url=host.base_url, api_key_env="A_KEY")
    return Settings(providers={"a": provider}, presets={"p": Preset("a", "m")})


async def test_the_first_token_is_enough() -> None:
    async with FakeHost() as host:
        asking = asyncio.create_task(first_token(resolve(preset_at(host), "p"), ENVIRON))
        exchange = await host.request()
        await exchange.say("o")
        assert await asking > 0
        await exchange.closed()


async def test_an_answer_that_ends_before_is_no_token() -> None:
    async with FakeHost() as host:
        asking = asyncio.create_task(first_token(resolve(preset_at(host), "p"), ENVIRON))
        exchange = await host.request()
        await exchange.done()
        with pytest.raises(UserError, match="the answer was empty"):
            await asking


async def test_a_host_that_only_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time at all is over before anything is sent, on a slow machine too."""
    monkeypatch.setattr(doctor_visits, "REQUEST_SECONDS", 0)
    async with FakeHost() as host:
        with pytest.raises(UserError, match="no token came within 0 s"):
            await first_token(resolve(preset_at(host), "p"), ENVIRON)
        assert host.connection_count == 0
