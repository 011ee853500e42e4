"""`make pictures`: films the real programs and writes docs/pictures; the name of a file makes only that one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.editors.provisioning import NEWEST, provide
from tests.pictures.stories import chat_in_neovim, fill_in_helix, fill_in_neovim
from tests.pictures.terminal_chat import terminal_chat
from tests.pictures.vscode import fill_and_chat_in_vscode

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
STORIES: dict[str, Callable[[Path], bytes]] = {
    "neovim.svg": fill_in_neovim,
    "helix.svg": fill_in_helix,
    "chat.svg": chat_in_neovim,
    "terminal-chat.svg": terminal_chat,
    "vscode.gif": fill_and_chat_in_vscode,
}


def main() -> None:
    """Film what was asked for, or everything."""
    programs = provide(NEWEST)
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or STORIES:
        file = FOLDER / name
        file.write_bytes(STORIES[name](programs))
        print(f"{file.relative_to(FOLDER.parents[1])}: {file.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
