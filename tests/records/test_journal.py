"""The journal: lines that stay, in a file that nobody else reads and that does not grow for ever."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from lsp_llm.records import journal
from lsp_llm.records.journal import Journal, replace_privately


def test_lines_are_appended_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.jsonl"
    Journal(path).append({"a": "größe\n"})
    Journal(path).append({"b": 2})
    assert [json.loads(line) for line in path.read_text().splitlines()] == [{"a": "größe\n"}, {"b": 2}]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_full_file_gives_way_to_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MAX_BYTES", 40)
    path = tmp_path / "history.jsonl"
    for number in range(8):
        Journal(path).append({"number": number})
    kept = [*path.with_name("history.jsonl.1").read_text().splitlines(), *path.read_text().splitlines()]
    assert [json.loads(line)["number"] for line in kept] == [3, 4, 5, 6, 7]
    assert path.stat().st_size <= 40


def test_a_line_that_a_full_disk_has_cut_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    Journal(path).append({"a": 1})
    with path.open("ab") as file:
        file.write(b'{"b":')
    Journal(path).append({"c": 3})
    Journal(path).append({"d": 4})
    assert path.read_text() == '{"a":1}\n{"b":\n{"c":3}\n{"d":4}\n'


def test_a_folder_that_cannot_be_written_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    full = Journal(blocker / "history.jsonl")
    full.append({})
    full.append({})
    assert len(caplog.records) == 1
    assert "history.jsonl" in caplog.text


def test_half_a_character_costs_no_line(tmp_path: Path) -> None:
    """The name of a file that is not UTF-8 holds one."""
    Journal(tmp_path / "history.jsonl").append({"a": "x\udce9"})
    assert json.loads((tmp_path / "history.jsonl").read_text(encoding="utf-8")) == {"a": "x\ufffd"}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"former")
    path.chmod(0o644)
    replace_privately(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)

    def refuse(*_: object) -> None:
        raise OSError("no")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="no"):
        replace_privately(path, b"newer")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]
