"""The extension's own parts, without an editor: its unit tests, and whether its settings are the server's."""

from __future__ import annotations

import json
import runpy
import subprocess
import zipfile
from typing import Any

import lsp_llm
from tests.editors.vscode import Client
from tests.editors.vscode_extension import EXTENSION, PACKAGE


def package() -> dict[str, Any]:
    return dict(json.loads((EXTENSION / "package.json").read_text(encoding="utf-8")))


def test_its_unit_tests_pass_and_it_is_built(extension: Client) -> None:
    """That is what building begins with; skipped where there is no npm."""
    assert extension.extension == f"{package()['publisher']}.{package()['name']}"
    with zipfile.ZipFile(PACKAGE) as package_file:
        notices = package_file.read("extension/dist/NOTICES.txt").decode()
    named = {line.partition(" ")[0] for line in notices.splitlines()}
    assert {"markdown-it", "preact", "vscode-languageclient"} <= named


def test_its_sources_are_formatted(extension: Client) -> None:
    command = ["npm", "--prefix", str(EXTENSION), "run", "--silent", "format"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_the_settings_are_those_of_the_server() -> None:
    wanted = runpy.run_path(str(EXTENSION / "settings.py"))["contributed"]()
    found = package()["contributes"]["configuration"]["properties"]
    own = {"lsp-llm.path": found["lsp-llm.path"]}
    assert found == {**own, **wanted}, "run: python editors/vscode/settings.py"


def test_what_starts_a_program_or_sends_text_away_is_the_users_own_to_say() -> None:
    properties = package()["contributes"]["configuration"]["properties"]
    for key in ("path", "providers", "presets", "tools.mcp", "tools.approve", "tools.also", "context.secrets"):
        assert properties[f"lsp-llm.{key}"]["scope"] == "machine", key


def test_it_has_the_version_of_the_server() -> None:
    assert package()["version"] == lsp_llm.__version__


def test_every_key_runs_a_command_that_there_is() -> None:
    contributes = package()["contributes"]
    commands = {command["command"] for command in contributes["commands"]}
    inner = {"lspLlm.undo", "lspLlm.redo", "lspLlm.askPrevious", "lspLlm.askNext"}
    assert {binding["command"] for binding in contributes["keybindings"]} <= commands | inner


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((EXTENSION / "package-lock.json").read_text(encoding="utf-8"))
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
