"""Traps in what comes in the place of a stream: errors with status 200, whole answers, web pages, half an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lsp_llm.exchange.outcome import FinishReason
from tests.providers.traps.desk import Desk, serving
from tests.providers.traps.wires import ANTHROPIC, GEMINI, OLLAMA, OPENAI_CHAT, OPENAI_RESPONSES, USAGE, WIRES, Wire

JSON, HTML = {"Content-Type": "application/json"}, {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><html><script>var key = 'sk-abcdef123456'</script><h1>Please sign in</h1></html>"
AGAIN = ["connection issue (Unavailable): attempt 2 of 3", "connection issue (Unavailable): attempt 3 of 3"]
HALF_AGAIN = ["connection issue (Truncated): attempt 2 of 3", "connection issue (Truncated): attempt 3 of 3"]
BAD_KEY = (
    "The host does not accept the API key{}: no such key: "
    "Check the key that api_key_env or api_key_command of this provider gives."
)
NOT_AVAILABLE = ": Try again in a moment, or choose another preset."
TRUNCATED = "The host ended the answer in the middle. Try again."
NO_ANSWER = "The host closed the connection without an answer. Try again; look at the host's own log if it stays so."

by_wire = pytest.mark.parametrize("wire", WIRES, ids=lambda wire: wire.dialect)


@pytest.mark.parametrize(
    ("wire", "error", "status"),
    [
        (OPENAI_CHAT, {"error": {"message": "no such key", "type": "x", "code": "invalid_api_key"}}, ""),
        (OPENAI_CHAT, {"error": {"message": "no such key", "code": 401}}, " (401)"),
        (OPENAI_RESPONSES, {"error": {"message": "no such key", "code": "invalid_api_key"}}, ""),
        (ANTHROPIC, {"type": "error", "error": {"type": "authentication_error", "message": "no such key"}}, ""),
        (GEMINI, {"error": {"code": 401, "message": "no such key", "status": "UNAUTHENTICATED"}}, " (401)"),
        (GEMINI, [{"error": {"code": 401, "message": "no such key", "status": "UNAUTHENTICATED"}}], " (401)"),
        (OLLAMA, {"error": {"message": "no such key", "code": 401}}, " (401)"),
    ],
    ids=lambda value: value.dialect if isinstance(value, Wire) else "",
)
async def test_17_an_error_with_status_200(desk: Desk, wire: Wire, error: Any, status: str) -> None:
    heard = await desk.hear(wire, serving(json.dumps(error, indent=1).encode(), headers=JSON))
    assert (heard.text, heard.sentence) == ("", BAD_KEY.format(status))


@by_wire
async def test_17_an_overload_with_status_200_is_asked_again(desk: Desk, wire: Wire) -> None:
    busy = serving(json.dumps(wire.broken).encode(), headers=JSON)
    heard = await desk.hear(wire, busy, busy, serving(wire.body("all")))
    assert (heard.text, heard.notices, heard.sentence) == ("all", AGAIN, "")


@by_wire
async def test_18_a_whole_answer_although_a_stream_was_asked_for(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, serving(json.dumps(wire.whole("all"), indent=1).encode(), headers=JSON))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


@by_wire
async def test_19_a_web_page(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, serving(PAGE, headers=HTML))
    assert (heard.text, heard.sentence) == (
        "",
        "The host answered (200) with a web page instead of a stream: Please sign in: "
        "Check base_url; a proxy or a login page may be in the way.",
    )


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_19_a_web_page_of_a_gateway_is_asked_again(desk: Desk, status: int) -> None:
    page = serving(PAGE, status=status, headers=HTML)
    heard = await desk.hear(OPENAI_CHAT, page, page, page)
    assert heard.notices == AGAIN
    assert heard.sentence == f"The host is not available ({status}): Please sign in{NOT_AVAILABLE}"


async def test_19_of_a_long_page_little_is_said(desk: Desk) -> None:
    heard = await desk.hear(OPENAI_CHAT, serving(b"<html>" + b"word " * 100_000, headers=HTML))
    assert len(heard.sentence) < 400


@by_wire
@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/json; charset=utf-8", "text/event-stream; charset=latin-1", "text/html"]
)
async def test_20_any_content_type(desk: Desk, wire: Wire, kind: str) -> None:
    heard = await desk.hear(wire, serving(wire.body("größe"), headers={"Content-Type": kind} if kind else {}))
    assert (heard.text, heard.completed) == ("größe", (FinishReason.STOP, USAGE))


@by_wire
async def test_21_half_an_answer_is_never_a_whole_one(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, serving(wire.says("half")))
    assert (heard.text, heard.sentence, heard.notices) == ("half", TRUNCATED, [])


@by_wire
async def test_21_before_the_first_text_it_is_asked_again(desk: Desk, wire: Wire) -> None:
    begun = serving(wire.events(*wire.begin))
    heard = await desk.hear(wire, begun, begun, begun)
    assert (heard.text, heard.notices) == ("", HALF_AGAIN)
    assert heard.sentence == (TRUNCATED if wire.begin else NO_ANSWER)


@pytest.mark.parametrize("wire", [OPENAI_CHAT, ANTHROPIC, GEMINI], ids=lambda wire: wire.dialect)
async def test_21_a_reason_without_the_marker_is_enough(desk: Desk, wire: Wire) -> None:
    heard = await desk.hear(wire, serving(wire.says("all") + wire.events(*wire.reason)))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))
