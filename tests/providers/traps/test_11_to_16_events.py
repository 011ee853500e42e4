"""Traps in the events of a stream: new kinds, missing fields, counts and reasons where nobody expects them."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
from tests.providers.traps.desk import Desk, serving
from tests.providers.traps.wires import ANTHROPIC, GEMINI, OLLAMA, OPENAI_CHAT, OPENAI_RESPONSES, USAGE, Wire

NEW: dict[str, tuple[Any, ...]] = {
    "openai_chat": (
        {"object": "hologram", "seen": True},
        {"choices": [{"index": 0, "delta": {"hologram": 1}}], "z": {}},
    ),
    "openai_responses": ({"type": "response.hologram.delta", "delta": "x"}, {"type": "hologram"}),
    "anthropic": (
        {"type": "hologram"},
        {"type": "content_block_start", "index": 7, "content_block": {"type": "hologram"}},
        {"type": "content_block_delta", "index": 7, "delta": {"type": "hologram_delta", "hologram": "x"}},
        {"type": "content_block_stop", "index": 7},
    ),
    "gemini": ({"hologram": 1}, {"candidates": [{"content": {"parts": [{"hologram": {"x": 1}}]}, "z": 1}]}),
    "ollama": ({"hologram": 1}, {"message": {"role": "assistant", "content": "", "hologram": 1}, "done": False}),
}


def choices(*choices: Any, **more: Any) -> Any:
    return {"choices": list(choices), **more}


def delta(content: Any, reason: str | None = None, index: int = 0) -> Any:
    return {"index": index, "delta": content, "finish_reason": reason}


@pytest.mark.parametrize(
    "wire", [OPENAI_CHAT, OPENAI_RESPONSES, ANTHROPIC, GEMINI, OLLAMA], ids=lambda wire: wire.dialect
)
async def test_11_what_nobody_knows_yet(desk: Desk, wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "lsp_llm")
    stream = wire.says("al") + wire.events(*NEW[wire.dialect], wire.delta("l"), *wire.reason, *wire.marker)
    heard = await desk.hear(wire, serving(stream))
    assert (heard.text, heard.notices, heard.sentence) == ("all", [], "")
    assert heard.oddities
    assert [record for record in caplog.records if "not understood, ignored: " in record.message]


@pytest.mark.parametrize("wire", [ANTHROPIC, OPENAI_RESPONSES], ids=lambda wire: wire.dialect)
@pytest.mark.parametrize("name", [b"", b"event: message\n", b"event: error\n"], ids=["none", "another", "a wrong one"])
async def test_12_names_of_events_that_are_missing_or_wrong(desk: Desk, wire: Wire, name: bytes) -> None:
    heard = await desk.hear(wire, serving(re.sub(rb"event: .*\n", name, wire.body("all"))))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


@pytest.mark.parametrize(
    ("wire", "odd"),
    [
        (OPENAI_CHAT, choices(delta({"role": None, "content": None, "tool_calls": None}))),
        (OPENAI_CHAT, choices(delta({"content": ""}, ""))),
        (OPENAI_CHAT, choices(delta(None))),
        (OPENAI_CHAT, choices({"index": 0})),
        (OPENAI_CHAT, choices(usage=None)),
        (OPENAI_RESPONSES, {"type": "response.output_text.delta", "delta": None}),
        (OPENAI_RESPONSES, {"type": "response.output_item.added", "item": None}),
        (ANTHROPIC, {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": None}}),
        (ANTHROPIC, {"type": "message_delta", "delta": {"stop_reason": None}, "usage": None}),
        (GEMINI, {"candidates": [{"content": {"parts": None}}]}),
        (GEMINI, {"candidates": [{"content": None, "finishReason": None}], "usageMetadata": None}),
        (GEMINI, {"candidates": None}),
        (OLLAMA, {"message": {"role": "assistant", "content": None, "tool_calls": None}, "done": False}),
        (OLLAMA, {"message": None, "done": None}),
    ],
    ids=lambda value: value.dialect if isinstance(value, Wire) else "",
)
async def test_13_nothing_where_something_is_usual(desk: Desk, wire: Wire, odd: Any) -> None:
    stream = wire.says("a") + wire.events(odd, wire.delta("ll"), *wire.reason, *wire.marker)
    heard = await desk.hear(wire, serving(stream))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


def counted(given: int, produced: int) -> Any:
    return {"prompt_tokens": given, "completion_tokens": produced}


@pytest.mark.parametrize(
    ("wire", "endings", "usage"),
    [
        (OPENAI_CHAT, (choices(delta({}, "stop"), usage=counted(9, 3)),), Usage(9, 3)),
        (
            OPENAI_CHAT,
            (choices(delta({}, "stop")), choices(usage=counted(9, 1)), choices(usage=counted(9, 3))),
            Usage(9, 3),
        ),
        (OPENAI_CHAT, (choices(delta({}, "stop")), {"usage": counted(9, 3)}), Usage(9, 3)),
        (OPENAI_CHAT, (choices(delta({}, "stop")),), Usage()),
        (
            ANTHROPIC,
            (
                {"type": "message_delta", "delta": {}, "usage": {"output_tokens": 2}},
                {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 3}},
            ),
            Usage(9, 3),
        ),
        (
            GEMINI,
            (
                {"candidates": [], "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 1}},
                {
                    "candidates": [{"finishReason": "STOP"}],
                    "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3},
                },
            ),
            Usage(9, 3),
        ),
        (OPENAI_RESPONSES, ({"type": "response.completed", "response": {"status": "completed"}},), Usage()),
        (OLLAMA, ({"done": True, "done_reason": "stop"},), Usage()),
    ],
    ids=[
        "chat with the reason",
        "chat twice",
        "chat without choices",
        "chat never",
        "anthropic twice",
        "gemini always",
        "responses never",
        "ollama never",
    ],
)
async def test_14_counts_of_tokens_are_cumulative(
    desk: Desk, wire: Wire, endings: tuple[Any, ...], usage: Usage
) -> None:
    marker = wire.marker if wire in (OPENAI_CHAT, ANTHROPIC) else ()
    heard = await desk.hear(wire, serving(wire.says("all") + wire.events(*endings, *marker)))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, usage))


@pytest.mark.parametrize(
    ("wire", "again"),
    [
        (OPENAI_CHAT, choices(delta({"content": "l"}, "length"))),
        (ANTHROPIC, {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {}}),
    ],
    ids=["openai_chat", "anthropic"],
)
async def test_15_text_and_another_reason_after_the_reason(desk: Desk, wire: Wire, again: Any) -> None:
    late = wire.delta("l") if wire is ANTHROPIC else wire.delta("")
    stream = wire.says("al") + wire.events(*wire.reason, late, again, *wire.marker)
    heard = await desk.hear(wire, serving(stream))
    assert (heard.text, heard.completed[0], heard.notices) == ("all", FinishReason.STOP, [])


async def test_15_gemini_gives_a_reason_with_every_event(desk: Desk) -> None:
    heard = await desk.hear(GEMINI, serving(GEMINI.body("al") + GEMINI.body("l")))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))


@pytest.mark.parametrize(
    ("wire", "other"),
    [
        (OPENAI_CHAT, choices(delta({"content": "other"}, "length", 1))),
        (GEMINI, {"candidates": [{"index": 1, "content": {"parts": [{"text": "other"}]}, "finishReason": "SAFETY"}]}),
    ],
    ids=["openai_chat", "gemini"],
)
async def test_16_other_choices(desk: Desk, wire: Wire, other: Any) -> None:
    stream = wire.event(other) + wire.says("al") + wire.events(other, wire.delta("l"), *wire.reason, *wire.marker)
    heard = await desk.hear(wire, serving(stream))
    assert (heard.text, heard.completed) == ("all", (FinishReason.STOP, USAGE))
