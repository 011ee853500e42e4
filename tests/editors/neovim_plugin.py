"""A person in a Neovim that has the plugin of editors/neovim, set up by the block of its README.

It has the model host and the transcript at hand, and looks at nothing but what Neovim shows or says of itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.scenario import FIRST_LINE, LAST_LINE

FOLDER = Path(__file__).parents[2] / "editors/neovim"
PLACEHOLDER = "/path/to/lsp-llm/editors/neovim"
LEADER = "\\"
OTHER_PRESET = '\n[presets.other]\nprovider = "fake"\nmodel = "the other model"\n'

VIRTUAL_TEXT = """
local found = {}
local space = vim.api.nvim_get_namespaces()["lsp_llm.marks"]
for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
  table.insert(found, mark[4].virt_text and mark[4].virt_text[1][1] or "")
end
return found
"""


def blocks(language: str = "lua") -> list[str]:
    """The code blocks of the plugin's README, with the folder of this project in the place of the placeholder."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", (FOLDER / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [block.replace(PLACEHOLDER, str(FOLDER)) for block in found]


SETUP = blocks()[0]


class PluginUser:
    """A person in front of Neovim."""

    def __init__(self, editor: Neovim, host: Hosting, installation: Installation, file: Path) -> None:
        self.editor = editor
        self.host = host
        self.installation = installation
        self.file = file

    def select_function(self) -> None:
        """Select the lines of the scenario's function."""
        self.editor.keys(f"<Esc>{FIRST_LINE}GV{LAST_LINE}G")

    def press(self, key: str) -> None:
        """One of the plugin's keys, behind its prefix."""
        self.editor.keys(f"{LEADER}a{key}")

    def replace_function(self) -> None:
        """The scenario's request, by the plugin's key."""
        self.select_function()
        self.press("r")

    def text(self) -> str:
        """The buffer, with its last line end."""
        return "".join(f"{line}\n" for line in self.editor.lines())

    def wait_for_text(self, text: str) -> None:
        """Wait until the buffer is this text."""
        self.editor.wait_until(lambda: self.text() == text)

    def wait_for_line(self, line: str) -> None:
        """Wait until the buffer has this line."""
        self.editor.wait_until(lambda: line in self.editor.lines())

    def wait_for_message(self, words: str) -> None:
        """Wait until Neovim has said so."""
        self.editor.wait_until(lambda: words in self.editor.messages())

    def marks(self) -> list[str]:
        """What stands behind the text of jobs, one entry a job."""
        found: list[str] = self.editor.lua(VIRTUAL_TEXT)
        return found

    def edits(self, kind: str) -> list[Any]:
        """The edits of a kind that were sent so far."""
        return [edit for edit in self.installation.messages("<-", "lsp-llm/edit") if edit["kind"] == kind]

    def executed(self, name: str) -> list[Any]:
        """The arguments of a command that was sent to the server so far."""
        sent = self.installation.messages("->", "workspace/executeCommand")
        return [params["arguments"][0] for params in sent if params["command"] == f"lsp-llm.{name}"]

    def see_no_error(self) -> None:
        """Nothing that Neovim has said looks like an error."""
        assert re.findall(r"E\d+:|[Ee]rror|stack traceback", self.editor.messages()) == []


@contextmanager
def plugged_in(program: Path, folder: Path, source: str, configuration: str = SETUP) -> Iterator[PluginUser]:
    """A person with a file open that the server serves."""
    home, file = folder / "home", folder / "parcels.py"
    home.mkdir()
    file.write_bytes(source.encode())
    with Hosting() as host, Neovim(program, home) as editor:
        installation = Installation(home, host.base_url)
        with (home / ".config/lsp-llm/config.toml").open("a") as settings:
            settings.write(OTHER_PRESET)
        editor.lua(configuration)
        editor.open(file)
        editor.wait_for_server()
        yield PluginUser(editor, host, installation, file)
        # Shown where the test has failed.
        print(installation.transcript(), editor.messages())
