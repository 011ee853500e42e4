"""Google's own library against a token service on loopback; the key file is made here and opens nothing."""

from __future__ import annotations

import asyncio
import datetime
import importlib.util
import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from lsp_llm.errors import Auth, Unavailable, UserError
from lsp_llm.providers.google_credentials import _seconds_until, google_token
from tests.fakes.host import FakeHost

needs_library = pytest.mark.skipif(importlib.util.find_spec("google.auth") is None, reason="needs the extra vertex")
Place = Callable[[str], None]
VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"


@pytest.fixture(scope="module")
def private_key() -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()


@pytest.fixture
def at(tmp_path: Path, private_key: str, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Makes the credentials those of a service account whose tokens come from an address."""

    def make(token_url: str) -> None:
        account = {
            "type": "service_account",
            "client_email": "me@project.example",
            "private_key": private_key,
            "token_uri": token_url,
        }
        path = tmp_path / "account.json"
        path.write_text(json.dumps(account))
        monkeypatch.setenv(VARIABLE, str(path))
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    return make


@needs_library
async def test_a_token_comes_from_googles_library(at: Place) -> None:
    async with FakeHost() as host:
        at(f"{host.base_url}/token")
        asking = asyncio.create_task(asyncio.to_thread(google_token))
        exchange = await host.request()
        assert parse_qs(exchange.body.decode())["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
        await exchange.answer(200, {"access_token": "ya29.t", "expires_in": 3600})
        token = await asking
    assert token.value == "ya29.t"
    assert 3500 < token.lasts_seconds <= 3600


@needs_library
async def test_a_declined_account_is_told_to_log_in_and_quotes_nothing(at: Place) -> None:
    async with FakeHost() as host:
        at(f"{host.base_url}/token")
        asking = asyncio.create_task(asyncio.to_thread(google_token))
        await (await host.request()).answer(400, {"error": "invalid_grant", "error_description": "s3cret"})
        with pytest.raises(Auth) as raised:
            await asking
    assert "gcloud auth application-default login" in raised.value.hint
    assert "s3cret" not in "".join(traceback.format_exception(raised.value))


@needs_library
def test_a_service_out_of_reach_is_unavailable(at: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    # Between its attempts the library sleeps.
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    at("http://127.0.0.1:1/token")
    with pytest.raises(Unavailable, match="cannot be reached"):
        google_token()


@needs_library
def test_credentials_that_are_not_there_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "missing.json"))
    with pytest.raises(UserError, match=r"run `gcloud auth application-default login`, or name a key file in"):
        google_token()


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "google.auth", None)
    with pytest.raises(UserError, match=r'^auth = "google" needs Google\'s library: install "lsp-llm\[vertex\]"$'):
        google_token()


def test_a_token_without_an_end_is_taken_for_an_hour() -> None:
    assert _seconds_until(None) == 3600
    in_a_minute = datetime.datetime.now(datetime.UTC).replace(tzinfo=None) + datetime.timedelta(seconds=60)
    assert 50 < _seconds_until(in_a_minute) <= 60
