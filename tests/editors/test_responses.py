"""A person who asks about code and reads the answer in a document of its own, which waits, answers, and says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors import readme
from tests.editors.helix import Helix
from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.test_neovim import CONFIGURATIONS

ASK = """
local query, last_line = ...
local range = { start = { line = 0, character = 0 }, ["end"] = { line = last_line, character = 0 } }
local argument = { query = query, uri = vim.uri_from_bufnr(0), range = range, target = "document" }
local params = { command = "lsp-llm.ask", arguments = { argument } }
vim.lsp.buf_request(0, "workspace/executeCommand", params, function() end)
"""
WAITING = "<!-- lsp-llm: waiting for the answer -->"
QUOTE = "```python\na = 41\n```\n\nwhy?"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    (folder / ".git").mkdir(parents=True)
    found = folder / "shop.py"
    found.write_text("a = 41\n")
    return found


@pytest.mark.parametrize("editor_name", list(CONFIGURATIONS))
def test_neovim(request: pytest.FixtureRequest, editor_name: str, tmp_path: Path, file: Path) -> None:
    program, configuration = request.getfixturevalue(editor_name), readme.block(CONFIGURATIONS[editor_name], "lua")
    home = tmp_path / "home"
    with Hosting() as host, Neovim(program, home) as editor:
        Installation(home, host.base_url)
        editor.lua(configuration)
        editor.open(file)
        editor.wait_for_server()
        editor.lua(ASK, "why?", 1)
        exchange = host.request()
        assert exchange.asked.endswith(QUOTE)
        editor.wait_until(lambda: WAITING in editor.lines())
        exchange.say("Beca")
        editor.wait_until(lambda: "Beca" in editor.lines())
        assert WAITING not in editor.lines()
        exchange.say("use.")
        exchange.done()
        editor.wait_until(lambda: any(line.endswith(" s -->") for line in editor.lines()))
        text = "\n".join(editor.lines())
        assert f"{QUOTE}\n\n" in text
        assert "\n\n## Assistant (a host driven by hand)\n\nBecause.\n\n<!-- lsp-llm {" in text
        assert file.read_text() == "a = 41\n"


def test_helix(helix_newest: Path, tmp_path: Path, file: Path) -> None:
    home = tmp_path / "home"
    languages = readme.block("Helix", "toml")
    with Hosting() as host:
        Installation(home, host.base_url)
        with Helix(helix_newest, home, file, languages) as editor:
            editor.wait_for_server()
            editor.keys("x", "Space", "a")
            editor.wait_for("LLM: replace selection")
            editor.keys("Escape")
            # What is typed before Helix has read the Escape would be typed with Alt.
            editor.wait_until(lambda: "LLM: replace selection" not in editor.screen())
            editor.command('lsp-workspace-command lsp-llm.ask {"query": "why?", "target": "document"}')
            exchange = host.request()
            assert exchange.asked.endswith(QUOTE)
            editor.wait_for(WAITING)
            exchange.say("Beca")
            editor.wait_for("Beca")
            editor.wait_until(lambda: WAITING not in editor.screen())
            exchange.say("use.")
            exchange.done()
            editor.wait_for(" s -->")
            editor.wait_for("## Assistant (a host driven by hand)")
            assert file.read_text() == "a = 41\n"
