"""`lsp-llm setup`, the real program, in a home of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_llm.cli.setup.editors import EDITORS, Editor
from lsp_llm.cli.setup.sources import text_of
from tests.cli.calling import bare_environment, called


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.name)
async def test_what_is_printed_is_the_file_to_the_letter(editor: Editor, tmp_path: Path) -> None:
    ended = await called(tmp_path, "setup", editor.name)
    assert ended.code == 0
    assert ended.output == "".join(text_of(editor.name, file.source) for file in editor.files)
    assert "--write does that" in ended.errors
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize("editor", EDITORS, ids=lambda editor: editor.name)
async def test_it_is_written_once(editor: Editor, tmp_path: Path) -> None:
    first = await called(tmp_path, "setup", editor.name, "--write", "--yes")
    assert (first.code, first.errors) == (0, "")
    assert "+++ " in first.output
    files = files_in(tmp_path)
    second = await called(tmp_path, "setup", editor.name, "--write", "--yes")
    assert second.output.startswith("There is nothing to do")
    assert files_in(tmp_path) == files


async def test_files_of_our_own_are_counted_below_their_folder(tmp_path: Path) -> None:
    await called(tmp_path, "setup", "emacs", "--write", "--yes")
    folder = tmp_path / ".emacs.d/lsp-llm/lisp"
    (folder / "lsp-llm.el").unlink()
    ended = await called(tmp_path, "setup", "emacs", "--write", "--yes")
    assert ended.output == f"new or changed below {folder}, of lsp-llm's own files: 1\n"


async def test_nothing_is_written_where_nobody_can_be_asked(tmp_path: Path) -> None:
    ended = await called(tmp_path, "setup", "emacs", "--write")
    assert ended.code == 1
    assert "add --yes" in ended.errors
    assert files_in(tmp_path) == {}


@pytest.mark.parametrize(("said", "code"), [("y\n", 0), ("no\n", 1), ("\n", 1), ("\x04", 1)])
def test_on_a_terminal_it_asks(tmp_path: Path, said: str, code: int) -> None:
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, said.encode())
        ended = subprocess.run(
            [sys.executable, "-m", "lsp_llm", "setup", "emacs", "--write"],
            stdin=terminal, capture_output=True, text=True, env=bare_environment(tmp_path), timeout=60, check=False,
        )  # fmt: skip
    finally:
        os.close(keyboard)
        os.close(terminal)
    assert "Write this? [y/N]" in ended.stdout
    assert ended.returncode == code
    assert (tmp_path / ".emacs.d/init.el").is_file() is (code == 0)


async def test_languages_are_for_helix_and_need_it(tmp_path: Path) -> None:
    ended = await called(tmp_path, "setup", "vim", "--languages", "python")
    assert (ended.code, "--languages is for helix" in ended.errors) == (1, True)
    ended = await called(tmp_path, "setup", "helix", "--languages", "python", environ={"PATH": str(tmp_path)})
    assert (ended.code, "asks hx" in ended.errors) == (1, True)


async def test_a_conflict_is_one_sentence_and_what_to_paste(tmp_path: Path) -> None:
    settings = tmp_path / "config/zed/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{")
    ended = await called(tmp_path, "setup", "zed", "--write", "--yes")
    assert ended.code == 1
    assert f"{settings}: it is no JSON" in ended.errors
    assert text_of("zed", "settings.json") in ended.errors
    assert settings.read_text() == "{"
