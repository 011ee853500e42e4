"""The README's configuration for Neovim: which server serves what lies in a project, and what lies in none."""

from __future__ import annotations

from pathlib import Path

from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.neovim import Neovim
from tests.editors.test_neovim import ONCE, configured, seat

__all__ = ["configured", "seat"]

NEW_CHAT = 'vim.lsp.buf_request(0, "workspace/executeCommand", { command = "lsp-llm.chat", arguments = { {} } })'
ROOTS = """
return vim.iter(vim.lsp.get_clients()):map(function(client) return client.config.root_dir or "none" end):totable()
"""


@ONCE
def test_a_chat_and_a_file_of_no_project_join_the_server_of_the_project(
    configured: tuple[Path, str], tmp_path: Path
) -> None:
    program, configuration = configured
    home, project, loose = tmp_path / "home", tmp_path / "project", tmp_path / "loose.py"
    home.mkdir()
    (project / ".git").mkdir(parents=True)
    (project / "parcels.py").write_text("a = 1\n")
    loose.write_text("b = 2\n")
    with Hosting() as host, Neovim(program, home) as editor:
        Installation(home, host.base_url)
        # Neovim begins with a buffer without a name, which 0.12 would start a server for.
        editor.open(project / "parcels.py")
        editor.lua(configuration)
        editor.open(project / "parcels.py")
        editor.wait_for_server()
        editor.lua(NEW_CHAT)
        editor.wait_until(lambda: editor.lua("return vim.api.nvim_buf_get_name(0)").endswith(".chat.md"))
        editor.wait_for_server()
        editor.open(loose)
        editor.wait_for_server()
        assert editor.lua(ROOTS) == [str(project)]
