"""Traps in the bytes of a stream: cuts, line ends, comments, marks; the text comes out as if they were not there."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from lsp_llm.exchange.outcome import FinishReason
from tests.providers.traps.desk import Desk, bytewise, serving
from tests.providers.traps.wires import ANTHROPIC, OLLAMA, OPENAI_CHAT, SSE_WIRES, USAGE, WIRES, Wire

UNICODE = "Die größe: 日本語 😀"
TRUNCATED = "The host ended the answer in the middle. Try again."

by_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.dialect)
by_sse_wire = pytest.mark.parametrize("wire", SSE_WIRES, ids=lambda wire: wire.dialect)


async def whole(desk: Desk, wire: Wire, *pieces: bytes, text: str = UNICODE) -> None:
    """The answer that these pieces make is the whole text, with its reason and its counts."""
    heard = await desk.hear(wire, serving(*pieces))
    assert (heard.text, heard.notices) == (text, [])
    assert heard.completed == (FinishReason.STOP, USAGE)


@by_wire
async def test_01_cuts_inside_a_character(desk: Desk, wire: Wire) -> None:
    body = wire.body(UNICODE)
    inside = [at for at in range(1, len(body)) if body[at] & 0xC0 == 0x80]
    assert inside
    edges = [0, *inside, len(body)]
    await whole(desk, wire, *(body[start:end] for start, end in pairwise(edges)))


@by_wire
@pytest.mark.parametrize("cut", ["bytewise", "at once", "crlf bytewise"])
async def test_02_any_cut_of_the_stream(desk: Desk, wire: Wire, cut: str) -> None:
    body = wire.body("Die größe: ", "日本語 ", "😀")
    if cut.startswith("crlf"):
        body = body.replace(b"\n", b"\r\n")
    await whole(desk, wire, *([body] if cut == "at once" else bytewise(body)))


@by_sse_wire
@pytest.mark.parametrize(
    "ends", [[b"\r\n"], [b"\r"], [b"\n"], [b"\r\n", b"\n", b"\r"]], ids=["crlf", "cr", "lf", "mixed"]
)
async def test_03_line_ends(desk: Desk, wire: Wire, ends: list[bytes]) -> None:
    lines = wire.body(UNICODE).split(b"\n")
    # LF never follows CR here: together they would be one end.
    await whole(desk, wire, b"".join(line + ends[at % len(ends)] for at, line in enumerate(lines[:-1])))


async def test_03_line_ends_of_lines_of_json(desk: Desk) -> None:
    await whole(desk, OLLAMA, OLLAMA.body(UNICODE).replace(b"\n", b"\r\n\r\n"))


@by_sse_wire
@pytest.mark.parametrize("spaces", [b"", b" ", b"  "], ids=["none", "one", "two"])
async def test_04_spaces_before_data(desk: Desk, wire: Wire, spaces: bytes) -> None:
    await whole(desk, wire, wire.body(UNICODE).replace(b"data: ", b"data:" + spaces))


@by_sse_wire
async def test_05_data_over_several_lines(desk: Desk, wire: Wire) -> None:
    await whole(desk, wire, re.sub(rb'^(data: .*?[,{])"', rb'\1\ndata: "', wire.body(UNICODE), flags=re.MULTILINE))


@by_sse_wire
async def test_06_comments(desk: Desk, wire: Wire) -> None:
    comments = b": ping\n:\n: OPENROUTER PROCESSING\n\n"
    await whole(desk, wire, comments, wire.says("Die größe: ", "日本語 "), comments, wire.body("😀"))


@by_wire
async def test_07_a_byte_order_mark(desk: Desk, wire: Wire) -> None:
    await whole(desk, wire, b"\xef\xbb\xbf" + wire.body(UNICODE))


@by_wire
@pytest.mark.parametrize("other", ["\u2028", "\u2029", "\u0085", "\v", "\f"], ids=ascii)
async def test_08_other_separators_end_no_line(desk: Desk, wire: Wire, other: str) -> None:
    escaped = wire.body(f"a{other}b")
    raw = escaped.replace(b"\\u000b", b"\v").replace(b"\\f", b"\f")
    await whole(desk, wire, raw, text=f"a{other}b")


@by_wire
async def test_09_no_line_end_at_the_end(desk: Desk, wire: Wire) -> None:
    await whole(desk, wire, wire.body(UNICODE).rstrip(b"\n"))


@by_wire
async def test_09_a_last_event_that_is_cut(desk: Desk, wire: Wire) -> None:
    cut = wire.says("half") + wire.event((wire.reason or wire.marker)[0])[:-12]
    heard = await desk.hear(wire, serving(cut))
    assert (heard.text, heard.sentence) == ("half", TRUNCATED)


@by_sse_wire
async def test_10_an_event_without_data(desk: Desk, wire: Wire) -> None:
    nothing = b"event: ping\n\nevent: ping\ndata:\n\nid: 7\nretry: 10\n\n"
    await whole(desk, wire, nothing + wire.says("Die größe: ") + nothing + wire.body("日本語 😀"))


async def test_10_an_empty_line_between_lines_of_json(desk: Desk) -> None:
    await whole(desk, OLLAMA, b"\n\n" + OLLAMA.body(UNICODE).replace(b"\n", b"\n \n"))


def test_the_wires_differ_where_the_dialects_do() -> None:
    assert OPENAI_CHAT.body("").endswith(b"[DONE]\n\n")
    assert b"event: message_stop" in ANTHROPIC.body("")
