"""Traps in how a stream stops: silence, resets, errors in its middle, bad JSON, giants, compression."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from typing import Any
from urllib.parse import urlsplit

import pytest

from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.stream.sse import MAX_EVENT_BYTES
from tests.fakes.host import EVENT_STREAM, Exchange
from tests.providers.traps.desk import Desk, Step, breaking, bytewise, falling_silent, serving
from tests.providers.traps.hearing import Heard, hear
from tests.providers.traps.wires import ANTHROPIC, GEMINI, OLLAMA, OPENAI_CHAT, OPENAI_RESPONSES, USAGE, WIRES, Wire
from tests.turns import until

SOON = 0.1
LATE = 60
NO_FIRST_TOKEN = "p sent no first token within 0.1 s: try again, or raise first_token_timeout_seconds of the provider"
SILENT = (
    "p stopped in the middle of the answer and said nothing for 0.1 s: "
    "try again, or raise inter_token_timeout_seconds of the provider"
)
BROKEN = "{} broke the connection before the answer was whole."
MALFORMED = (
    'The host sent JSON that is malformed at character 9, near: {"oops": *************** }: '
    "The host may not speak this dialect: check the provider's dialect and base_url."
)
NOT_AVAILABLE = "The host is not available{}: Try again in a moment, or choose another preset."
AGAIN = "connection issue ({0}): attempt 2 of 3", "connection issue ({0}): attempt 3 of 3"
KEPT_ALIVE = {
    "openai_chat": b': ping\n\ndata: {"choices": [{"delta": {"content": ""}}]}\n\ndata: {"odd": 1}\n\n',
    "openai_responses": b': ping\n\ndata: {"type": "keepalive"}\n\ndata: {"type": "odd"}\n\n',
    "anthropic": b'event: ping\ndata: {"type": "ping"}\n\ndata: {"type": "odd"}\n\n',
    "gemini": b': ping\n\ndata: {"candidates": [{"content": {"parts": [{"text": ""}, {"odd": 1}]}}]}\n\n',
    "ollama": b'\n{"message": {"role": "assistant", "content": ""}, "done": false}\n{"odd": 1}\n',
}

by_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.dialect)


def timeouts(first: float, between: float) -> dict[str, float]:
    return {"first_token_timeout_seconds": first, "inter_token_timeout_seconds": between}


def again(kind: str) -> list[str]:
    return [notice.format(kind) for notice in AGAIN]


async def timed(desk: Desk, wire: Wire, step: Step, text: str) -> Heard:
    """What is heard where little time is given before the first token, or behind `text`."""
    # The first answer makes the client and the connection, which take their time too.
    await desk.hear(wire, serving(wire.body("warm")))
    return await desk.hear(wire, step, provider=timeouts(LATE, SOON) if text else timeouts(SOON, LATE))


async def keep_alive(exchange: Exchange, dialect: str) -> None:
    """Say that all is well until the client leaves."""
    while not exchange.gone.is_set():
        await exchange.send(KEPT_ALIVE[dialect])
        await asyncio.sleep(SOON / 10)


@by_wire
@pytest.mark.parametrize("text", ["", "half"], ids=["before the first token", "between tokens"])
async def test_22_keep_alives_are_no_answer(desk: Desk, wire: Wire, text: str) -> None:
    async def step(exchange: Exchange) -> None:
        await exchange.start()
        if text:
            await exchange.send(wire.says(text))
        await keep_alive(exchange, wire.dialect)

    heard = await timed(desk, wire, step, text)
    assert (heard.text, heard.sentence, heard.notices) == (text, SILENT if text else NO_FIRST_TOKEN, [])


async def test_22_what_is_thought_or_called_is_a_sign_of_life(desk: Desk) -> None:
    thought = {"choices": [{"index": 0, "delta": {"reasoning_content": "hm"}}]}

    async def step(exchange: Exchange) -> None:
        await exchange.start()
        for _ in range(10):
            await exchange.send(OPENAI_CHAT.event(thought))
            await asyncio.sleep(SOON / 5)
        await exchange.send(OPENAI_CHAT.body("all"))
        await exchange.end()

    heard = await desk.hear(OPENAI_CHAT, step, provider=timeouts(SOON * 4, SOON * 4))
    assert (heard.text, heard.thoughts, heard.sentence) == ("all", "hm" * 10, "")


@by_wire
@pytest.mark.parametrize("text", ["", "half"], ids=["before the first token", "between tokens"])
async def test_23_total_silence(desk: Desk, wire: Wire, text: str) -> None:
    heard = await timed(desk, wire, falling_silent(wire.says(text) if text else b""), text)
    assert (heard.text, heard.sentence, heard.notices) == (text, SILENT if text else NO_FIRST_TOKEN, [])


async def test_23_silence_before_the_head(desk: Desk) -> None:
    heard = await timed(desk, OPENAI_CHAT, lambda exchange: exchange.closed(), "")
    assert heard.sentence == NO_FIRST_TOKEN


@by_wire
async def test_24_a_reset_in_the_middle(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, breaking(wire.says("half")))
    assert (heard.text, heard.notices) == ("half", [])
    assert heard.sentence == BROKEN.format(urlsplit(desk.host.base_url).netloc)


@by_wire
async def test_24_a_reset_before_any_text_is_asked_again(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, breaking(), breaking(wire.events(*wire.begin)), serving(wire.body("all")))
    assert (heard.text, heard.notices, heard.sentence) == ("all", again("Disconnected"), "")


@pytest.mark.parametrize("wire", [OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, OLLAMA], ids=lambda wire: wire.dialect)
async def test_24_a_reset_behind_the_end_harms_nothing(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, breaking(wire.body("all")))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


async def test_24_before_the_head(desk: Desk) -> None:
    async def step(exchange: Exchange) -> None:
        exchange.break_connection()

    heard = await desk.hear(OPENAI_CHAT, step, step, step)
    assert heard.sentence == BROKEN.format(urlsplit(desk.host.base_url).netloc)
    assert heard.notices == again("Disconnected")


MIDST: list[tuple[Wire, Any, str]] = [
    (OPENAI_CHAT, OPENAI_CHAT.broken, ": Overloaded"),
    (
        OPENAI_CHAT,
        {
            "error": {"code": 502, "message": "Overloaded"},
            "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
        },
        " (502): Overloaded",
    ),
    (OPENAI_RESPONSES, OPENAI_RESPONSES.broken, ": Overloaded"),
    (
        OPENAI_RESPONSES,
        {
            "type": "response.failed",
            "response": {"status": "failed", "error": {"code": "server_error", "message": "Overloaded"}},
        },
        ": Overloaded",
    ),
    (ANTHROPIC, ANTHROPIC.broken, ": Overloaded"),
    (GEMINI, GEMINI.broken, " (503): Overloaded"),
    (OLLAMA, OLLAMA.broken, ": server busy, overloaded"),
]


@pytest.mark.parametrize(
    ("wire", "error", "said"),
    MIDST,
    ids=["openai_chat", "openrouter", "responses_error", "responses_failed", "anthropic", "gemini", "ollama"],
)
async def test_25_an_error_in_the_middle(desk: Desk, wire: Wire, error: Any, said: str) -> None:
    heard = await desk.hear(wire, serving(wire.says("half") + wire.event(error)))
    assert (heard.text, heard.sentence) == ("half", NOT_AVAILABLE.format(said))
    heard = await desk.hear(wire, serving(wire.event(error)), serving(wire.body("all")))
    assert (heard.text, heard.notices, heard.sentence) == ("all", again("Unavailable")[:1], "")


async def test_25_gemini_leaves_the_stream_for_its_error(desk: Desk) -> None:
    error = {"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}
    heard = await desk.hear(GEMINI, serving(GEMINI.says("half"), json.dumps(error, indent=2).encode() + b"\n"))
    assert heard.text == "half"
    assert heard.sentence == (
        "The host limits the rate of requests (429): Quota exceeded: Wait a little, then try again."
    )


@by_wire
@pytest.mark.parametrize("text", ["", "half"], ids=["at once", "in the middle"])
async def test_26_malformed_json(desk: Desk, wire: Wire, text: str) -> None:
    stream = (wire.says(text) if text else b"") + wire.event('{"oops": sk-abcdef123456 }') + wire.body("more")
    heard = await desk.hear(wire, serving(stream))
    assert (heard.text, heard.sentence, heard.notices) == (text, MALFORMED, [])


@by_wire
async def test_27_two_megabytes_in_one_event(desk: Desk, wire: Wire) -> None:
    giant = "größe " * 350_000
    heard = await desk.hear(wire, serving(wire.body(giant)))
    assert heard.text == giant
    assert heard.completed == (FinishReason.STOP, USAGE)


@pytest.mark.parametrize("wire", [OPENAI_CHAT, OLLAMA], ids=lambda wire: wire.dialect)
async def test_27_but_no_bomb(desk: Desk, wire: Wire) -> None:
    async def step(exchange: Exchange) -> None:
        await exchange.start()
        await exchange.send(wire.says("half"))
        begun = wire.event(wire.delta("x"))
        await exchange.send(begun[: begun.index(b"x")])
        while not exchange.gone.is_set():
            await exchange.send(b"x" * (1 << 20))

    heard = await desk.hear(wire, step)
    assert heard.text == "half"
    assert heard.sentence == (
        f"The host sent one {'event' if wire is OPENAI_CHAT else 'line'} of more than {MAX_EVENT_BYTES} bytes. "
        "Something else than a model may be answering there: check base_url."
    )


@by_wire
@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
async def test_28_compression_that_nobody_asked_for(desk: Desk, wire: Wire, encoding: str, pack: Any) -> None:
    asked: list[str] = []

    async def step(exchange: Exchange) -> None:
        asked.append(exchange.headers["accept-encoding"])
        await serving(*bytewise(pack(wire.body("all"))), headers={**EVENT_STREAM, "Content-Encoding": encoding})(
            exchange
        )

    heard = await desk.hear(wire, step)
    assert (heard.text, heard.completed, asked) == ("all", (FinishReason.STOP, USAGE), ["identity"])


async def test_28_it_is_unpacked_as_it_comes(desk: Desk) -> None:
    packer, heard = zlib.compressobj(wbits=31), Heard()
    hearing = asyncio.create_task(hear(desk.hosts, desk.asked(OPENAI_CHAT), heard))
    exchange = await desk.host.request()
    await exchange.start(200, {**EVENT_STREAM, "Content-Encoding": "gzip"})
    await exchange.send(packer.compress(OPENAI_CHAT.says("first")) + packer.flush(zlib.Z_SYNC_FLUSH))
    await until(lambda: heard.text == "first")
    await exchange.send(packer.compress(OPENAI_CHAT.body(" second")) + packer.flush())
    await exchange.end()
    await hearing
    assert (heard.text, heard.sentence) == ("first second", "")


async def test_28_a_body_that_is_packed_otherwise(desk: Desk) -> None:
    heard = await desk.hear(
        OPENAI_CHAT, serving(b"\x1b\x00" * 40, headers={**EVENT_STREAM, "Content-Encoding": "gzip"})
    )
    assert heard.sentence == (
        f"{urlsplit(desk.host.base_url).netloc} sent a body that its content-encoding does not describe."
    )
