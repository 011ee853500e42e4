"""What a user chose for a workspace is kept, privately, and seen by every server."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lsp_llm.records import choices
from lsp_llm.records.choices import PresetChoices


def test_each_workspace_has_its_own_choice_until_it_is_forgotten(tmp_path: Path) -> None:
    mine = PresetChoices(tmp_path)
    assert mine.of("/a") == ""
    mine.remember("/a", "first")
    mine.remember("/a", "second")
    mine.remember("", "none at all")
    assert [PresetChoices(tmp_path).of(workspace) for workspace in ("/a", "/b", "")] == ["second", "", "none at all"]
    mine.forget("/a")
    mine.forget("/a")
    assert mine.of("/a") == PresetChoices(tmp_path).of("/a") == ""


def test_servers_side_by_side_see_each_others_choice(tmp_path: Path) -> None:
    one, other = PresetChoices(tmp_path), PresetChoices(tmp_path)
    for name in ("first", "other", "third"):
        one.remember("/a", name)
        assert other.of("/a") == name
    other.forget("/a")
    assert one.of("/a") == ""


def test_nothing_is_read_anew_while_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = PresetChoices(tmp_path)
    mine.remember("/a", "first")
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("read again"))
    assert mine.of("/a") == "first"


def test_nobody_else_reads_them_and_no_name_tells_a_path(tmp_path: Path) -> None:
    PresetChoices(tmp_path / "state").remember("/home/someone/secret", "first")
    (path,) = (tmp_path / "state" / "presets").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.parent.parent.stat().st_mode) == 0o700
    assert "secret" not in path.name


def test_the_oldest_choices_give_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choices, "KEPT_FILES", 3)
    mine = PresetChoices(tmp_path)
    for number in range(6):
        mine.remember(f"/{number}", "p")
    assert len(list((tmp_path / "presets").iterdir())) == 3
    assert PresetChoices(tmp_path).of("/5") == "p"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"workspace": "/a", "preset": 7}', b"\xff"])
def test_a_file_that_says_nothing_is_no_choice(tmp_path: Path, content: bytes) -> None:
    mine = PresetChoices(tmp_path)
    mine.remember("/a", "first")
    (path,) = (tmp_path / "presets").iterdir()
    path.write_bytes(content)
    assert mine.of("/a") == ""
    mine.remember("/a", "again")
    assert PresetChoices(tmp_path).of("/a") == "again"


def test_a_folder_that_cannot_be_written_lets_a_choice_hold_here(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "presets").write_text("a file is in the way")
    mine = PresetChoices(tmp_path)
    mine.remember("/a", "first")
    assert mine.of("/a") == "first"
    mine.forget("/a")
    assert mine.of("/a") == ""
    assert "cannot be written" in caplog.text
