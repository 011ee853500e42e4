from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.config.settings import ClientEdits
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.lsp import wire as wire_module
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.status.events import Level
from lsp_llm.text.edits import Edit
from tests.lsp.wiring import Line

URI = "file:///project/a.py"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests wait for no answer."""
    monkeypatch.setattr(wire_module, "REQUEST_SECONDS", 0)


class Bench:
    def __init__(self, facts: ClientFacts | None = None) -> None:
        self.line, documents = Line(), Documents()
        documents.open(URI, "python", 7, "a😀b\nc\n")
        self.client = Client(self.line.wire, documents)
        self.client.meet(facts or ClientFacts())
        self.answered: list[tuple[Answered, str]] = []

    def apply(self, version: int | None) -> Any:
        edits = [Edit(2, 3, "B"), Edit(4, 4, "x\n")]
        self.client.apply(URI, edits, version, lambda answered, reason: self.answered.append((answered, reason)))
        return self.line.messages[-1]["params"]


async def test_edits_go_out_in_the_protocols_words_without_a_label() -> None:
    assert Bench().apply(7) == {
        "edit": {
            "documentChanges": [
                {
                    "textDocument": {"uri": URI, "version": 7},
                    "edits": [
                        {"range": _range(0, 3, 0, 4), "newText": "B"},
                        {"range": _range(1, 0, 1, 0), "newText": "x\n"},
                    ],
                }
            ]
        }
    }


def _range(*ends: int) -> dict[str, Any]:
    return {"start": {"line": ends[0], "character": ends[1]}, "end": {"line": ends[2], "character": ends[3]}}


async def test_positions_are_in_the_clients_encoding() -> None:
    params = Bench(ClientFacts(encoding="utf-8")).apply(7)
    assert params["edit"]["documentChanges"][0]["edits"][0]["range"] == _range(0, 5, 0, 6)


@pytest.mark.parametrize(("name", "version", "sent"), [("Neovim", 0, 1), ("Neovim", 4, 4), ("helix", 0, 0)])
async def test_neovims_version_0_would_mean_none(name: str, version: int, sent: int) -> None:
    params = Bench(ClientFacts(name, "0.10.4")).apply(version)
    assert params["edit"]["documentChanges"][0]["textDocument"]["version"] == sent


async def test_a_client_that_takes_no_versions_gets_null() -> None:
    assert Bench().apply(None)["edit"]["documentChanges"][0]["textDocument"]["version"] is None


@pytest.mark.parametrize(
    ("result", "error", "answered"),
    [
        ({"applied": True}, None, (Answered.APPLIED, "")),
        ({"applied": True, "failureReason": None, "failedChange": None}, None, (Answered.APPLIED, "")),
        ({"applied": False}, None, (Answered.REFUSED, "")),
        ({"applied": False, "failureReason": "read-only"}, None, (Answered.REFUSED, "read-only")),
        (None, {"code": -32000, "message": "stale"}, (Answered.REFUSED, "stale")),
        (None, None, (Answered.REFUSED, "the answer to the edit was not understood")),
        ("yes", None, (Answered.REFUSED, "the answer to the edit was not understood")),
    ],
)
async def test_what_editors_answer(result: Any, error: Any, answered: tuple[Answered, str]) -> None:
    bench = Bench()
    bench.apply(7)
    bench.line.answer(result, error)
    assert bench.answered == [answered]


async def test_silence_is_no_answer(impatient: None) -> None:
    bench = Bench()
    bench.apply(7)
    await bench.line.silence()
    assert bench.answered == [(Answered.SILENT, "")]


@pytest.mark.parametrize(("version", "is_asked"), [("0.10.4", False), ("0.12.4", True)])
async def test_neovim_0_12_is_asked_for_what_it_holds_back(version: str, is_asked: bool) -> None:
    bench = Bench(ClientFacts("Neovim", version))
    bench.apply(7)
    bench.line.answer({"applied": True})
    assert ("workspace/diagnostic/refresh" in [message["method"] for message in bench.line.messages]) is is_asked


def test_messages_and_notifications() -> None:
    bench = Bench()
    levels: tuple[Level, ...] = ("error", "warning", "info")
    for level in levels:
        bench.client.show_message(level, f"an {level}")
    assert [said["type"] for said in bench.line.notifications("window/showMessage")] == [1, 2, 3]
    bench.client.notify("$/progress", {"token": "t"})
    assert bench.line.notifications("$/progress") == [{"token": "t"}]


@pytest.mark.parametrize(("error", "expected"), [(None, [{"a": 1}]), ({"code": 1, "message": "no"}, None)])
async def test_any_request(error: Any, expected: Any) -> None:
    bench = Bench()
    got: list[Any] = []
    bench.client.request("workspace/configuration", {}, got.append)
    bench.line.answer([{"a": 1}], error)
    assert got == [expected]


@pytest.mark.parametrize(("error", "accepted"), [(None, True), ({"code": -32601, "message": "no"}, False)])
async def test_a_progress_is_there_once_the_client_said_so(error: Any, accepted: bool) -> None:
    bench = Bench()
    got: list[bool] = []
    bench.client.create_progress("lsp-llm/1", got.append)
    assert bench.line.messages[-1]["params"] == {"token": "lsp-llm/1"}
    assert got == []
    bench.line.answer(None, error)
    assert got == [accepted]


async def test_a_progress_nobody_answers_is_not_there(impatient: None) -> None:
    bench = Bench()
    got: list[bool] = []
    bench.client.create_progress("lsp-llm/1", got.append)
    await bench.line.silence()
    assert got == [False]


def test_the_users_own_policy_stands_above_the_row() -> None:
    client = Bench(ClientFacts("Neovim", "0.12.4")).client
    waits = []
    for own in (ClientEdits(), ClientEdits(echo="trust"), ClientEdits()):
        client.obey(own)
        waits.append(client.policy.trust_after_seconds)
    assert waits == [None, 0, None]
