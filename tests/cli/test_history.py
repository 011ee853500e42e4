"""`lsp-llm history`, the real program over a history that was written before."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.records.history import Entry, History
from tests.cli.calling import called


@pytest.fixture
def home(tmp_path: Path) -> Path:
    history = History(tmp_path / "state" / "lsp-llm")
    for number in range(25):
        query = "make it red" if number == 3 else f"number {number}"
        history.add(Entry("file:///shop.py", "replace", "fake", query, "finished", "", f"answer {number}\x1b[2J\n"))
    return tmp_path


async def test_the_last_come_first_and_controls_are_taken_out(home: Path) -> None:
    ended = await called(home, "history", "--limit", "2")
    assert (ended.code, ended.errors) == (0, "")
    assert [line for line in ended.output.splitlines() if line.startswith("- instruction")] == [
        "- instruction: number 24",
        "- instruction: number 23",
    ]
    assert "answer 24\ufffd[2J\n" in ended.output


async def test_there_are_twenty_unless_told(home: Path) -> None:
    assert len((await called(home, "history", "--json")).json["entries"]) == 20
    assert len((await called(home, "history", "--json", "--limit", "100")).json["entries"]) == 25


async def test_only_what_has_the_words_and_all_fields_as_json(home: Path) -> None:
    (entry,) = (await called(home, "history", "RED", "--json")).json["entries"]
    assert entry.pop("timestamp")
    assert entry == {
        "uri": "file:///shop.py",
        "kind": "replace",
        "preset": "fake",
        "query": "make it red",
        "outcome": "finished",
        "reason": "",
        "answer": "answer 3\x1b[2J\n",
        "statuses": [],
        "files": [],
        "inputTokens": 0,
        "outputTokens": 0,
    }


async def test_nothing_there_is_said(tmp_path: Path) -> None:
    assert "There is nothing with “x”." in (await called(tmp_path, "history", "x")).output
    assert (await called(tmp_path, "history", "--json")).json == {"entries": []}


async def test_a_limit_is_a_number_from_1(tmp_path: Path) -> None:
    ended = await called(tmp_path, "history", "--limit", "0")
    assert (ended.code, "0 is no number from 1" in ended.errors) == (2, True)
