"""Problems of an open template come while it is being written, of the newest text only, and go when it is mended."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.template_diagnostics import TemplateDiagnostics
from lsp_llm.prompts.problems import TemplateProblem
from lsp_llm.text.edits import Edit
from tests.lsp.wiring import Line
from tests.turns import some_turns, until

URI, OTHER = "file:///p/a.jinja", "file:///p/a.py"


class Checking:
    """Says what the test says, and waits for it where the test holds it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.finished = 0
        self.free = threading.Event()
        self.free.set()

    def name_of(self, uri: str, path: Path) -> str:
        return path.name if path.suffix == ".jinja" else ""

    def problems(self, uri: str, path: Path, text: str) -> Sequence[TemplateProblem]:
        self.texts.append(text)
        assert self.free.wait(10)
        self.finished += 1
        if text == "fault":
            raise ZeroDivisionError
        wrong = (line for line, words in enumerate(text.split("\n"), 1) if "wrong" in words)
        return [TemplateProblem("a.jinja", line, "odd", "warning") for line in wrong]


class Bench:
    def __init__(self) -> None:
        self.line, self.documents, self.checking = Line(), Documents(), Checking()
        client = Client(self.line.wire, self.documents)
        self.templates = TemplateDiagnostics(client, self.documents, self.checking)

    def open(self, text: str, uri: str = URI) -> None:
        self.documents.open(uri, "jinja", 1, text)
        self.templates.opened(uri)

    def type(self, text: str, uri: str = URI) -> None:
        found = self.documents.get(uri)
        found.document.apply(Edit(0, found.document.length, text))
        found.version += 1
        self.templates.changed()

    @property
    def told(self) -> list[Any]:
        return self.line.notifications("textDocument/publishDiagnostics")

    async def quiet(self) -> None:
        """Until no look is under way."""
        await until(lambda: not any(watched.is_looked_at for watched in self.templates._watched.values()))


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.checking.free.set()


async def test_a_problem_is_shown_over_the_text_of_its_line_and_goes_when_it_is_mended(bench: Bench) -> None:
    bench.open("fine\n  \t😀 wrong\r\n")
    await bench.quiet()
    (told,) = bench.told
    assert (told["uri"], told["version"]) == (URI, 1)
    place = {"start": {"line": 1, "character": 3}, "end": {"line": 1, "character": 11}}
    assert told["diagnostics"] == [{"range": place, "severity": 2, "source": "lsp-llm", "message": "odd"}]
    bench.type("fine\nfine\n")
    await bench.quiet()
    assert bench.told[1:] == [{"uri": URI, "version": 2, "diagnostics": []}]


async def test_a_fine_template_and_other_files_are_not_spoken_of(bench: Bench) -> None:
    bench.open("fine")
    bench.open("wrong", OTHER)
    bench.type("wrong too", OTHER)
    bench.type("as fine")
    await bench.quiet()
    bench.templates.closed(URI)
    assert (bench.told, bench.checking.texts) == ([], ["fine", "as fine"])


async def test_only_the_newest_text_counts_however_many_keys_come_while_one_is_looked_at(bench: Bench) -> None:
    bench.checking.free.clear()
    bench.open("wrong 1")
    for number in range(2, 30):
        bench.type(f"wrong {number}")
    await until(lambda: bool(bench.checking.texts))
    bench.checking.free.set()
    await bench.quiet()
    assert bench.checking.texts == ["wrong 1", "wrong 29"]
    assert [told["version"] for told in bench.told] == [29]


async def test_closing_takes_the_problems_away_and_a_late_look_brings_none_back(bench: Bench) -> None:
    bench.open("wrong")
    await bench.quiet()
    bench.checking.free.clear()
    bench.type("still wrong")
    bench.documents.close(URI)
    bench.templates.closed(URI)
    bench.checking.free.set()
    bench.open("fine")
    await bench.quiet()
    assert [told["diagnostics"] != [] for told in bench.told] == [True, False]


async def test_one_that_is_closed_while_it_is_looked_at_is_forgotten(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.checking.free.clear()
    bench.open("wrong")
    bench.documents.close(URI)
    bench.templates.closed(URI)
    bench.checking.free.set()
    await until(lambda: bench.checking.finished == 1)
    await some_turns()
    assert (bench.told, caplog.text) == ([], "")


async def test_a_document_that_was_lost_is_closed(bench: Bench) -> None:
    bench.open("wrong")
    await bench.quiet()
    bench.documents.close(URI)
    bench.templates.changed()
    assert bench.told[-1]["diagnostics"] == []
    bench.templates.changed()
    assert len(bench.told) == 2


async def test_a_save_has_all_looked_at_again(bench: Bench) -> None:
    bench.open("wrong")
    await bench.quiet()
    bench.templates.saved()
    await bench.quiet()
    assert bench.checking.texts == ["wrong", "wrong"]


async def test_a_save_while_one_is_looked_at_is_not_forgotten(bench: Bench) -> None:
    bench.checking.free.clear()
    bench.open("wrong")
    bench.templates.saved()
    bench.checking.free.set()
    await bench.quiet()
    assert bench.checking.texts == ["wrong", "wrong"]
    assert len(bench.told) == 1


async def test_a_fault_is_logged_and_the_next_text_is_looked_at(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.open("fault")
    await bench.quiet()
    assert "cannot be checked" in caplog.text
    bench.type("wrong")
    await bench.quiet()
    assert len(bench.told) == 1
