"""Traps around a stream: waits, redirects, keys, a user who leaves, connections, proxies, nothing at all, secrets."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import ssl
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.providers.asking import MAX_REST_BYTES
from tests.fakes.host import Exchange, FakeHost
from tests.fakes.proxy import TunnelProxy
from tests.providers.traps.desk import KEY, KEY_VARIABLE, Desk, answering, falling_silent, serving
from tests.providers.traps.hearing import Asked, Heard, hear
from tests.providers.traps.wires import ANTHROPIC, GEMINI, OLLAMA, OPENAI_CHAT, OPENAI_RESPONSES, USAGE, WIRES, Wire
from tests.turns import until

BUSY = {"error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}
LIMITED = "The host limits the rate of requests (429): slow down: {}"
AT_ONCE = ["connection issue (RateLimited): attempt 2 of 3"]
NO_ANSWER = "The host closed the connection without an answer. Try again; look at the host's own log if it stays so."
BAD_KEY = (
    "The host does not accept the API key (401): expired:"
    " Check the key that api_key_env or api_key_command of this provider gives."
)
TOO_LONG = "Select less, lower context.max_tokens, or choose a model with a larger context."
CERTIFICATE = Path(__file__).parents[2] / "fakes" / "elsewhere.pem"
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")

by_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.dialect)


@pytest.mark.parametrize(
    ("headers", "notices", "waits"),
    [
        ({"retry-after": "1.5"}, ["rate limit: asking again in 2 s", "rate limit: asking again in 1 s"], [1.0, 0.5]),
        ({"retry-after-ms": "20", "retry-after": "9"}, ["rate limit: asking again in 1 s"], [0.02]),
        ({"retry-after": "-5"}, AT_ONCE, [0.0]),
        ({"retry-after": "NaN"}, AT_ONCE, [0.0]),
        ({"retry-after": "soon"}, AT_ONCE, [0.0]),
        (
            {"retry-after": "Fri, 20 Nov 2026 12:00:01 GMT", "date": "Fri, 20 Nov 2026 12:00:00 GMT"},
            ["rate limit: asking again in 1 s"],
            [1.0],
        ),
    ],
    ids=["seconds", "milliseconds", "negative", "nan", "words", "date"],
)
async def test_35_a_wait_the_host_asks_for(
    desk: Desk, slept: list[float], headers: dict[str, str], notices: list[str], waits: list[float]
) -> None:
    heard = await desk.hear(OPENAI_CHAT, answering(429, BUSY, headers), serving(OPENAI_CHAT.body("all")))
    assert (heard.text, heard.notices, slept) == ("all", notices, waits)


@pytest.mark.parametrize(
    ("wait", "said"), [("121", "121"), ("1e9", "86400"), ("inf", "86400")], ids=["long", "huge", "endless"]
)
async def test_35_a_long_wait_is_told_and_not_slept(desk: Desk, slept: list[float], wait: str, said: str) -> None:
    heard = await desk.hear(OPENAI_CHAT, answering(429, BUSY, {"retry-after": wait}))
    assert (heard.sentence, slept) == (LIMITED.format(f"Try again in {said} s."), [])


async def test_35_the_wait_in_a_body(desk: Desk, slept: list[float]) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1s"}
    body = {"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED", "details": [info]}}
    heard = await desk.hear(GEMINI, answering(429, body), serving(GEMINI.body("all")))
    assert (heard.text, heard.notices, slept) == ("all", ["rate limit: asking again in 1 s"], [1.0])


@by_wire
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_36_redirects_are_told_and_carry_no_key_away(desk: Desk, wire: Wire, status: int) -> None:
    moved = answering(status, {}, {"location": f"https://elsewhere.example/v1/x?key={KEY}"})
    heard = await desk.hear(wire, moved, provider={"auth": "bearer", "api_key_env": KEY_VARIABLE})
    assert heard.sentence == (
        f"The host redirects ({status}) to https://elsewhere.example/v1/x. "
        "Put the address of the API itself into base_url."
    )


async def test_37_a_token_is_renewed_once(desk: Desk) -> None:
    oauth = {"token_url": f"{desk.host.base_url}/token", "client_id": "me"}
    signed_in = {"auth": "oauth", "oauth": oauth, "api_key_env": KEY_VARIABLE}
    hearing = asyncio.create_task(hear(desk.hosts, desk.asked(OPENAI_CHAT, provider=signed_in)))
    for token in ("one", "two"):
        await (await desk.host.request()).answer(200, {"access_token": token, "expires_in": 3600})
        exchange = await desk.host.request()
        assert exchange.headers["authorization"] == f"Bearer {token}"
        await exchange.answer(401, {"error": {"message": "expired"}})
    heard = await hearing
    assert (heard.sentence, heard.request_count) == (BAD_KEY, 2)


@pytest.mark.parametrize(
    ("wire", "status", "error", "said"),
    [
        (OPENAI_CHAT, 413, {"error": {"message": "too large", "type": "tokens"}}, " (413): too large:"),
        (OPENAI_CHAT, 400, {"error": {"message": "too much", "code": "context_length_exceeded"}}, " (400): too much:"),
        (
            OPENAI_CHAT,
            400,
            {"error": {"code": 400, "message": "too much", "type": "exceed_context_size_error", "n_ctx": 512}},
            " (400): too much:",
        ),
        (
            OPENAI_RESPONSES,
            400,
            {"error": {"message": "too much", "code": "context_length_exceeded"}},
            " (400): too much:",
        ),
        (
            ANTHROPIC,
            400,
            {"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 9 > 8"}},
            " (400): prompt is too long: 9 > 8:",
        ),
        (
            GEMINI,
            400,
            {
                "error": {
                    "code": 400,
                    "message": "It exceeds the maximum number of tokens",
                    "status": "INVALID_ARGUMENT",
                }
            },
            " (400): It exceeds the maximum number of tokens:",
        ),
        (
            OLLAMA,
            400,
            {"error": "the input exceeds the context window"},
            " (400): the input exceeds the context window:",
        ),
    ],
    ids=["413", "chat", "llamacpp", "responses", "anthropic", "gemini", "ollama"],
)
async def test_37_a_prompt_that_is_too_long(desk: Desk, wire: Wire, status: int, error: Any, said: str) -> None:
    heard = await desk.hear(wire, answering(status, error))
    assert heard.sentence == f"The prompt is too long for the model{said} {TOO_LONG}"


@by_wire
@pytest.mark.parametrize("text", ["", "half"], ids=["before the first token", "between tokens"])
async def test_38_a_user_who_leaves(desk: Desk, wire: Wire, text: str) -> None:
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    heard = Heard()
    hearing = asyncio.create_task(hear(desk.hosts, desk.asked(wire), heard))
    exchange = await desk.host.request()
    await exchange.start()
    await exchange.send(wire.says(text) if text else b"\n")
    await until(lambda: heard.text == text)
    hearing.cancel()
    await exchange.closed()
    with suppress(asyncio.CancelledError):
        await hearing
    assert hearing.cancelled()
    assert (heard.request_count, desk.host.connection_count) == (1, 0)
    gc.collect()
    assert complaints == []


@pytest.mark.parametrize("wire", [OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, OLLAMA], ids=lambda wire: wire.dialect)
async def test_39_what_follows_the_end(desk: Desk, wire: Wire) -> None:
    talkative = serving(wire.body("all"), wire.says("more"), b"data: not json\n\n")
    for _ in range(2):
        heard = await desk.hear(wire, talkative)
        assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))
    # What was read to its end leaves the connection to the next request.
    assert desk.host.connection_count == 1


async def test_39_a_host_that_does_not_end_is_left(desk: Desk) -> None:
    heard = await desk.hear(OPENAI_CHAT, falling_silent(OPENAI_CHAT.body("all")))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


async def test_39_nor_is_it_heard_for_ever(desk: Desk) -> None:
    async def step(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.send(OPENAI_CHAT.body("all"))
        while not exchange.gone.is_set():
            await exchange.send(b": " + b"x" * MAX_REST_BYTES + b"\n\n")

    heard = await desk.hear(OPENAI_CHAT, step)
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


async def test_40_more_answers_at_once_than_a_usual_pool_holds(desk: Desk) -> None:
    count = 120
    hearings = [asyncio.create_task(hear(desk.hosts, desk.asked(OPENAI_CHAT))) for _ in range(count)]
    exchanges = [await desk.host.request() for _ in range(count)]
    for number, exchange in enumerate(exchanges):
        await exchange.say(f"{number}")
    assert desk.host.connection_count == count
    for exchange in exchanges:
        await exchange.done()
    heard = await asyncio.gather(*hearings)
    assert sorted(int(one.text) for one in heard) == list(range(count))
    assert {one.sentence for one in heard} == {""}


@pytest.fixture
def proxies(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies, to put some into."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


async def test_41_a_proxy_and_a_certificate_of_the_companys(proxies: pytest.MonkeyPatch) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE)
    async with FakeHost(tls) as host, TunnelProxy(urlsplit(host.base_url).port or 0) as proxy:
        proxies.setenv("HTTPS_PROXY", proxy.url)
        desk = Desk(host)
        there = Asked("openai_chat", "https://models.example/v1")
        untrusted = await hear(desk.hosts, there)
        assert untrusted.sentence.startswith("models.example:443 is not trusted: ")
        assert untrusted.sentence.endswith(". Behind a company proxy, set ca_file to its certificate.")
        trusting = Asked("openai_chat", "https://models.example/v1", {"ca_file": str(CERTIFICATE)})
        hearing = asyncio.create_task(hear(desk.hosts, trusting))
        await serving(OPENAI_CHAT.body("all"))(await host.request())
        assert ((await hearing).text, set(proxy.targets)) == ("all", {"models.example:443"})
        await desk.hosts.close()


async def test_41_a_proxy_that_refuses(desk: Desk, proxies: pytest.MonkeyPatch) -> None:
    proxies.setenv("HTTPS_PROXY", desk.host.base_url.removesuffix("/v1"))
    hearing = asyncio.create_task(hear(desk.hosts, Asked("openai_chat", "https://models.example/v1")))
    for _ in range(3):
        exchange = await desk.host.request()
        assert (exchange.method, exchange.path) == ("CONNECT", "models.example:443")
        await exchange.answer(407, {})
    assert (await hearing).sentence == (
        "The proxy did not let the request through to models.example:443. Check HTTPS_PROXY, NO_PROXY."
    )


async def test_41_loopback_goes_around_every_proxy(desk: Desk, proxies: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        proxies.setenv(name, "http://127.0.0.1:1")
    heard = await desk.hear(OPENAI_CHAT, serving(OPENAI_CHAT.body("all")))
    assert (heard.text, heard.sentence) == ("all", "")


@by_wire
async def test_42_ids_models_and_clocks_that_change(desk: Desk, wire: Wire) -> None:
    odd = [
        {"id": f"x{at}", "model": "another", "created": created} for at, created in enumerate((0, 1.5, None, "then"))
    ]
    deltas = [{**wire.delta(letter), **more} for letter, more in zip("text", odd, strict=True)]
    heard = await desk.hear(wire, serving(wire.events(*wire.begin, *deltas, *wire.reason, *wire.marker)))
    assert (heard.text, heard.completed) == ("text", (FinishReason.STOP, USAGE))


@by_wire
@pytest.mark.parametrize("status", [200, 204])
async def test_43_nothing_at_all(desk: Desk, wire: Wire, status: int) -> None:
    async def step(exchange: Exchange) -> None:
        await exchange.start(status, {})
        # No body may follow a 204, not even its end.
        await (exchange.end() if status == 200 else exchange.send(b""))

    heard = await desk.hear(wire, step, step, step)
    assert (heard.text, heard.sentence) == ("", NO_ANSWER)
    assert heard.notices == [f"connection issue (Truncated): attempt {attempt} of 3" for attempt in (2, 3)]


@by_wire
@pytest.mark.parametrize("how", ["a refusal", "an error with status 200", "in the middle", "broken json", "a page"])
async def test_44_a_key_that_the_host_gives_back(
    desk: Desk, wire: Wire, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo: Any = {
        "error": {
            "message": f"bad request with Authorization: Bearer {KEY} at /v1?key={KEY}",
            "code": "invalid_request",
        },
        "request": {"headers": {"authorization": f"Bearer {KEY}"}},
    }
    seen: list[str] = []

    async def step(exchange: Exchange) -> None:
        seen.append(exchange.headers["authorization"])
        match how:
            case "a refusal":
                await exchange.answer(400, echo)
            case "an error with status 200":
                await exchange.answer(200, echo)
            case "in the middle":
                await serving(wire.says("half"), wire.event({"odd": KEY}), wire.event({"type": "error", **echo}))(
                    exchange
                )
            case "broken json":
                await serving(wire.event(json.dumps(echo)[:-1] + "!"))(exchange)
            case _:
                await serving(f"<html>Bearer {KEY}</html>".encode())(exchange)

    asked = {"provider": {"auth": "bearer", "api_key_env": KEY_VARIABLE}}
    heard = await desk.hear(wire, step, **asked)
    assert seen == [f"Bearer {KEY}"]
    assert heard.sentence
    told = f"{heard.sentence} {heard.error!r} {heard.told!r} {heard.events!r} {caplog.text} {desk.asked(wire, **asked)}"
    assert KEY not in told
    assert KEY[3:20] not in told
