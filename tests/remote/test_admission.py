from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.remote.admission import initialize_refusal, is_same, request_id, upgrade_refusal, with_token

TOKEN = "the-token+of/this=server"
UPGRADE = {"upgrade": "WebSocket"}


def bearer(token: str) -> dict[str, str]:
    return {**UPGRADE, "authorization": f"Bearer {token}"}


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/", bearer(TOKEN), None),
        ("/", {**UPGRADE, "authorization": f"bearer  {TOKEN} "}, None),
        ("/any/path?token=the-token%2Bof/this=server", UPGRADE, None),
        ("/?token=the-token%2Bof/this=server", bearer(TOKEN), None),
        ("/?token=the-token%2Bof/this=server", bearer("wrong"), 401),
        ("/?token=wrong", bearer(TOKEN), 401),
        ("/?token=wrong&token=the-token%2Bof/this=server", UPGRADE, 401),
        ("/", UPGRADE, 401),
        ("/?token=", UPGRADE, 401),
        ("/", bearer(""), 401),
        ("/", bearer(TOKEN[:-1]), 401),
        ("/", {**UPGRADE, "authorization": f"Basic {TOKEN}"}, 401),
        ("/", {"authorization": f"Bearer {TOKEN}"}, 426),
        ("/", {**bearer(TOKEN), "upgrade": "h2c"}, 426),
        ("/", {**bearer(TOKEN), "origin": "https://example.org"}, 403),
        ("/", {**bearer(TOKEN), "origin": ""}, 403),
        ("http://[", UPGRADE, 401),
    ],
)
def test_who_may_open_a_websocket(target: str, headers: Mapping[str, str], status: int | None) -> None:
    refusal = upgrade_refusal(target, headers, TOKEN)
    assert (refusal.status if refusal else None) == status
    assert refusal is None or TOKEN not in refusal.sentence


def initialize(options: Any) -> bytes:
    return json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"initializationOptions": options}}
    ).encode()


@pytest.mark.parametrize(
    ("body", "beginning"),
    [
        (initialize({"token": TOKEN, "preset": "x"}), ""),
        (initialize({"token": "wrong"}), "wrong token"),
        (initialize({"token": ["a"]}), "no token"),
        (initialize({}), "no token: it belongs in initializationOptions.token, where"),
        (initialize(None), "no token"),
        (initialize([]), "no token"),
        (b'{"method":"initialize","params":[]}', "no token"),
        (b'{"method":"initialize"}', "no token"),
        (b'{"id":1,"method":"shutdown"}', "the first message must be initialize"),
        (b"[]", "the first message must be initialize"),
        (b"\xff\xfe", "the first message must be initialize"),
        (b"[" * 100_000, "the first message must be initialize"),
        (initialize({"token": "\ud83d"}), "wrong token"),
    ],
)
def test_who_may_begin_over_a_stream(body: bytes, beginning: str) -> None:
    refusal = initialize_refusal(body, TOKEN)
    assert refusal.startswith(beginning)
    assert (refusal == "") is (beginning == "")
    assert TOKEN not in refusal


@pytest.mark.parametrize("options", [None, {}, [], {"preset": "é"}])
def test_an_initialize_is_given_the_token(options: Any) -> None:
    introduced = with_token(initialize(options), TOKEN)
    assert initialize_refusal(introduced, TOKEN) == ""
    said = json.loads(introduced)
    assert (said["id"], said["jsonrpc"]) == (1, "2.0")
    del said["params"]["initializationOptions"]["token"]
    assert said["params"]["initializationOptions"] == (options or {})


def test_an_initialize_without_params_is_given_the_token() -> None:
    assert initialize_refusal(with_token(b'{"id":1,"method":"initialize"}', TOKEN), TOKEN) == ""


@pytest.mark.parametrize(
    "body", [initialize({"token": "own"}), initialize("text"), b'{"method":"shutdown"}', b"no JSON", b"[1]"]
)
def test_every_other_message_stays_as_it_is(body: bytes) -> None:
    assert with_token(body, TOKEN) == body


def test_without_a_token_nothing_changes() -> None:
    assert with_token(initialize({}), "") == initialize({})


@given(st.text(), st.text())
def test_tokens_are_the_same_or_not(one: str, other: str) -> None:
    assert is_same(one, other) is (one == other)
    assert is_same(one, one)


def test_tokens_are_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr(hmac, "compare_digest", lambda one, other: compared.append((one, other)) or False)
    assert not is_same("a", "a")
    assert compared == [(b"a", b"a")]


@pytest.mark.parametrize(
    ("body", "found"), [(b'{"id":7}', 7), (b'{"id":"a"}', "a"), (b'{"id":true}', None), (b"{}", None), (b"x", None)]
)
def test_the_id_of_a_request(body: bytes, found: int | str | None) -> None:
    assert request_id(body) == found
