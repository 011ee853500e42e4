"""The configurations that users paste: the pages show the files below editors/, and the server takes them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from lsp_llm.cli.setup.editors import EDITORS as TABLE
from lsp_llm.cli.setup.editors import Editor
from lsp_llm.cli.setup.sources import text_of
from lsp_llm.config.files import named_layer
from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.providers.registry import builtin_values, resolve
from tests.editors import readme
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient

ROOT = Path(__file__).parents[2]
CAPTURED = ROOT / "tests/recordings/capabilities/vscode-1.139-languageclient-11.json"
EDITORS = ROOT / "editors"
SKELETON = (
    "Install",
    "Configure",
    "Keys",
    "Chat",
    "Status",
    "Undo",
    "Known limits",
    "Which files can set what",
    "What is tested",
)


@pytest.mark.parametrize(("editor", "source"), [(editor, file.source) for editor in TABLE for file in editor.files])
def test_a_page_shows_what_setup_prints(editor: Editor, source: str) -> None:
    page = (EDITORS / editor.name / "README.md").read_text()
    text = text_of(editor.name, source)
    assert text in [fence["code"] for fence in readme.FENCE.finditer(page)]


@pytest.mark.parametrize(
    ("heading", "language", "number", "name"),
    [
        ("Helix", "toml", 1, "helix/languages.toml"),
        ("Helix", "toml", 2, "helix/config.toml"),
        ("VS Code", "json", 1, "vscode/settings.json"),
    ],
)
def test_the_readme_shows_it_too(heading: str, language: str, number: int, name: str) -> None:
    assert readme.block(heading, language, number) == (EDITORS / name).read_text()


def test_the_page_of_emacs_shows_the_block_of_the_readme() -> None:
    assert readme.block("Emacs", "elisp") in (EDITORS / "emacs/README.md").read_text()


@pytest.mark.parametrize("editor", TABLE, ids=lambda editor: editor.name)
def test_every_page_has_the_same_parts_in_the_same_order(editor: Editor) -> None:
    page = (EDITORS / editor.name / "README.md").read_text()
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert [heading for heading in headings if heading in SKELETON] == list(SKELETON)
    assert f"lsp-llm setup {editor.name} " in page
    assert f"lsp-llm doctor {editor.name}" in page


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
    settings = json.loads(text_of("vscode", "settings.json"))
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
