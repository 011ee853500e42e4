"""What one message costs: an event off the socket beside httpx' lines and json, and each step without a socket."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import httpx
import msgspec

from lsp_llm.config.settings import Dialect
from lsp_llm.lsp.convert import text_edit
from lsp_llm.lsp.messages import (
    ApplyEditParams,
    ContentChange,
    DidChange,
    DocumentEdit,
    Envelope,
    Notification,
    Position,
    Range,
    Request,
    VersionedDocument,
    WorkspaceEdit,
)
from lsp_llm.providers.base import HttpRequest
from lsp_llm.providers.hosts import codec_for
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.providers.transport import HttpTransport
from lsp_llm.stream.events import Text
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from tests.bench.host import running_host, sse_event
from tests.bench.report import Goal, Row

EVENTS = 2_000
ROUNDS = 21
READ_BYTES = 16 * 1024
URI = "file:///home/someone/projects/shop/src/shop/basket.py"


def measure() -> list[Row]:
    """Events off the socket, events in a burst and one by one, an edit, a change."""
    events = [sse_event(f" word{number}") for number in range(EVENTS)]
    whole = b"".join(events)
    burst = [whole[at : at + READ_BYTES] for at in range(0, len(whole), READ_BYTES)]
    found = _interleaved(
        {
            "burst": lambda: _decode(burst),
            "httpx": lambda: _decode_with_httpx(burst),
            "single": lambda: _decode(events),
            "httpx single": lambda: _decode_with_httpx(events),
            "edit": _write_edits,
            "change": _read_changes,
            **{name: partial(_decode_answer, name, body) for name, body in _answers().items()},
        }
    )
    ours, theirs = _off_the_socket()
    return [
        Row("one SSE event off the socket, to httpx + json", _us(ours), _us(theirs), ours / theirs, Goal(0.35, "×")),
        Row("  decoding alone, in a burst", _us(found["burst"]), _us(found["httpx"]), found["burst"], Goal(3, "µs")),
        Row("  decoding alone, one a read", _us(found["single"]), _us(found["httpx single"]), found["single"]),
        *(Row(f"  decoding alone, {name}", _us(found[name]), "", found[name], Goal(3, "µs")) for name in _answers()),
        Row("write one applyEdit", _us(found["edit"]), "", found["edit"], Goal(1, "µs")),
        Row("read one didChange", _us(found["change"]), "", found["change"]),
    ]


def _off_the_socket() -> tuple[float, float]:
    """Microseconds of CPU an event, all layers included: our transport and decoder, httpx' lines and json."""
    order = {"bench": {"pieces": [f" word{number}" for number in range(EVENTS)]}}
    with running_host() as base_url:
        return asyncio.run(_in_turns(f"{base_url}/chat/completions", json.dumps(order).encode()))


async def _in_turns(url: str, body: bytes) -> tuple[float, float]:
    transport, client = HttpTransport(), httpx.AsyncClient(timeout=None)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(await _cpu_seconds(_events(transport, HttpRequest(url, {}, body))))
        theirs.append(await _cpu_seconds(_lines(client, url, body)))
    await transport.close()
    await client.aclose()
    return statistics.median(ours) / EVENTS * 1e6, statistics.median(theirs) / EVENTS * 1e6


async def _cpu_seconds(reading: Awaitable[int]) -> float:
    began = time.process_time()
    assert await reading == EVENTS
    return time.process_time() - began


async def _events(transport: HttpTransport, request: HttpRequest) -> int:
    decoder, count = OpenAIChatCodec().decoder(), 0
    async with transport.send(request) as response:
        async for chunk in response.chunks():
            count += sum(isinstance(event, Text) for event in decoder.push(chunk))
    return count


async def _lines(client: httpx.AsyncClient, url: str, body: bytes) -> int:
    count = 0
    async with client.stream("POST", url, content=body) as response:
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                count += bool(json.loads(line[6:])["choices"][0]["delta"]["content"])
    return count


def _us(microseconds: float) -> str:
    return f"{microseconds:.2f} µs"


def _interleaved(subjects: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Microseconds a piece: the median of rounds in which all take turns."""
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            began = time.perf_counter()
            subject()
            found[name].append((time.perf_counter() - began) / EVENTS * 1e6)
    return {name: statistics.median(values) for name, values in found.items()}


def _decode(chunks: list[bytes]) -> None:
    decoder = OpenAIChatCodec().decoder()
    texts = [event.delta for chunk in chunks for event in decoder.push(chunk) if isinstance(event, Text)]
    assert len(texts) == EVENTS


def _answers() -> dict[Dialect, bytes]:
    """The same words in the other dialects."""
    words = [f" word{number}" for number in range(EVENTS)]

    def sse(events: list[dict[str, Any]]) -> bytes:
        return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)

    delta, place = "response.output_text.delta", {"item_id": "m", "output_index": 0, "content_index": 0}
    block = "content_block_delta"
    return {
        "openai_responses": sse([{"type": delta, **place, "delta": word} for word in words]),
        "anthropic": sse(
            [{"type": block, "index": 0, "delta": {"type": "text_delta", "text": word}} for word in words]
        ),
        "gemini": sse([{"candidates": [{"content": {"role": "model", "parts": [{"text": word}]}}]} for word in words]),
        "ollama": b"".join(
            json.dumps({"model": "m", "message": {"role": "assistant", "content": word}, "done": False}).encode()
            + b"\n"
            for word in words
        ),
    }


def _decode_answer(dialect: Dialect, body: bytes) -> None:
    decoder = codec_for(dialect).decoder()
    chunks = [body[at : at + READ_BYTES] for at in range(0, len(body), READ_BYTES)]
    texts = [event for chunk in chunks for event in decoder.push(chunk) if isinstance(event, Text)]
    assert len(texts) == EVENTS


def _decode_with_httpx(chunks: list[bytes]) -> None:
    class Body(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            return iter(chunks)

    texts = []
    for line in httpx.Response(200, stream=Body()).iter_lines():
        if line.startswith("data: "):
            texts.append(json.loads(line[6:])["choices"][0]["delta"]["content"])
    assert len(texts) == EVENTS


def _write_edits() -> None:
    encode = msgspec.json.Encoder().encode
    document = Document("def total(basket):\n    return sum(basket)\n")
    edit = Edit(30, 30, " the next words")
    for number in range(EVENTS):
        change = DocumentEdit(VersionedDocument(URI, number), [text_edit(document, edit, "utf-16")])
        encode(Request(number, "workspace/applyEdit", ApplyEditParams(WorkspaceEdit([change]))))


def _read_changes() -> None:
    envelope, did_change = msgspec.json.Decoder(Envelope), msgspec.json.Decoder(DidChange)
    place = Position(12, 30)
    params = DidChange(VersionedDocument(URI, 7), [ContentChange(" the next words", Range(place, place))])
    body = msgspec.json.encode(Notification("textDocument/didChange", params))
    for _ in range(EVENTS):
        did_change.decode(envelope.decode(body).params)  # type: ignore[arg-type]
