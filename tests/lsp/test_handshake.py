from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.commands.table import COMMANDS
from lsp_llm.lsp.clients import UNKNOWN, ClientRow, client_row
from lsp_llm.lsp.handshake import ClientFacts, Misshapen, answer, choose_encoding, read_facts
from lsp_llm.lsp.names import METHODS
from tests.fakes.lsp_client import LspClient, Message

FOLDER = Path(__file__).parent.parent / "recordings" / "capabilities"
CAPTURED: Mapping[str, Message] = {path.stem: json.loads(path.read_bytes()) for path in FOLDER.glob("*.json")}


def facts_of(params: Any) -> ClientFacts:
    return read_facts(json.loads(json.dumps(params)))


@pytest.mark.parametrize(
    ("name", "client", "encoding", "progress", "configuration"),
    [
        ("emacs-30.1", "Eglot", "utf-32", True, True),
        ("emacs-30.2", "Eglot", "utf-32", True, True),
        ("emacs-lsp-mode-9.0.0", "emacs", "utf-32", True, True),
        ("helix-25.01.1", "helix", "utf-8", True, True),
        ("helix-25.07.1", "helix", "utf-8", True, True),
        ("neovim-0.10.4", "Neovim", "utf-16", True, True),
        ("neovim-0.12.4", "Neovim", "utf-8", True, True),
        ("vim-9011244-vim-lsp", "vim-lsp", "utf-16", False, True),
        ("vim-9011244-ylsp", "Vim", "utf-32", True, True),
        ("vscode-1.139-languageclient-11", "code-server", "utf-16", True, True),
    ],
)
def test_what_real_clients_say(name: str, client: str, encoding: str, progress: bool, configuration: bool) -> None:
    facts = facts_of(CAPTURED[name])
    assert facts.name == client
    assert facts.encoding == encoding
    assert facts.roots == ("/home/user/project",)
    assert facts.shows_progress is progress
    assert facts.has_configuration is configuration
    assert facts.process_id is not None
    assert not facts.wants_status
    assert client_row(facts.name, facts.version) is not UNKNOWN


def test_every_captured_client_is_looked_at() -> None:
    assert len(CAPTURED) == 10


@pytest.mark.parametrize("name", sorted(CAPTURED))
async def test_the_server_greets_each_of_them_and_opens_a_file(name: str) -> None:
    """From the real initialize to a code action, in the process as the editor starts it."""
    params = {**CAPTURED[name], "processId": None}
    async with LspClient(initialize=params) as client:
        capabilities = client.server_info["capabilities"]
        assert client.server_info["serverInfo"]["name"] == "lsp-llm"
        wants_full = name == "helix-25.01.1"
        change = 1 if wants_full else 2
        assert capabilities["textDocumentSync"] == {"openClose": True, "save": True, "change": change}
        offered = params["capabilities"].get("general", {}).get("positionEncodings", ["utf-16"])
        assert capabilities["positionEncoding"] == offered[0]
        client.open("file:///home/user/project/a.py", "x = 1\n")
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
        document = {"uri": "file:///home/user/project/a.py"}
        asked = {"textDocument": document, "range": place, "context": {"diagnostics": []}}
        titles = [action["title"] for action in await client.request("textDocument/codeAction", asked)]
        assert titles[:2] == ["LLM: replace selection", "LLM: yap here"]
        assert "LLM: refactor" in titles
        # Who can be asked which preset to use is not bothered with them in a menu.
        asks = "showMessage" in params["capabilities"].get("window", {})
        assert asks is name.startswith(("helix-25.07", "neovim", "vscode"))
        assert any(title.startswith("LLM: use ") for title in titles) is not asks
    assert "Traceback" not in client.errors


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        ([], "utf-16"),
        (["utf-8", "utf-16"], "utf-8"),
        (["utf-7", "utf-32", "utf-8"], "utf-32"),
        (["ucs-2"], "utf-16"),
    ],
)
def test_the_clients_first_choice_that_is_known(offered: list[str], chosen: str) -> None:
    assert choose_encoding(offered) == chosen


@pytest.mark.parametrize(
    ("said", "roots"),
    [
        ({"rootUri": None, "rootPath": None}, ()),
        ({}, ()),
        ({"rootUri": "file:///a%20b"}, ("/a b",)),
        ({"rootUri": None, "rootPath": "/old"}, ("/old",)),
        ({"rootUri": "file:///a", "workspaceFolders": None}, ("/a",)),
        ({"rootUri": "file:///a", "workspaceFolders": []}, ("/a",)),
        ({"rootUri": "file:///a", "workspaceFolders": [{"uri": "file:///b"}, {"uri": "file:///c"}]}, ("/b", "/c")),
        ({"workspaceFolders": [{"uri": "vscode-vfs://github/x"}, {"uri": "file:///c"}]}, ("/c",)),
    ],
)
def test_folders_of_the_workspace(said: Message, roots: tuple[str, ...]) -> None:
    assert facts_of({"capabilities": {}, **said}).roots == roots


@pytest.mark.parametrize(
    ("experimental", "wanted"),
    [
        ({"lspLlm": {"status": True, "stream": True, "more": 1}}, True),
        ({"lspLlm": {"status": False}}, False),
        ({"lspLlm": {}}, False),
        ({"lspLlm": True}, False),
        ({"other": 1}, False),
        (True, False),
        ([], False),
        (None, False),
    ],
)
def test_who_asks_for_the_status_and_takes_streamed_edits(experimental: Any, wanted: bool) -> None:
    facts = facts_of({"capabilities": {"experimental": experimental}})
    assert facts.wants_status is wanted
    assert facts.takes_streamed_edits is wanted


def test_one_can_be_had_without_the_other() -> None:
    facts = facts_of({"capabilities": {"experimental": {"lspLlm": {"stream": True}}}})
    assert (facts.wants_status, facts.takes_streamed_edits) == (False, True)


@pytest.mark.parametrize(
    ("window", "can_pick"), [({"showMessage": {}}, True), ({"showMessage": None}, False), ({}, False), (None, False)]
)
def test_who_can_be_asked_to_pick(window: Any, can_pick: bool) -> None:
    assert facts_of({"capabilities": {"window": window}}).can_pick is can_pick


def test_a_client_that_says_nothing_is_served() -> None:
    assert facts_of({}) == ClientFacts()


@pytest.mark.parametrize(
    "params", [None, [], {"capabilities": 5}, {"clientInfo": "nvim"}, {"processId": "1"}, {"workspaceFolders": ["/a"]}]
)
def test_what_is_no_initialize_is_refused(params: Any) -> None:
    with pytest.raises(Misshapen):
        facts_of(params)


def test_what_the_server_says_of_itself() -> None:
    capabilities = answer(ClientFacts(encoding="utf-8"), UNKNOWN)["capabilities"]
    assert capabilities["positionEncoding"] == "utf-8"
    assert capabilities["codeActionProvider"] == {"codeActionKinds": ["quickfix", "refactor.rewrite"]}
    assert capabilities["executeCommandProvider"] == {"commands": [command.name for command in COMMANDS]}
    assert capabilities["experimental"] == {"lspLlm": {"version": 1, "methods": list(METHODS)}}
    assert "diagnosticProvider" not in capabilities
    refreshing = ClientRow("x", UNKNOWN.policy, reports_when_refreshed=True)
    assert "diagnosticProvider" in answer(ClientFacts(), refreshing)["capabilities"]
