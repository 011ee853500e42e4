"""The stories that are filmed in terminals: a fill in Neovim and in Helix, and a chat; each gives its film as SVG."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from tests.editors import readme
from tests.editors.terminal import Terminal
from tests.pictures.camera import Camera
from tests.pictures.film import film
from tests.pictures.stage import ASKED, FIRST_LINE, LAST_LINE, SOURCE, TYPED, Stage, answer, opened, stage

LOOK = """
vim.o.termguicolors = true
vim.o.number = true
vim.cmd.colorscheme("habamax")
vim.o.statusline = " %f %m  %{v:lua.vim.lsp.status()}"
vim.api.nvim_create_autocmd("LspProgress", { command = "redrawstatus" })
"""
HELIX_LOOK = 'theme = "onedark"\n[editor]\ntrue-color = true\n'
QUESTION = "Which weights does @parcels.py refuse?"
TOLD = """None: `price` multiplies whatever it gets.

`LIMIT` is set, but nothing reads it. To refuse what is too heavy:

```python parcels.py
if weight > LIMIT:
    raise ValueError(f"{weight} kg is too heavy")
```
"""
NEXT_QUESTION = "And a test for that?"
PAUSE_SECONDS = 1.2
"""For the eyes: so long a picture stands still before and after something happens."""


def pause(seconds: float = PAUSE_SECONDS) -> None:
    """Let the viewer look."""
    threading.Event().wait(seconds)


def filmed(terminal: Terminal, title: str, play: Callable[[], None]) -> bytes:
    """Play a story in front of the camera."""
    with Camera(terminal) as camera:
        play()
        pause(2 * PAUSE_SECONDS)
    return film(camera.frames, title, camera.seconds, poster_second=camera.seconds * 0.6).encode()


def fill_in_neovim(programs: Path) -> bytes:
    """`:LLM` on a function, and a word typed elsewhere while the answer comes."""
    with stage() as scene:
        init = scene.home / ".config/nvim/init.lua"
        init.parent.mkdir(parents=True)
        init.write_text(LOOK + readme.block("Neovim 0.11 and later", "lua"), encoding="utf-8")
        terminal = opened(programs / "tmux", [programs / "nvim", scene.file.name], scene.home)
        try:
            terminal.wait_for("What things weigh")
            return filmed(terminal, "Neovim", lambda: _fill(terminal, scene, _ask_in_neovim, "3G", "A"))
        finally:
            terminal.close()


def chat_in_neovim(programs: Path) -> bytes:
    """A question in a chat document, sent from the menu; the next one is typed while the answer comes."""
    with stage("talk.chat.md", "## User\n\n") as scene:
        (scene.home / "parcels.py").write_text(SOURCE, encoding="utf-8")
        init = scene.home / ".config/nvim/init.lua"
        init.parent.mkdir(parents=True)
        init.write_text(LOOK + readme.block("Neovim 0.11 and later", "lua"), encoding="utf-8")
        terminal = opened(programs / "tmux", [programs / "nvim", scene.file.name], scene.home)
        try:
            terminal.wait_for("## User")
            return filmed(terminal, "a chat in Neovim", lambda: _chat(terminal, scene))
        finally:
            terminal.close()


def _chat(terminal: Terminal, scene: Stage) -> None:
    pause()
    terminal.type("Go")
    terminal.type_slowly(QUESTION, 0.05)
    terminal.keys("Escape")
    pause(0.6)
    terminal.type("\\a")
    terminal.wait_for("LLM: send")
    pause()
    (line,) = [line for line in terminal.screen().splitlines() if "LLM: send" in line]
    terminal.type_slowly(line.strip().partition(":")[0], 0.1)
    terminal.keys("Enter")
    typing = threading.Thread(target=_type_next, args=(terminal,))
    typing.start()
    answer(scene.host, TOLD)
    typing.join()


def _type_next(terminal: Terminal) -> None:
    terminal.wait_for("## Assistant")
    pause()
    terminal.type("Go")
    terminal.type_slowly(NEXT_QUESTION, 0.07)
    terminal.keys("Escape")


def fill_in_helix(programs: Path) -> bytes:
    """The same by Helix's command line."""
    with stage() as scene:
        folder = scene.home / ".config/helix"
        folder.mkdir(parents=True)
        (folder / "languages.toml").write_text(readme.block("Helix", "toml"), encoding="utf-8")
        (folder / "config.toml").write_text(HELIX_LOOK + readme.block("Helix", "toml", 2), encoding="utf-8")
        terminal = opened(programs / "tmux", [programs / "hx", scene.file.name], scene.home)
        try:
            terminal.wait_for("What things weigh")
            return filmed(terminal, "Helix", lambda: _fill(terminal, scene, _ask_in_helix, "ggjj", "A"))
        finally:
            terminal.close()


def _fill(terminal: Terminal, scene: Stage, ask: Callable[[Terminal], None], go: str, append: str) -> None:
    pause()
    ask(terminal)
    typing = threading.Thread(target=_type_elsewhere, args=(terminal, go, append))
    typing.start()
    answer(scene.host)
    typing.join()


def _type_elsewhere(terminal: Terminal, go: str, append: str) -> None:
    pause(0.8)
    terminal.type(go)
    terminal.type(append)
    terminal.type_slowly(TYPED, 0.06)
    terminal.keys("Escape")


def _ask_in_neovim(terminal: Terminal) -> None:
    terminal.type_slowly(f":{FIRST_LINE},{LAST_LINE}LLM {ASKED}", 0.05)
    pause(0.5)
    terminal.keys("Enter")


def _ask_in_helix(terminal: Terminal) -> None:
    terminal.type_slowly(f"{FIRST_LINE}ggx", 0.2)
    terminal.type_slowly("x" * (LAST_LINE - FIRST_LINE), 0.12)
    pause(0.5)
    terminal.keys("M-a")
    terminal.type_slowly(f'{ASKED}"', 0.05)
    pause(0.5)
    terminal.keys("Enter")
