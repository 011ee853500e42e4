"""A person in an Emacs that has the package of editors/emacs, set up by a block of its README, with Eglot or lsp-mode.

It has the model host and the transcript at hand, and looks at nothing but what Emacs shows or says of itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.editors.emacs import Emacs
from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.readme import FENCE
from tests.editors.scenario import FIRST_LINE, LAST_LINE, SOURCE

FOLDER = Path(__file__).parents[2] / "editors/emacs"
INSTALLED = '(locate-user-emacs-file "lsp-llm/lisp")'
"""Where `lsp-llm setup` puts the package; the tests of what it does take it from where it is written."""
OTHER_PRESET = '\n[presets.other]\nprovider = "fake"\nmodel = "the other model"\n'
# What an installed package of lsp-mode would define; and no question about which folder is the project.
LSP_MODE = (
    '(autoload \'lsp-deferred "lsp-mode") (autoload \'lsp "lsp-mode") (setq lsp-auto-guess-root t)'
    "(with-eval-after-load 'lsp-mode (mapc 'require '(lsp-lens lsp-modeline lsp-headerline lsp-completion)))"
)
CLIENTS = ["eglot", "lsp-mode"]
OTHER_SERVER = Path(__file__).with_name("other_server.py")


def setup(client: str) -> str:
    """The block of the package's README for a client: `eglot` or `lsp-mode`."""
    page = (FOLDER / "README.md").read_text()
    block = next(found["code"] for found in FENCE.finditer(page) if f"(lsp-llm-{client}-setup" in found["code"])
    assert INSTALLED in block
    return block.replace(INSTALLED, f'"{FOLDER / "lisp"}"')


def load_path(folders: Sequence[Path]) -> str:
    """Lisp that has Emacs find the Lisp of these folders."""
    return "".join(f'(add-to-list (quote load-path) "{folder}")' for folder in folders)


def other_server() -> str:
    """Lisp: the words that start a server which knows nothing of lsp-llm."""
    return f'"{sys.executable}" "{OTHER_SERVER}"'


class PackageUser:
    """A person in front of Emacs."""

    def __init__(self, editor: Emacs, host: Hosting, installation: Installation, file: Path) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation
        self.file = file

    def go_to_line(self, line: int) -> None:
        """Go to the beginning of a line, counted from 1."""
        self.editor.keys("M-g", "g", *str(line), "Enter")

    def select_function(self) -> None:
        """Select the lines of the scenario's function."""
        self.go_to_line(FIRST_LINE)
        self.editor.keys("C-Space")
        self.go_to_line(LAST_LINE + 1)

    def press(self, *keys: str) -> None:
        """Keys behind the package's prefix."""
        self.editor.keys("C-c", "a", *keys)

    def replace_function(self) -> None:
        """The scenario's request, by the package's key."""
        self.select_function()
        self.press("r")

    def text(self) -> str:
        """The buffer."""
        return self.editor.text()

    def wait_for_text(self, text: str) -> None:
        """Wait until the buffer is this text."""
        self.editor.wait_until(lambda: self.text() == text)

    def wait_for_line(self, line: str) -> None:
        """Wait until the buffer has this line."""
        self.editor.wait_until(lambda: line in self.text().splitlines())

    def wait_for_message(self, words: str) -> None:
        """Wait until Emacs has said so."""
        self.editor.wait_until(lambda: words in self.messages())

    def messages(self) -> str:
        """What Emacs has said so far, as Lisp prints it."""
        return self.editor.evaluate("(with-current-buffer (messages-buffer) (buffer-string))").replace("\\", "")

    def saved(self) -> str:
        """Save, and give what is in the file then."""
        self.editor.keys("C-x", "C-s")
        self.editor.wait_until(lambda: self.file.read_text() == self.text())
        return self.file.read_text()

    def edits(self, kind: str) -> list[Any]:
        """The edits of a kind that were sent so far."""
        return [edit for edit in self.installation.messages("<-", "lsp-llm/edit") if edit["kind"] == kind]

    def executed(self, name: str) -> list[Any]:
        """The arguments of a command that was sent to the server so far."""
        sent = self.installation.messages("->", "workspace/executeCommand")
        return [params["arguments"][0] for params in sent if params["command"] == f"lsp-llm.{name}"]

    def status_line(self) -> str:
        """What the mode line shows of jobs."""
        return self.editor.evaluate("(substring-no-properties (lsp-llm-status-line))").strip('"')

    def wait_for_server(self) -> None:
        """Wait until the buffer that is being looked at has the server."""
        asked = "(and (run-hook-with-args-until-success 'lsp-llm-server-functions) t)"
        self.editor.wait_until(lambda: self.editor.in_buffer(asked) == "t")


@contextmanager
def served(request: pytest.FixtureRequest, client: str, folder: Path, more: str = "") -> Iterator[PackageUser]:
    """A person with the scenario's file open, which a client runs the server for; `more` Lisp comes first."""
    file = folder / "parcels.py"
    file.write_text(SOURCE)
    if client == "lsp-mode":
        more += load_path(request.getfixturevalue("lsp_mode")) + LSP_MODE
    with seated(request.getfixturevalue("emacs"), folder, file, more + setup(client)) as user:
        user.wait_for_server()
        yield user


@contextmanager
def seated(program: Path, folder: Path, file: Path, lisp: str) -> Iterator[PackageUser]:
    """A person with a file open; `lisp` is the configuration."""
    home = folder / "home"
    home.mkdir()
    (folder / ".git").mkdir(exist_ok=True)
    with Hosting() as host:
        installation = Installation(home, host.base_url)
        with (home / ".config/lsp-llm/config.toml").open("a") as settings:
            settings.write(OTHER_PRESET)
        with Emacs(program, home, file, lisp) as editor:
            user = PackageUser(editor, host, installation, file)
            yield user
            # Shown where the test has failed.
            print(installation.transcript(), user.messages(), editor.screen())
