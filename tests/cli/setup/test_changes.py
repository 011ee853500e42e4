from __future__ import annotations

import stat
from pathlib import Path

import pytest

from lsp_llm.cli.setup.changes import Change, carry_out, changes_for, difference, text_at
from lsp_llm.cli.setup.editors import editor_named
from lsp_llm.cli.setup.sources import text_of
from lsp_llm.errors import UserError
from tests.cli.setup.homes import empty_home


def changes(name: str, folder: Path) -> list[Change]:
    editor = editor_named(name)
    texts = {file.source: text_of(name, file.source) for file in editor.files}
    return changes_for(editor, empty_home(folder), texts)


def test_a_new_file_has_no_backup(tmp_path: Path) -> None:
    change, *part = changes("emacs", tmp_path)
    assert all(one.is_ours and one.path.is_relative_to(tmp_path / ".emacs.d/lsp-llm") for one in part)
    assert (change.before, change.is_needed) == (None, True)
    assert carry_out(change) is None
    assert [path.name for path in (tmp_path / ".emacs.d").iterdir()] == ["init.el"]
    assert not changes("emacs", tmp_path)[0].is_needed


def test_every_copy_of_what_was_there_is_kept_and_the_mode_too(tmp_path: Path) -> None:
    init = tmp_path / ".emacs"
    init.write_text("(one)\n")
    init.chmod(0o640)
    backups = [carry_out(changes("emacs", tmp_path)[0])]
    init.write_text("(two)\n")
    backups.append(carry_out(changes("emacs", tmp_path)[0]))
    assert [backup.read_text() for backup in backups if backup] == ["(one)\n", "(two)\n"]
    assert [backup.name for backup in backups if backup] == [".emacs.before-lsp-llm", ".emacs.before-lsp-llm-2"]
    assert init.read_text().startswith("(two)\n\n;; lsp-llm: begin\n")
    assert stat.S_IMODE(init.stat().st_mode) == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles"
    real.write_text("(mine)\n")
    (tmp_path / ".emacs").symlink_to(real)
    carry_out(changes("emacs", tmp_path)[0])
    assert (tmp_path / ".emacs").is_symlink()
    assert "lsp-llm: begin" in real.read_text()


def test_carriage_returns_stay(tmp_path: Path) -> None:
    (tmp_path / ".emacs").write_bytes(b"(mine)\r\n")
    carry_out(changes("emacs", tmp_path)[0])
    text = (tmp_path / ".emacs").read_bytes().decode()
    assert text.count("\r\n") == text.count("\n") > 3
    assert not changes("emacs", tmp_path)[0].is_needed


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    change, *_ = changes("emacs", tmp_path)
    (tmp_path / ".emacs.d").mkdir()
    (tmp_path / ".emacs.d/init.el").write_text("(new)\n")
    with pytest.raises(UserError, match="was changed meanwhile"):
        carry_out(change)
    assert (tmp_path / ".emacs.d/init.el").read_text() == "(new)\n"


def test_a_conflict_says_what_to_paste_and_writes_nothing(tmp_path: Path) -> None:
    settings = tmp_path / ".config/Code/User/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"glspc.server.command": "another"}')
    with pytest.raises(UserError) as refused:
        changes("vscode", tmp_path)
    assert "glspc.server.command is set to something else" in str(refused.value)
    assert text_of("vscode", "settings.json") in str(refused.value)


def test_a_client_that_few_have_gets_a_file_only_where_it_has_one(tmp_path: Path) -> None:
    assert [change.path.name for change in changes("vim", tmp_path)] == ["lsp-llm.vim"]
    (tmp_path / ".vim").mkdir()
    (tmp_path / ".vim/coc-settings.json").write_text("{}")
    assert [change.path.name for change in changes("vim", tmp_path)] == ["lsp-llm.vim", "coc-settings.json"]


def test_our_own_files_are_replaced_without_a_copy(tmp_path: Path) -> None:
    part = [change for change in changes("neovim", tmp_path) if change.is_ours]
    assert carry_out(part[0]) is None
    part[0].path.write_text("of another version")
    again = next(change for change in changes("neovim", tmp_path) if change.is_ours)
    assert carry_out(again) is None
    assert part[0].path.read_text() == part[0].after
    assert len(list(part[0].path.parent.iterdir())) == 1


def test_the_difference_is_that_of_diff() -> None:
    shown = difference(Change(Path("/a"), "one\ntwo", "one\nthree\n", is_ours=False))
    assert shown == "--- /a\n+++ /a\n@@ -1,2 +1,2 @@\n one\n-two\n\\ no line end\n+three\n"


def test_what_cannot_be_read_or_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"\xff")
    with pytest.raises(UserError, match="is not UTF-8 text"):
        text_at(tmp_path / "file")
    with pytest.raises(UserError, match="cannot be read"):
        text_at(tmp_path)
    with pytest.raises(UserError, match="cannot be written"):
        carry_out(Change(tmp_path / "file/inside", None, "text", is_ours=False))
