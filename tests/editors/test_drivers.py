"""The drivers drive: each real editor opens a file, is typed into and saves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors.emacs import Emacs
from tests.editors.helix import Helix
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.vscode import VSCode

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
        editor.keys("g", "e")
        editor.insert_mode("o")
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


def test_a_line_of_the_transcript_that_is_half_written_is_left_out(home: Path) -> None:
    server = Installation(home, base_url="http://127.0.0.1:9/v1")
    line = '    0.001 -> {"jsonrpc": "2.0", "method": "initialized", "params": {"é": 1}}\n'.encode()
    (home / "lsp-llm.trace").write_bytes(line + line[: line.index(b"\xa9")])
    assert server.messages("->", "initialized") == [{"é": 1}]


@pytest.mark.vscode
def test_vscode_is_typed_into_selected_in_and_undoes(vscode: VSCode, file: Path) -> None:
    vscode.open(file)
    vscode.wait_until(lambda: vscode.sees(file.name))
    assert vscode.shown() == [str(file)]
    assert not vscode.sees("a text that is nowhere")
    vscode.put_cursor(2, 0)
    vscode.type(TYPED)
    vscode.wait_until(lambda: vscode.text() == f"one\ntwo\n{TYPED}")
    vscode.press("Control+s")
    vscode.wait_until(lambda: file.read_text() == f"one\ntwo\n{TYPED}")
    vscode.select_lines(0, 1)
    vscode.press("Delete")
    vscode.wait_until(lambda: vscode.text() == TYPED)
    vscode.undo()
    vscode.wait_until(lambda: vscode.text() == f"one\ntwo\n{TYPED}")


@pytest.mark.vscode
def test_vscode_starts_over_with_another_server_and_no_file(vscode: VSCode, home: Path, file: Path) -> None:
    server = Installation(home, base_url="http://127.0.0.1:9/v1")
    vscode.open(file)
    vscode.type("never saved")
    vscode.wait_until(lambda: vscode.text() == "never savedone\ntwo\n")
    vscode.serve(server.program)
    assert vscode.shown() == []
    assert server.messages("->", "initialized")
