"""The last instruction of all servers of a user, in a private file that does not grow for ever."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lsp_llm.records import instructions
from lsp_llm.records.instructions import Instruction, Instructions

ONE = Instruction("replace", "p", "in Italian")
TWO = Instruction("yap", "q", "wie? 🎈\n\ud800", "fix")


def test_the_latest_counts_whoever_gave_it(tmp_path: Path) -> None:
    mine, other = Instructions(tmp_path), Instructions(tmp_path)
    assert mine.last() is None
    mine.add(ONE)
    assert (mine.last(), other.last()) == (ONE, ONE)
    other.add(ONE)
    other.add(Instruction("yap", "q", "wie?", "fix"))
    assert mine.last() == Instructions(tmp_path).last() == Instruction("yap", "q", "wie?", "fix")


def test_halves_of_characters_do_no_harm(tmp_path: Path) -> None:
    mine = Instructions(tmp_path)
    mine.add(TWO)
    found = mine.last()
    assert found is not None
    assert found.query.startswith("wie? 🎈\n")


def test_the_file_is_private_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instructions, "MAX_BYTES", 1_000)
    mine = Instructions(tmp_path / "state")
    for number in range(100):
        mine.add(Instruction("replace", "p", f"number {number}"))
        assert mine.last() == Instruction("replace", "p", f"number {number}")
    (path,) = (tmp_path / "state").iterdir()
    assert path.stat().st_size <= 1_000
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_line_that_was_cut_does_not_take_others_with_it(tmp_path: Path) -> None:
    mine = Instructions(tmp_path)
    mine.add(ONE)
    path = tmp_path / "instructions.jsonl"
    with path.open("ab") as file:
        file.write(b'{"kind":"yap","pre')
    assert mine.last() == ONE
    mine.add(Instruction("yap", "q"))
    assert mine.last() == Instruction("yap", "q")


def test_what_cannot_be_written_is_known_here(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "state").write_text("a file is in the way")
    mine = Instructions(tmp_path / "state")
    mine.add(ONE)
    assert mine.last() == ONE
    assert "cannot be written" in caplog.text


def test_what_is_too_long_for_the_file_is_known_until_the_next(tmp_path: Path) -> None:
    mine = Instructions(tmp_path)
    long = Instruction("replace", "p", "x" * instructions.MAX_BYTES)
    mine.add(long)
    assert (mine.last(), Instructions(tmp_path).last()) == (long, None)
    mine.add(ONE)
    assert mine.last() == ONE
