"""A person whose model wants to change a file, in real editors: it is looked at in the file, and one part is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.editors import readme
from tests.editors.helix import Helix
from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.test_neovim import CHOOSE, CONFIGURATIONS
from tests.fakes.chats import call_tool

SHOP = "tax = 0.19\n\n\ndef net(gross):\n    return gross\n"
NEW = SHOP.replace("0.19", "0.2").replace("return gross", "return gross / (1 + tax)")
TAKEN = SHOP.replace("return gross", "return gross / (1 + tax)")
TO_THE_FILE = "vim.fn.win_gotoid(vim.fn.bufwinid(...))"
IS_SHOWN = "return vim.fn.bufwinid(...) ~= -1"


EDIT = {"path": "shop.py", "old_text": SHOP, "new_text": NEW}
TOLD = "The user accepted a part of it; shop.py has that now. Not taken:\n-tax = 0.19\n+tax = 0.2"

Project = tuple[Path, Path, Path]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The folder, a file in it, and a chat about it."""
    home = tmp_path / "home"
    (home / ".git").mkdir(parents=True)
    shop, talk = home / "shop.py", home / "talk.chat.md"
    shop.write_text(SHOP)
    talk.write_text("## User\n\nMend net.\n")
    return home, shop, talk


@pytest.mark.parametrize("editor_name", list(CONFIGURATIONS))
def test_neovim(request: pytest.FixtureRequest, editor_name: str, project: Project) -> None:
    program, configuration = request.getfixturevalue(editor_name), readme.block(CONFIGURATIONS[editor_name], "lua")
    home, shop, talk = project

    def pick(action: str) -> None:
        editor.lua(CHOOSE, action)
        editor.keys("<Esc>\\a")

    def text() -> str:
        return "\n".join(editor.lines()) + "\n"

    with Hosting() as host, Neovim(program, home) as editor:
        Installation(home, host.base_url)
        editor.lua(configuration)
        editor.open(talk)
        editor.wait_for_server()
        editor.keys("G")
        pick("LLM: send")
        host.wait_for(call_tool(host.request()._exchange, "edit_file", EDIT))
        # The server has the file opened beside the chat, and shows the difference.
        editor.wait_until(lambda: editor.lua(IS_SHOWN, str(shop)) and editor.lua(IS_SHOWN, "shop.py.chat-2.diff"))
        assert text().startswith("## User"), "the user is still in the chat"
        editor.keys("<Esc>")
        editor.lua(TO_THE_FILE, str(shop))
        editor.keys("<Esc>ggOimport math<Esc>")
        editor.wait_until(lambda: text() == f"import math\n{SHOP}")
        editor.keys("G")
        pick("LLM: accept this change")
        editor.wait_until(lambda: text() == f"import math\n{TAKEN}")
        editor.keys("ggj")
        pick("LLM: drop this change")
        exchange = host.request()
        assert exchange.asked == TOLD
        exchange.say("As you like.")
        exchange.done()
        editor.lua(TO_THE_FILE, str(talk))
        editor.wait_until(lambda: "As you like." in text())
        editor.lua(TO_THE_FILE, str(shop))
        pick("LLM: restore original")
        editor.wait_until(lambda: text() == f"import math\n{SHOP}")


@pytest.mark.parametrize("editor_name", ["helix", "helix_newest"])
def test_helix(request: pytest.FixtureRequest, editor_name: str, project: Project) -> None:
    program, (home, shop, talk) = request.getfixturevalue(editor_name), project
    languages = readme.block("Helix", "toml")

    with Hosting() as host:
        Installation(home, host.base_url)
        with Helix(program, home, talk, languages) as editor:
            editor.wait_for_server()
            editor.keys("g", "e")
            editor.pick("LLM: send")
            host.wait_for(call_tool(host.request()._exchange, "edit_file", EDIT))
            editor.wait_for("change 2")
            editor.command("open shop.py")
            editor.keys("g", "g")
            editor.insert_mode("O")
            editor.type("import math")
            editor.normal_mode()
            editor.keys("g", "e")
            editor.pick("LLM: accept this change")
            editor.wait_for("return gross / (1 + tax)")
            editor.keys("g", "g", "j")
            editor.pick("LLM: drop this change")
            exchange = host.request()
            assert exchange.asked == TOLD
            exchange.say("As you like.")
            exchange.done()
            editor.command("write!")
            editor.wait_for("' written, ")
            assert shop.read_text() == f"import math\n{TAKEN}"
