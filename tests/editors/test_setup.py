"""What `lsp-llm setup` writes into an empty home is what the real editors then run by: set up, start, fill."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.editors.emacs import Emacs
from tests.editors.helix import Helix
from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.scenario import ABOVE, BELOW, FIRST_LINE, LAST_LINE, SOURCE
from tests.editors.surroundings import environment
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient

ROOT = Path(__file__).parents[2]
ANSWER = "def price(weights):\n    return RATE * sum(weights)\n"
FILLED = ABOVE + ANSWER + BELOW
VERSIONS_OF_NEOVIM = pytest.mark.parametrize("program", ["neovim", "neovim_newest"], indirect=True)
VERSIONS_OF_HELIX = pytest.mark.parametrize("program", ["helix", "helix_newest"], indirect=True)


@pytest.fixture
def program(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


class Desk:
    """A home in which lsp-llm is installed and nothing is configured, and a file."""

    def __init__(self, folder: Path, host: Hosting) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.file = self.home / "parcels.py"
        self.file.write_text(SOURCE)
        self.host = host
        self.installation = Installation(self.home, host.base_url)

    def call(self, *arguments: str, editor: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`lsp-llm …` as the user calls it, with the editor on the PATH."""
        surroundings = environment(self.home)
        path = f"{editor.parent}:{surroundings['PATH']}" if editor else surroundings["PATH"]
        # The starter brings its own PATH, as a shell would not.
        starter = self.installation.program.read_text().replace(f"PATH={surroundings['PATH']}", f"PATH={path}")
        called = self.home / "called"
        called.write_text(starter)
        called.chmod(0o755)
        return subprocess.run([called, *arguments], env=surroundings, capture_output=True, text=True, check=False)

    def set_up(self, *arguments: str, editor: Path | None = None) -> str:
        """`lsp-llm setup … --write --yes`, twice: the second time there is nothing to do."""
        first = self.call("setup", *arguments, "--write", "--yes", editor=editor)
        assert first.returncode == 0, first.stderr
        again = self.call("setup", *arguments, "--write", "--yes", editor=editor)
        assert again.stdout.startswith("There is nothing to do"), again.stdout + again.stderr
        return first.stdout

    def examine(self, name: str, editor: Path) -> dict[str, list[str]]:
        """The marks of `lsp-llm doctor NAME`, by topic."""
        found: dict[str, list[str]] = {}
        for finding in json.loads(self.call("doctor", name, "--json", editor=editor).stdout)["findings"]:
            found.setdefault(finding["topic"], []).append(finding["mark"])
        return found

    def answer(self) -> str:
        """The host's answer to the next request; gives what was asked."""
        exchange = self.host.request()
        exchange.say(ANSWER)
        exchange.done()
        self.installation.wait_for_ends("done")
        return exchange.asked


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    with Hosting() as host:
        desk = Desk(tmp_path, host)
        yield desk
        # Shown where the test has failed.
        print(desk.installation.transcript())


@VERSIONS_OF_NEOVIM
def test_neovim(program: Path, desk: Desk) -> None:
    desk.set_up("neovim")
    marks = desk.examine("neovim", program)
    assert (marks["editor"], marks["server"], marks["setup"]) == (["ok"], ["ok"], ["ok", "ok"])
    with Neovim(program, desk.home, ("-i", "NONE")) as editor:
        editor.open(desk.file)
        editor.wait_for_server()
        editor.keys(f"{FIRST_LINE}GV{LAST_LINE}G\\ar")
        desk.answer()
        editor.wait_until(lambda: editor.lines() == FILLED.splitlines())
        editor.keys("u")
        editor.wait_until(lambda: editor.lines() == SOURCE.splitlines())


