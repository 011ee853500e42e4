"""The files of the terminal, as a server sees them: opened, changed, saved; never those that somebody else changed."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lsp_llm.tui.files import Files


def edit(file: Path, text: str, version: int | None = 1, line: int = 0) -> dict[str, Any]:
    """Replaces three characters at the beginning of a line."""
    places = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 3}}
    document = {"uri": file.as_uri(), "version": version}
    return {"edit": {"documentChanges": [{"textDocument": document, "edits": [{"range": places, "newText": text}]}]}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\r\ntwo\r\n")
    return path


def opened(file: Path) -> Files:
    files = Files(file.parent)
    notices = files.show(file.as_uri())
    assert notices is not None
    return files


def test_a_file_is_opened_once(file: Path) -> None:
    files = Files(file.parent)
    ((method, params),) = files.show(file.as_uri()) or ()
    assert method == "textDocument/didOpen"
    assert params["textDocument"]["text"] == "one\r\ntwo\r\n"  # type: ignore[index]
    assert files.show(file.as_uri()) == []


def test_what_is_no_file_of_text_here_is_not_opened(tmp_path: Path) -> None:
    binary = tmp_path / "b"
    binary.write_bytes(b"\xff\xfe\x00")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    no_name = f"{tmp_path.as_uri()}/%00"
    names = [(tmp_path / name).as_uri() for name in ("b", "gone", "round", "")]
    for uri in (*names, no_name, "untitled:1"):
        assert Files(tmp_path).show(uri) is None


def test_what_is_not_in_the_folder_is_the_users_alone(tmp_path: Path) -> None:
    """A server elsewhere is trusted with the project, and with nothing else that lies here."""
    folder, secret = tmp_path / "shop", tmp_path / "id_ed25519"
    folder.mkdir()
    secret.write_text("secret")
    (folder / "link").symlink_to(secret)
    (folder / "inside.txt").write_text("one")
    files = Files(folder)
    for uri in (secret.as_uri(), (folder / "link").as_uri(), f"{folder.as_uri()}/../id_ed25519"):
        assert files.show(uri) is None
    assert files.show((folder / "inside.txt").as_uri())


@pytest.mark.parametrize("count", [0, 2])
def test_a_change_of_no_file_or_of_several_is_refused(file: Path, count: int) -> None:
    files, wanted = opened(file), edit(file, "ONE")
    wanted["edit"]["documentChanges"] *= count
    result, notices = files.apply(wanted)
    assert (result.applied, notices, file.read_bytes()) == (False, [], b"one\r\ntwo\r\n")


def test_a_change_is_saved_and_told_and_mode_and_line_ends_stay(file: Path) -> None:
    file.chmod(0o640)
    files = opened(file)
    result, notices = files.apply(edit(file, "ONE"))
    assert result.applied
    assert file.read_bytes() == b"ONE\r\ntwo\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [method for method, _ in notices] == ["textDocument/didChange", "textDocument/didSave"]
    told = msgspec.to_builtins(notices[0][1])
    assert told["textDocument"] == {"uri": file.as_uri(), "version": 2}
    result, _ = files.apply(edit(file, "TWO", version=2, line=1))
    assert result.applied and file.read_bytes() == b"ONE\r\nTWO\r\n"


def test_a_link_stays_one(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file)
    assert opened(link).apply(edit(link, "ONE"))[0].applied
    assert link.is_symlink() and file.read_bytes().startswith(b"ONE")


def test_another_version_is_refused(file: Path) -> None:
    result, notices = opened(file).apply(edit(file, "ONE", version=7))
    assert (result.applied, notices, file.read_bytes()[:3]) == (False, [], b"one")
    assert opened(file).apply(edit(file, "ONE", version=None))[0].applied


def test_what_somebody_else_changed_is_not_touched(file: Path) -> None:
    files = opened(file)
    file.write_text("theirs")
    assert not files.apply(edit(file, "ONE"))[0].applied
    assert file.read_text() == "theirs"
    file.unlink()
    assert not files.apply(edit(file, "ONE"))[0].applied


def test_what_is_not_open_is_not_changed(file: Path) -> None:
    files = opened(file)
    ((method, _),) = files.close_all()
    assert method == "textDocument/didClose"
    assert not files.apply(edit(file, "ONE"))[0].applied


def test_a_file_that_cannot_be_written_is_told_and_closed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = opened(file)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lsp_llm.tui.files.shutil.copymode", full)
    result, notices = files.apply(edit(file, "ONE"))
    assert (result.applied, result.failure_reason) == (False, "No space left on device")
    assert [method for method, _ in notices] == ["textDocument/didClose"]
    assert not list(file.parent.glob(".lsp-llm-*"))
