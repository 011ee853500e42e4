"""Where the tests get real editors: unpacked below `.editors/` on demand, once for all test runs on this machine.

It never installs anything and never looks for editors that the host has: their versions would be anybody's guess.
Remove `.editors/sid` to move on to the newest editors of the day.
"""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2] / ".editors"
PROVISION = Path(__file__).with_name("provision.sh")
PROVISION_VSCODE = Path(__file__).with_name("code_server") / "provision.sh"


class Unavailable(Exception):
    """No editors here; the message is one line that says what could not be had and why."""


@dataclass(frozen=True, slots=True)
class Suite:
    """What belongs together: packages of one Debian release, in a folder of their own."""

    folder: str
    release: str
    packages: tuple[str, ...]


STABLE = Suite("trixie", "trixie", ("neovim", "hx", "emacs-nox", "tmux"))
NEWEST = Suite("sid", "sid", ("neovim", "hx", "tmux"))
OLD_EMACS = Suite("old-emacs", "bookworm", ("emacs-nox",))
LSP_MODE = Suite("lsp-mode", "trixie", ("elpa-lsp-mode",))


def provide(suite: Suite) -> Path:
    """The folder with the suite's programs, unpacked first where needed (ten seconds); raises `Unavailable`."""
    destination = ROOT / suite.folder
    run_alone([str(PROVISION), suite.release, str(destination), *suite.packages], destination)
    return destination / "bin"


def provide_lisp(suite: Suite) -> list[Path]:
    """The folders with a suite's Lisp for Emacs, unpacked first where needed; raises `Unavailable`."""
    return sorted(provide(suite).with_name("root").glob("usr/share/emacs/site-lisp/elpa-src/*"))


def provide_vscode() -> Path:
    """The folder with VS Code and what shows it, fetched first where needed (a minute); raises `Unavailable`."""
    destination = ROOT / "vscode"
    run_alone([str(PROVISION_VSCODE), str(destination)], destination)
    return destination


def run_alone(command: list[str], destination: Path) -> None:
    """Run a provisioning program while no other process runs one for the same folder; raises `Unavailable`."""
    try:
        with _locked(destination):
            result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Unavailable(f"{Path(command[0]).name}: {error}") from error
    if result.returncode != 0:
        complaint = result.stderr.strip().splitlines() or [f"exit status {result.returncode}, without a word"]
        raise Unavailable(complaint[-1])


def version(program: Path) -> str:
    """What the program calls itself, such as `helix 25.07.1`."""
    result = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return result.stdout.splitlines()[0]


@contextmanager
def _locked(destination: Path) -> Iterator[None]:
    destination.parent.mkdir(parents=True, exist_ok=True)
    with destination.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