@VERSIONS_OF_HELIX
def test_helix(program: Path, desk: Desk) -> None:
    desk.set_up("helix", "--languages", "python,rust", editor=program)
    marks = desk.examine("helix", program)
    assert (marks["server"], marks["setup"]) == (["ok"], ["ok", "ok"])
    written = tomllib.loads((desk.home / ".config/helix/languages.toml").read_text())
    assert [entry["name"] for entry in written["language"]] == ["markdown", "python", "rust"]
    assert all(entry["language-servers"][-1] == "lsp-llm" for entry in written["language"])
    assert {"ruff", "pylsp"} < set(written["language"][1]["language-servers"])
    with Helix(program, desk.home, desk.file) as editor:
        assert "Press <ENTER>" not in editor.screen()
        editor.wait_for_server()
        editor.keys(*str(FIRST_LINE), "g", "g", *"x" * (LAST_LINE - FIRST_LINE + 1), "Space", "a")
        editor.wait_for("LLM: replace selection")
        editor.keys("Enter")
        desk.answer()
        editor.wait_until(lambda: "return RATE * sum" in editor.screen())
        assert editor.saved() == FILLED


def test_the_keys_of_helix(helix_newest: Path, desk: Desk) -> None:
    desk.set_up("helix")
    with Helix(helix_newest, desk.home, desk.file) as editor:
        editor.wait_for_server()
        editor.keys(*str(FIRST_LINE), "g", "g", *"x" * (LAST_LINE - FIRST_LINE + 1), "M-a")
        editor.wait_for(":lsp-workspace-command lsp-llm.ask")
        editor.type('in one line"')
        editor.keys("Enter")
        assert "in one line" in desk.answer()
        editor.wait_until(lambda: "return RATE * sum" in editor.screen())
        editor.keys("Space", "l", "t")
        desk.host.request()
        editor.keys("Space", "l", "s")
        desk.installation.wait_until(lambda: len(desk.installation.ends()) == 2)
        assert desk.installation.ends()[1].startswith("stopped")
        editor.keys("Space", "l", "u")
        editor.wait_until(lambda: "total = total" in editor.screen())


# The driver has Emacs read a file of its own first, from another folder.
AS_AT_HOME = '(setq user-emacs-directory "~/.emacs.d/") (load "~/.emacs.d/init.el")'


def test_emacs(emacs: Path, desk: Desk) -> None:
    desk.set_up("emacs")
    assert desk.examine("emacs", emacs)["setup"] == ["ok", "ok"]
    with Emacs(emacs, desk.home, desk.file, AS_AT_HOME) as editor:
        editor.wait_for_server()
        editor.keys("M-g", "g", *str(FIRST_LINE), "Enter", "C-Space", "M-g", "g", *str(LAST_LINE + 1), "Enter")
        editor.keys("C-c", "a", "r")
        desk.answer()
        editor.wait_until(lambda: editor.text() == FILLED)
        editor.keys("C-_")
        editor.wait_until(lambda: editor.text() == SOURCE)


def test_the_menu_of_emacs(emacs: Path, desk: Desk) -> None:
    desk.set_up("emacs")
    with Emacs(emacs, desk.home, desk.file, AS_AT_HOME) as editor:
        editor.wait_for_server()
        editor.keys("M-g", "g", *str(FIRST_LINE), "Enter", "C-Space", "M-g", "g", *str(LAST_LINE + 1), "Enter", "M-x")
        editor.type("eglot-code-actions")
        editor.keys("Enter")
        editor.wait_for("[eglot] Pick an action")
        editor.type("LLM: replace selection")
        editor.keys("Enter")
        desk.answer()
        editor.wait_until(lambda: editor.text() == FILLED)


NOTING = """
function! lsp#register_server(server) abort
  let g:noted.vim_lsp = [a:server.name, a:server.cmd({}), a:server.allowlist]
endfunction
function! LspAddServer(servers) abort
  let g:noted.yegappan = [a:servers[0].name, [a:servers[0].path] + a:servers[0].args, a:servers[0].filetype]
endfunction
"""


def vim_here() -> str:
    found = shutil.which("vim")
    if found is None:
        pytest.skip("there is no vim on this machine")
    return found


