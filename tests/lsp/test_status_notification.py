from __future__ import annotations

import datetime
from typing import Any

import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.status_notification import StatusNotification, payload
from lsp_llm.status.events import (
    Applying,
    Cancelled,
    ConnectionIssue,
    Failed,
    Finished,
    Message,
    Queued,
    RateLimitWait,
    RequestCompleted,
    RequestSent,
    Status,
    Streaming,
    Thinking,
)
from tests.lsp.wiring import Line

USAGE = Usage(input_tokens=9, output_tokens=3, cache_read_tokens=2, cache_write_tokens=1, reasoning_tokens=4)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (Queued("file:///a.py", "yap", "claude"), {"kind": "queued"}),
        (RequestSent("anthropic", "opus"), {"kind": "requestSent", "provider": "anthropic", "model": "opus"}),
        (Thinking(), {"kind": "thinking"}),
        (Streaming(12), {"kind": "streaming", "characters": 12}),
        (Applying(), {"kind": "applying"}),
        (
            RequestCompleted(USAGE, FinishReason.STOP),
            {
                "kind": "requestCompleted",
                "usage": {
                    "inputTokens": 9,
                    "outputTokens": 3,
                    "cacheReadTokens": 2,
                    "cacheWriteTokens": 1,
                    "reasoningTokens": 4,
                },
                "finishReason": "stop",
            },
        ),
        (RateLimitWait(7), {"kind": "rateLimitWait", "remainingSeconds": 7}),
        (
            ConnectionIssue("Unavailable", 2, 3),
            {"kind": "connectionIssue", "errorType": "Unavailable", "retryAttempt": 2, "maxAttempts": 3},
        ),
        (
            RequestCompleted(Usage(), FinishReason.LENGTH, 0.25),
            {
                "kind": "requestCompleted",
                "usage": {
                    "inputTokens": 0,
                    "outputTokens": 0,
                    "cacheReadTokens": 0,
                    "cacheWriteTokens": 0,
                    "reasoningTokens": 0,
                    "cost": 0.25,
                },
                "finishReason": "length",
            },
        ),
        (Finished(), {"kind": "finished"}),
        (Cancelled("closed"), {"kind": "cancelled", "reason": "closed"}),
        (Failed("down", "start it"), {"kind": "failed", "reason": "down", "hint": "start it"}),
        (Message("hm", "warning"), {"kind": "message", "text": "hm", "level": "warning", "persistent": False}),
    ],
)
def test_every_status_in_the_words_of_the_protocol(status: Status, expected: Any) -> None:
    assert payload(status) == expected


def bench(*, wants_status: bool) -> tuple[Line, StatusNotification]:
    line = Line()
    client = Client(line.wire, Documents())
    client.meet(ClientFacts(wants_status=wants_status))
    return line, StatusNotification(client)


def test_each_step_names_its_job_its_document_and_its_time() -> None:
    line, sink = bench(wants_status=True)
    sink.publish("3", Queued("file:///a.py", "yap", "claude"))
    sink.publish("3", Streaming(1))
    for params in line.notifications("lsp-llm/status"):
        assert (params["jobId"], params["uri"]) == ("3", "file:///a.py")
        assert datetime.datetime.fromisoformat(params["timestamp"]).tzinfo is not None


def test_what_is_said_after_the_end_names_no_document() -> None:
    line, sink = bench(wants_status=True)
    sink.publish("3", Queued("file:///a.py", "yap", "claude"))
    sink.publish("3", Finished())
    sink.publish("3", Message("the original is back"))
    assert "uri" not in line.notifications("lsp-llm/status")[-1]


def test_a_client_that_did_not_ask_hears_nothing() -> None:
    line, sink = bench(wants_status=False)
    sink.publish("3", Queued("file:///a.py", "yap", "claude"))
    sink.publish("3", Finished())
    assert line.messages == []
