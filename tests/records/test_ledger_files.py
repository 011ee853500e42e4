"""Files of the ledger: private, not too many, and never the reason that a job fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from lsp_llm.records import ledger_files
from lsp_llm.records.ledger_files import LedgerFiles

URI = "file:///project/a.py"


def test_what_is_written_is_read_until_it_is_removed(tmp_path: Path) -> None:
    files = LedgerFiles(tmp_path)
    assert files.read(URI) is None
    files.write(URI, b"first")
    files.write(URI, b"second")
    files.write("file:///project/b.py", b"other")
    assert LedgerFiles(tmp_path).read(URI) == b"second"
    files.remove(URI)
    files.remove(URI)
    assert files.read(URI) is None
    assert files.read("file:///project/b.py") == b"other"


def test_nobody_else_reads_them_and_no_name_tells_a_path(tmp_path: Path) -> None:
    LedgerFiles(tmp_path / "state").write(URI, b"secret")
    (path,) = (tmp_path / "state" / "ledger").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert "work" not in path.name


def test_a_name_that_is_not_utf_8_is_a_name(tmp_path: Path) -> None:
    LedgerFiles(tmp_path).write("file:///a\udce9", b"x")
    assert LedgerFiles(tmp_path).read("file:///a\udce9") == b"x"


def test_the_oldest_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_files, "KEPT_FILES", 3)
    files = LedgerFiles(tmp_path)
    for number in range(5):
        files.write(str(number), b"%d" % number)
        for path in (tmp_path / "ledger").iterdir():
            age = int(path.read_bytes()) - number
            os.utime(path, (1000 + age, 1000 + age))
    assert [files.read(str(number)) for number in range(5)] == [None, None, b"2", b"3", b"4"]


def test_a_folder_that_cannot_be_written_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("")
    files = LedgerFiles(blocker)
    files.write(URI, b"x")
    files.remove(URI)
    assert files.read(URI) is None
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert "cannot be written" in caplog.text


def test_a_full_disk_leaves_what_was_there_and_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = LedgerFiles(tmp_path)
    files.write(URI, b"first")

    def full(path: Path, target: Path) -> None:
        raise OSError(28, "no space left")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full)
        files.write(URI, b"second")
    assert files.read(URI) == b"first"
    assert len(list((tmp_path / "ledger").iterdir())) == 1