def test_vim_registers_the_server_with_both_plugins(desk: Desk) -> None:
    vim = vim_here()
    desk.set_up("vim")
    stub = desk.home / ".vim/autoload/lsp.vim"
    stub.parent.mkdir()
    stub.write_text(NOTING)
    noted = desk.home / "noted.json"
    script = desk.home / "look.vim"
    script.write_text(
        f"let g:noted = {{}}\nruntime autoload/lsp.vim\nruntime plugin/lsp-llm.vim\n"
        "doautocmd User lsp_setup\ndoautocmd User LspSetup\ndoautocmd User lsp_buffer_enabled\n"
        f"let g:noted.key = maparg('\\a', 'x')\ncall writefile([json_encode(g:noted)], '{noted}')\nqall!\n"
    )
    command = [vim, "-Nu", "NONE", "-i", "NONE", "-es", "-S", str(script)]
    subprocess.run(
        command, env=environment(desk.home), cwd=desk.home, stdin=subprocess.DEVNULL, timeout=60, check=False
    )
    found = json.loads(noted.read_text())
    assert found["vim_lsp"] == ["lsp-llm", ["lsp-llm", "--stdio"], ["*"]]
    assert found["yegappan"][:2] == ["lsp-llm", [str(desk.installation.program), "--stdio"]]
    assert {"python", "markdown"} < set(found["yegappan"][2])
    assert found["key"] == ":LspCodeAction<CR>"


def captured(name: str) -> dict[str, Any]:
    greeting: dict[str, Any] = json.loads((ROOT / f"tests/recordings/capabilities/{name}.json").read_text())
    # The server ends with the process that is named here; the captured one ended long ago.
    return greeting | {"processId": os.getpid()}


def derived(client: str, **more: Any) -> dict[str, Any]:
    """What a client says by its own documentation; no program of that name was asked."""
    text = {"codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix", "refactor"]}}}}
    abilities = {"workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}}, "textDocument": text}
    return {"clientInfo": {"name": client}, "capabilities": abilities, **more}


def of_json(editor: str, name: str, *path: str) -> Any:
    value = json.loads((ROOT / "editors" / editor / name).read_text())
    for key in path:
        value = value[key]
    return value


COC = of_json("vim", "coc-settings.json", "languageserver", "lsp_llm")
SUBLIME = of_json("sublime", "LSP.sublime-settings", "clients", "lsp-llm")
ZED = of_json("zed", "settings.json", "lsp", "eslint")
KAKOUNE = tomllib.loads((ROOT / "editors/kakoune/kakrc").read_text().partition("lsp_servers %{")[2].partition("}")[0])
CLIENTS = {
    "vim-lsp": (["lsp-llm", "--stdio"], captured("vim-9011244-vim-lsp")),
    "yegappan/lsp": (["lsp-llm", "--stdio"], captured("vim-9011244-ylsp")),
    "coc": ([COC["command"], *COC["args"]], derived("coc.nvim")),
    "kakoune": ([KAKOUNE["lsp-llm"]["command"], *KAKOUNE["lsp-llm"]["args"]], derived("kak-lsp")),
    "sublime": (SUBLIME["command"], derived("Sublime Text LSP")),
    "zed": (
        [ZED["binary"]["path"], *ZED["binary"]["arguments"]],
        # What Zed says to ESLint itself comes along with what the settings say.
        derived("Zed", initializationOptions={"rulesCustomizations": [], **ZED["initialization_options"]}),
    ),
}


@pytest.mark.parametrize("name", CLIENTS)
async def test_other_clients_start_the_server_and_fill(name: str, tmp_path: Path) -> None:
    command, greeting = CLIENTS[name]
    await fills(command, greeting, tmp_path)


async def fills(command: Sequence[str], greeting: dict[str, Any], folder: Path) -> None:
    assert command[0] == "lsp-llm"
    async with FakeHost() as host:
        file = folder / "lsp-llm/config.toml"
        file.parent.mkdir()
        file.write_text(f'[providers.openai]\nbase_url = "{host.base_url}"\ndialect = "openai_chat"\n')
        variables = {"XDG_CONFIG_HOME": str(folder), "OPENAI_API_KEY": "none-at-all"}
        async with LspClient(*command[1:], environ=variables, initialize=greeting) as client:
            buffer = client.open("file:///home/user/project/a.py", "one = 1\n")
            place = {"start": {"line": 0, "character": 6}, "end": {"line": 0, "character": 7}}
            await client.command("replace", {"uri": buffer.uri, "range": place, "query": "two"})
            exchange = await host.request()
            await exchange.say("2")
            await exchange.done()
            await client.until(lambda: buffer.text == "one = 2\n")
            assert not client.messages()
