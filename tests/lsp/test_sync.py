from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.sync import Sync
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change
from tests.lsp.wiring import Line

URI = "file:///project/a.py"


class Jobs:
    """The part of the runner that hears of changes."""

    def __init__(self, watched: Sequence[str] = ()) -> None:
        self.watched = set(watched)
        self.heard: list[object] = []
        self.fail: Callable[[], None] = lambda: None

    def watches(self, uri: str) -> bool:
        return uri in self.watched

    def before_change(self, uri: str) -> None:
        self.heard.append("before")

    def changed(self, uri: str, changes: Sequence[Change], version: int) -> None:
        self.fail()
        self.heard.append((list(changes), version))

    def opened(self, uri: str, document: Document, version: int) -> None:
        self.heard.append(("opened", uri, document.text, version))

    def saved(self, uri: str) -> None:
        self.heard.append(("saved", uri))

    def closed(self, uri: str) -> None:
        self.heard.append("closed")


class Bench:
    def __init__(self, jobs: Jobs, facts: ClientFacts | None = None) -> None:
        self.line, self.documents, self.jobs = Line(), Documents(), jobs
        client = Client(self.line.wire, self.documents)
        client.meet(facts or ClientFacts())
        runner: Any = jobs
        self.sync = Sync(client, self.documents, runner)
        self.line.wire.serve({"textDocument/didChange": self.sync.did_change}, lambda method: None)
        self.sync.did_open(URI, "python", 1, "one\ntwo\n")
        jobs.heard.clear()

    def change(self, version: Any, *changes: Any) -> None:
        params = {"textDocument": {"uri": URI, "version": version}, "contentChanges": list(changes)}
        self.line.send({"method": "textDocument/didChange", "params": params})

    @property
    def state(self) -> tuple[str, int] | None:
        found = self.documents.find(URI)
        return (found.document.text, found.version) if found else None


def insertion(line: int, character: int, text: str) -> dict[str, Any]:
    place = {"line": line, "character": character}
    return {"range": {"start": place, "end": place}, "text": text}


def test_a_change_moves_the_replica() -> None:
    bench = Bench(Jobs())
    bench.change(2, insertion(1, 0, "2"), insertion(0, 0, "1"))
    assert bench.state == ("1one\n2two\n", 2)
    assert bench.jobs.heard == []


def test_jobs_hear_before_and_after() -> None:
    bench = Bench(Jobs([URI]))
    bench.change(2, insertion(1, 0, "x"))
    assert bench.jobs.heard == ["before", ([Change(4, "", "x")], 2)]


def test_a_change_without_a_version_counts_one_up() -> None:
    bench = Bench(Jobs())
    bench.change(None, {"text": "new"})
    assert bench.state == ("new", 2)


def test_a_text_that_a_later_one_overtook_is_ignored_for_a_client_that_does_that() -> None:
    bench = Bench(Jobs(), ClientFacts("helix", "25.01.1"))
    bench.change(4, {"text": "four"})
    bench.change(3, {"text": "three"})
    assert bench.state == ("four", 4)


def test_a_version_that_goes_down_is_followed_for_all_others() -> None:
    bench = Bench(Jobs(), ClientFacts("Neovim", "0.10.4"))
    bench.change(4, {"text": "four"})
    bench.change(3, {"text": "three"})
    assert bench.state == ("three", 3)


def test_a_document_that_is_not_open_is_no_fault(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench(Jobs())
    bench.sync.did_close(URI)
    bench.change(2, {"text": "x"})
    assert bench.state is None
    assert bench.line.messages == []
    assert "not open" in caplog.text


@pytest.mark.parametrize(
    "change",
    [{"text": 5}, insertion(-1, 0, "x"), {"text": "x", "range": {"start": {"line": 0}, "end": {}}}, None],
)
def test_a_replica_that_cannot_follow_is_dropped_and_the_user_told(change: Any) -> None:
    """Positions of everything that follows would be those of another text."""
    bench = Bench(Jobs([URI]))
    bench.change(2, change)
    assert bench.state is None
    assert bench.jobs.heard == ["closed"]
    (said,) = bench.line.notifications("window/showMessage")
    assert said["message"] == "LLM: lost track of /project/a.py: close it and open it again"
    bench.change(3, change)
    assert len(bench.line.messages) == 1


def test_a_fault_of_ours_in_a_change_drops_the_replica_too() -> None:
    def fall() -> None:
        raise KeyError("a bug")

    bench = Bench(Jobs([URI]))
    bench.jobs.fail = fall
    bench.change(2, insertion(0, 0, "x"))
    assert bench.state is None
    assert bench.line.notifications("window/showMessage")


def test_opening_anew_ends_the_jobs_of_before() -> None:
    bench = Bench(Jobs([URI]))
    bench.sync.did_open(URI, "python", 1, "again")
    assert bench.jobs.heard == ["closed", ("opened", URI, "again", 1)]
    assert bench.state == ("again", 1)


def test_jobs_hear_that_a_document_was_saved() -> None:
    bench = Bench(Jobs())
    bench.sync.did_save(URI)
    assert bench.jobs.heard == [("saved", URI)]
