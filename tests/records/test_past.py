from __future__ import annotations

from pathlib import Path

from lsp_llm.records.history import Entry, History
from lsp_llm.records.past import past


def add(folder: Path, *words: str) -> None:
    history = History(folder)
    for each in words:
        history.add(Entry("file:///a.py", "yap", "p", each, "finished", "", f"{each}!", files=("b.py",)))


def test_the_latest_come_first_and_no_more_than_are_wanted(tmp_path: Path) -> None:
    add(tmp_path, "one")
    (tmp_path / "history.jsonl").rename(tmp_path / "history.jsonl.1")
    add(tmp_path, "two", "Three")
    assert [entry.query for entry in past(tmp_path, "", 9)] == ["Three", "two", "one"]
    assert [entry.query for entry in past(tmp_path, "", 2)] == ["Three", "two"]
    assert [entry.query for entry in past(tmp_path, "TWO", 9)] == ["two"]
    assert [entry.query for entry in past(tmp_path, "three!", 9)] == ["Three"]
    assert len(past(tmp_path, "B.py", 9)) == 3


def test_broken_lines_and_missing_files_are_passed_over(tmp_path: Path) -> None:
    assert past(tmp_path, "", 9) == []
    add(tmp_path, "one")
    with (tmp_path / "history.jsonl").open("a") as file:
        file.write('{"uri": 1}\nhalf a li')
    assert [entry.query for entry in past(tmp_path, "", 9)] == ["one"]
