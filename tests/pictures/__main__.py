"""`make pictures`: films the real programs and writes docs/pictures; a name films only that story."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.editors.provisioning import NEWEST, provide
from tests.pictures.stories import chat_in_neovim, fill_in_helix, fill_in_neovim

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
STORIES = {"neovim": fill_in_neovim, "helix": fill_in_helix, "chat": chat_in_neovim}


def main() -> None:
    """Film what was asked for, or everything."""
    programs = provide(NEWEST)
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or STORIES:
        file = FOLDER / f"{name}.svg"
        file.write_text(STORIES[name](programs), encoding="utf-8")
        print(f"{file.relative_to(FOLDER.parents[1])}: {file.stat().st_size / 1024:.0f} kB")


if __name__ == "__main__":
    main()
