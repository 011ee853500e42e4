"""The configurations that users paste: the README's blocks are the files below editors/, and the server takes them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lsp_llm.config.files import named_layer
from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.providers.registry import builtin_values, resolve
from tests.editors import readme
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient

ROOT = Path(__file__).parents[2]
CAPTURED = ROOT / "tests/recordings/capabilities/vscode-1.139-languageclient-11.json"
COPIES = [
    ("Helix", "toml", "editors/helix/languages.toml"),
    ("VS Code", "json", "editors/vscode/settings.json"),
    ("Emacs", "elisp", "editors/emacs/lsp-llm.el"),
]


@pytest.mark.parametrize(("heading", "language", "copy"), COPIES)
def test_the_files_for_an_editor_are_what_the_readme_shows(heading: str, language: str, copy: str) -> None:
    assert (ROOT / copy).read_text() == readme.block(heading, language)


def test_helix_keys_are_what_the_readme_shows() -> None:
    assert (ROOT / "editors/helix/config.toml").read_text() == readme.block("Helix", "toml", number=2)


def test_both_configurations_of_neovim_say_the_same_of_the_server() -> None:
    server = (ROOT / "editors/neovim/lsp/lsp_llm.lua").read_text()
    for line in readme.block("Neovim 0.11 and later", "lua").splitlines()[1:4]:
        assert line in server.splitlines()


def test_the_settings_in_the_readme_are_settings_of_the_server(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(readme.block("Choose a model", "toml"))
    built_in = Layer("built in", Origin.BUILT_IN, builtin_values())
    settings, problems = merge([built_in, named_layer(file)])
    assert not problems
    assert resolve(settings, settings.preset).provider.base_url == "https://llm.company.example/v1"
    assert resolve(settings, "ollama").preset.model == "qwen3-coder"
    assert resolve(settings, "local").provider.model == "/models/coder.gguf"


async def test_the_settings_for_vs_code_start_the_server_that_a_real_vs_code_greets(tmp_path: Path) -> None:
    settings = json.loads(readme.block("VS Code", "json"))
    captured = json.loads(CAPTURED.read_text())
    # The server ends with the process that is named here; the captured one ended long ago.
    captured["processId"] = os.getpid()
    assert "python" in settings["glspc.server.languageId"]
    assert settings["glspc.server.command"] == "lsp-llm"
    async with FakeHost() as host:
        file = tmp_path / "lsp-llm/config.toml"
        file.parent.mkdir()
        file.write_text(f'[providers.openai]\nbase_url = "{host.base_url}"\ndialect = "openai_chat"\n')
        client = LspClient(
            *settings["glspc.server.commandArguments"],
            environ={"XDG_CONFIG_HOME": str(tmp_path), "OPENAI_API_KEY": "none-at-all"},
            initialize=captured,
            options=settings["glspc.server.initializationOptions"],
        )
        async with client:
            buffer = client.open("file:///home/user/project/a.py", "one = 1\n")
            place = {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 7}}
            await client.command("replace", {"uri": buffer.uri, "range": place, "query": "two"})
            exchange = await host.request()
            assert exchange.headers["authorization"] == "Bearer none-at-all"
            await exchange.say("2")
            await exchange.done()
            await client.until(lambda: buffer.text == "one = 2\n")
            assert not client.messages()
