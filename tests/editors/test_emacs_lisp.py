"""The Lisp files of editors/emacs by themselves: they compile without a warning, install, and say what they need."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.editors.emacs import QUIET
from tests.editors.emacs_package import FOLDER, load_path
from tests.editors.surroundings import environment

LISP = FOLDER / "lisp"
COMPILE = """
(setq byte-compile-error-on-warn t)
(dolist (file (directory-files "." nil "\\\\.el$"))
  (unless (byte-compile-file file) (kill-emacs 1)))
"""
CHECK = """
(require 'checkdoc)
(setq sentence-end-double-space t)
(dolist (file (directory-files "." nil "\\\\.el$"))
  (checkdoc-file file))
"""
INSTALL = """
(require 'package)
(setq package-archives nil)
(package-initialize)
(package-install-file "{folder}")
"""
# Emacs as a user starts it the next time.
USE = """
(require 'package)
(package-initialize)
(princ (list (featurep 'lsp-llm)
             (mapcar (lambda (name) (autoloadp (symbol-function name)))
                     '(lsp-llm-eglot-setup lsp-llm-lsp-mode-setup lsp-llm-ask lsp-llm-map lsp-llm-chat-mode))
             (assoc-default "a.chat.md" auto-mode-alist 'string-match)))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the package, because compiling writes beside the files."""
    folder = tmp_path / "lsp-llm"
    shutil.copytree(LISP, folder, ignore=shutil.ignore_patterns("*.elc"))
    return folder


def run(program: Path, folder: Path, lisp: str) -> subprocess.CompletedProcess[str]:
    """What Emacs says to this Lisp, without a window, in a folder."""
    init = folder.parent / "init.el"
    init.write_text(f'{QUIET}(add-to-list \'load-path "{folder}")\n{lisp}')
    command = [str(program), "-Q", "--batch", "-l", str(init)]
    env = environment(folder.parent)
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("has_lsp_mode", [False, True], ids=["without lsp-mode", "with lsp-mode"])
def test_it_compiles_without_a_warning(emacs: Path, lsp_mode: list[Path], folder: Path, *, has_lsp_mode: bool) -> None:
    result = run(emacs, folder, (load_path(lsp_mode) + "(require 'lsp-mode)" if has_lsp_mode else "") + COMPILE)
    assert result.returncode == 0, result.stderr
    assert "Warning" not in result.stderr
    assert len(list(folder.glob("*.elc"))) == len(list(folder.glob("*.el")))


def test_checkdoc_has_nothing_to_say(emacs: Path, folder: Path) -> None:
    result = run(emacs, folder, CHECK)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""


def test_it_installs_as_a_package_and_loads_nothing_before_it_is_used(emacs: Path, folder: Path) -> None:
    result = run(emacs, folder, INSTALL.format(folder=folder))
    assert result.returncode == 0, result.stderr
    assert "Error" not in result.stderr
    elsewhere = folder.with_name("elsewhere")
    elsewhere.mkdir()
    result = run(emacs, elsewhere, USE)
    assert result.stdout == "(nil (t t t t t) lsp-llm-chat-mode)", result.stderr


def test_an_old_emacs_is_told_what_is_needed(old_emacs: Path, folder: Path) -> None:
    result = run(old_emacs, folder, "(require 'lsp-llm)")
    assert result.returncode != 0
    assert "Emacs 29.1 or later" in result.stderr


def test_an_old_eglot_is_told_how_to_get_a_newer_one(emacs: Path, folder: Path) -> None:
    result = run(emacs, folder, "(require 'eglot) (fmakunbound 'eglot-server-capable) (require 'lsp-llm-eglot)")
    assert result.returncode != 0
    assert "Eglot 1.16 or later: M-x eglot-upgrade-eglot" in result.stderr
