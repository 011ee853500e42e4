"""Our own extension as users get it: built by the project's own word, installed from the package that it makes."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.editors.provisioning import ROOT, run_alone
from tests.editors.surroundings import environment
from tests.editors.vscode import GENERIC_CLIENT, Client

PROJECT = Path(__file__).parents[2]
EXTENSION = PROJECT / "editors/vscode"
PACKAGE = EXTENSION / "dist/lsp-llm.vsix"


def build() -> Client:
    """Build it (seconds, at first half a minute), and tell how it is installed; raises `Unavailable`."""
    run_alone(["make", "--silent", "--directory", str(PROJECT), "vscode"], ROOT / "extension")
    return Client("lsp-llm.lsp-llm", install)


def beside_another_client(extension: Client) -> Client:
    """Ours together with a client that knows nothing of it."""

    def install_both(installation: Path, home: Path) -> None:
        GENERIC_CLIENT.install(installation, home)
        extension.install(installation, home)

    return Client(extension.extension, install_both)


def install(installation: Path, home: Path) -> None:
    """What "Install from VSIX…" does."""
    entry = installation / "node_modules/code-server/out/node/entry.js"
    folders = [f"--user-data-dir={home / 'data'}", f"--extensions-dir={home / 'extensions'}"]
    command = [installation / "node", entry, *folders, "--install-extension", PACKAGE]
    subprocess.run(command, env=environment(home), check=True, capture_output=True, timeout=60)
