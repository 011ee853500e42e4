"""The drivers drive: each real editor opens a file, is typed into and saves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.editors.emacs import Emacs
from tests.editors.helix import Helix
from tests.editors.neovim import Neovim
from tests.editors.vscode import VSCode

SERVER = [sys.executable, "-m", "lsp_llm"]
# Characters that a driver could mistake for a key's name or for an option.
TYPED = "-x <Esc> $HOME; é✓"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    return home


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "notes.txt"
    file.write_text("one\ntwo\n")
    return file


@pytest.fixture(params=["neovim", "neovim_newest"])
def nvim(request: pytest.FixtureRequest) -> Path:
    program: Path = request.getfixturevalue(request.param)
    return program


@pytest.fixture(params=["helix", "helix_newest"])
def hx(request: pytest.FixtureRequest) -> Path:
    program: Path = request.getfixturevalue(request.param)
    return program


def test_neovim_is_typed_into_and_saves(nvim: Path, home: Path, file: Path) -> None:
    with Neovim(nvim, home) as editor:
        editor.open(file)
        editor.keys("Go")
        editor.type_slowly(TYPED, interval_seconds=0.002)
        editor.keys("<Esc>:write<CR>")
        editor.wait_until(lambda: TYPED in file.read_text())
        assert editor.lines() == ["one", "two", TYPED]
    assert file.read_text() == f"one\ntwo\n{TYPED}\n"


def test_a_wait_in_vain_tells_what_there_was_to_see(neovim: Path, home: Path, file: Path) -> None:
    with Neovim(neovim, home) as editor:
        editor.open(file)
        with pytest.raises(AssertionError, match="one\ntwo\n"):
            editor.wait_until(lambda: editor.lines() == ["three"], timeout_seconds=0.05)


def test_helix_is_typed_into_and_saves(hx: Path, home: Path, file: Path) -> None:
    with Helix(hx, home, file) as editor:
        editor.keys("g", "e", "o")
        editor.wait_for("INS")
        editor.type_slowly(TYPED, interval_seconds=0.002)
        assert editor.saved() == f"one\ntwo\n{TYPED}\n"
        editor.command("goto 1")
        editor.keys("x", "d")
        assert editor.save_and_quit() == f"two\n{TYPED}\n"


def test_emacs_is_typed_into_and_saves(emacs: Path, home: Path, file: Path) -> None:
    with Emacs(emacs, home, file) as editor:
        editor.keys("M->")
        editor.type_slowly(TYPED, interval_seconds=0.002)
        editor.keys("C-x", "C-s")
        editor.wait_for("Wrote")
        assert editor.text() == file.read_text() == f"one\ntwo\n{TYPED}\n"


@pytest.mark.vscode
def test_vscode_is_typed_into_selected_in_and_undoes(vscode: Path, home: Path, file: Path) -> None:
    with VSCode(vscode, home, file.parent, SERVER) as editor:
        editor.open(file)
        assert editor.sees(file.name)
        assert not editor.sees("a text that is nowhere")
        editor.put_cursor(2, 0)
        editor.type(TYPED)
        editor.wait_until(lambda: editor.text() == f"one\ntwo\n{TYPED}")
        editor.press("Control+s")
        editor.wait_until(lambda: file.read_text() == f"one\ntwo\n{TYPED}")
        editor.select_lines(0, 1)
        editor.press("Delete")
        editor.wait_until(lambda: editor.text() == TYPED)
        editor.undo()
        editor.wait_until(lambda: editor.text() == f"one\ntwo\n{TYPED}")
