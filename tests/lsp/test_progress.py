from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.lsp import progress as progress_module
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.progress import Progress
from lsp_llm.status.events import (
    Applying,
    Cancelled,
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
from tests.turns import some_turns, until

QUEUED = Queued("file:///a.py", "replace", "claude")


class Bench:
    def __init__(self, *, shows_progress: bool = True) -> None:
        self.line = Line()
        client = Client(self.line.wire, Documents())
        client.meet(ClientFacts(shows_progress=shows_progress))
        self.progress = Progress(client)

    def publish(self, *statuses: Status) -> None:
        for status in statuses:
            self.progress.publish("7", status)

    def accept(self, error: Any = None) -> None:
        self.line.answer(None, error)

    @property
    def values(self) -> list[Any]:
        shown = self.line.notifications("$/progress")
        assert all(params["token"] == "lsp-llm/7" for params in shown)
        return [params["value"] for params in shown]

    @property
    def said(self) -> list[str]:
        return [params["message"] for params in self.line.notifications("window/showMessage")]


async def test_a_job_from_its_beginning_to_its_end() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    assert bench.line.messages[-1]["method"] == "window/workDoneProgress/create"
    bench.accept()
    bench.publish(RequestSent("anthropic", "opus"), Thinking(), Streaming(5), Streaming(900))
    bench.publish(RequestCompleted(Usage(output_tokens=3), FinishReason.STOP), Applying(), Finished())
    begin, *rest = bench.values
    assert begin == {
        "kind": "begin", "title": "[replacing] claude", "cancellable": True, "message": "0 s, preparing",
    }  # fmt: skip
    assert [value["message"] for value in rest] == [
        "0 s, request sent to anthropic (opus)",
        "0 s, thinking",
        "0 s, streaming, 5 characters",
        "0 s, answer complete, 3 tokens",
        "0 s, applying",
        "0 s, done",
    ]
    assert [value["kind"] for value in rest] == ["report"] * 5 + ["end"]
    assert bench.said == []
    assert bench.progress.job_of("lsp-llm/7") is None


async def test_nothing_is_shown_before_the_client_has_accepted() -> None:
    bench = Bench()
    bench.publish(QUEUED, RequestSent("p", ""), Streaming(3))
    assert bench.values == []
    bench.accept()
    assert [value["message"] for value in bench.values] == ["0 s, streaming, 3 characters"]


async def test_a_job_that_ended_before_is_shown_and_ended_at_once() -> None:
    bench = Bench()
    bench.publish(QUEUED, Finished())
    assert bench.values == []
    bench.accept()
    assert [value["kind"] for value in bench.values] == ["begin", "end"]
    bench.publish(Message("the original is back"))
    assert len(bench.values) == 2


async def test_a_client_that_declines_is_shown_nothing_and_nothing_is_kept() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    bench.accept({"code": -32601, "message": "no"})
    bench.publish(Streaming(3), Finished())
    assert bench.values == []
    assert bench.progress.job_of("lsp-llm/7") is None


async def test_a_client_without_progress_is_not_asked() -> None:
    bench = Bench(shows_progress=False)
    bench.publish(QUEUED, Streaming(3), Message("careful", "warning"), Failed("no", "do this"))
    assert bench.line.notifications("window/workDoneProgress/create") == []
    assert bench.said == ["LLM: careful", "LLM: no: do this"]


async def test_the_time_runs_on_while_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress_module, "EVERY_SECONDS", 0)
    bench = Bench()
    bench.publish(QUEUED)
    bench.accept()
    await until(lambda: len(bench.values) > 4)
    bench.publish(Cancelled("the document was closed"))
    assert bench.values[-1] == {"kind": "end", "message": "0 s, stopped: the document was closed"}
    count = len(bench.values)
    await some_turns()
    assert len(bench.values) == count


async def test_a_failure_is_said_aloud_too() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    bench.accept()
    bench.publish(Failed("The host is down.", "Start it."))
    assert bench.values[-1] == {"kind": "end", "message": "0 s, The host is down. Start it."}
    assert bench.said == ["LLM: The host is down. Start it."]


async def test_notes_are_shown_and_warnings_said() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    bench.accept()
    bench.publish(Message("no instruction was given"), Message("cut off", "warning"))
    assert bench.values[-1]["message"] == "0 s, no instruction was given"
    assert bench.said == ["LLM: cut off"]


async def test_a_token_leads_to_its_job() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    bench.progress.publish("8", QUEUED)
    assert bench.progress.job_of("lsp-llm/8") == "8"
    assert bench.progress.job_of("other") is None
    assert bench.progress.job_of(7) is None


async def test_several_jobs_make_one_line() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    bench.accept()
    bench.progress.publish("8", QUEUED)
    bench.accept()
    bench.publish(Streaming(5))
    bench.progress.publish("8", Thinking())
    said = [(params["token"], params["value"]["message"]) for params in bench.line.notifications("$/progress")]
    assert said[1:] == [
        ("lsp-llm/8", "2 running, 0 s, preparing"),
        ("lsp-llm/7", "2 running, 0 s, streaming, 5 characters"),
    ]
    bench.publish(Finished())
    bench.progress.publish("8", Streaming(3))
    said = [(params["token"], params["value"]["message"]) for params in bench.line.notifications("$/progress")]
    assert said[3:] == [("lsp-llm/7", "0 s, done"), ("lsp-llm/8", "0 s, streaming, 3 characters")]


async def test_a_countdown_is_shown_second_by_second() -> None:
    bench = Bench()
    bench.publish(QUEUED)
    bench.accept()
    bench.publish(RateLimitWait(2), RateLimitWait(1))
    assert [value["message"] for value in bench.values[1:]] == [
        "0 s, rate limit: asking again in 2 s",
        "0 s, rate limit: asking again in 1 s",
    ]


@pytest.mark.parametrize("shows_progress", [True, False])
async def test_a_token_that_came_with_a_request_is_used_at_once(shows_progress: bool) -> None:
    bench = Bench(shows_progress=shows_progress)
    bench.progress.use("7", 3)
    bench.publish(QUEUED, Finished())
    assert bench.line.messages[0]["method"] == "$/progress", "the client is not asked for what it has given"
    shown = bench.line.notifications("$/progress")
    assert [(params["token"], params["value"]["kind"]) for params in shown] == [(3, "begin"), (3, "end")]
    assert bench.progress.job_of(3) is None
