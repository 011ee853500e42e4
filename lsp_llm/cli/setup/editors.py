"""The editors that can be set up, as data: their programs and versions, their files, and where each goes.

It reads and writes no file of the user's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.cli.setup import places
from lsp_llm.cli.setup.json_settings import with_settings
from lsp_llm.cli.setup.marked_block import with_block
from lsp_llm.cli.setup.places import Home
from lsp_llm.cli.setup.toml_tables import with_tables, with_toml_block

Merge = Callable[[str, str], str]
"""What a file of the user's becomes with a text of ours: the same where it is there already; raises Unmergeable."""
Place = Callable[[Home], Path]


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file below editors/NAME/, and the file of the user's that gets its text."""

    source: str
    place: Place
    merge: Merge
    only_where_there: bool = False
    """It belongs to a client that few have: whoever has none gets no file."""


@dataclass(frozen=True, slots=True)
class Part:
    """Folders below editors/NAME/ that are copied as they are: an editor's part of ours."""

    folders: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Quirk:
    """What to know of versions lower than this."""

    below: tuple[int, ...]
    text: str
    advice: str


@dataclass(frozen=True, slots=True)
class Editor:
    """One editor; `rivals` are files of the user's that may start lsp-llm once more."""

    name: str
    title: str
    programs: tuple[str, ...]
    oldest: tuple[int, ...]
    files: tuple[ConfigFile, ...]
    part: Part | None = None
    rivals: tuple[Place, ...] = ()
    quirks: tuple[Quirk, ...] = ()
    client: str = ""
    """What else has to be installed in the editor, in words; empty: nothing."""


def _lua(text: str, ours: str) -> str:
    return with_block(text, ours, "--")


def _vim_script(text: str, ours: str) -> str:
    return with_block(text, ours, '"')


def _lisp(text: str, ours: str) -> str:
    return with_block(text, ours, ";;")


def _kakoune(text: str, ours: str) -> str:
    return with_block(text, ours, "#")


LANGUAGES = "languages.toml"
"""The file of Helix that names languages one by one."""

EDITORS: tuple[Editor, ...] = (
    Editor(
        "neovim",
        "Neovim",
        ("nvim",),
        (0, 10),
        (ConfigFile("init.lua", lambda home: places.neovim_config(home) / "plugin/lsp-llm.lua", _lua),),
        Part(("doc", "lua", "lsp", "plugin"), lambda home: places.neovim_data(home) / "lsp-llm"),
        (lambda home: places.neovim_config(home) / "init.lua", lambda home: places.neovim_config(home) / "init.vim"),
    ),
    Editor(
        "vscode",
        "VS Code",
        ("code", "codium", "code-oss"),
        (1, 82),
        (ConfigFile("settings.json", lambda home: places.vscode(home) / "settings.json", with_settings),),
        client="the extension glspc (zsol.vscode-glspc)",
    ),
    Editor(
        "helix",
        "Helix",
        ("hx", "helix"),
        (25, 1),
        (
            ConfigFile(LANGUAGES, lambda home: places.helix(home) / LANGUAGES, with_toml_block),
            ConfigFile("config.toml", lambda home: places.helix(home) / "config.toml", with_tables),
        ),
        quirks=(
            Quirk(
                (25, 7),
                "before 25.07 no words can be typed, and what you type may be reported out of order",
                "write an ai: comment; lsp-llm asks for the whole text with every key; update for large files",
            ),
        ),
    ),
    Editor(
        "emacs",
        "Emacs",
        ("emacs",),
        (29, 1),
        (ConfigFile("init.el", places.emacs_init, _lisp),),
        Part(("lisp",), lambda home: places.emacs_folder(home) / "lsp-llm"),
        quirks=(
            Quirk(
                (30,),
                "the Eglot that comes with Emacs 29 is too old for the package",
                "M-x eglot-upgrade-eglot gets a newer one",
            ),
        ),
    ),
    Editor(
        "vim",
        "Vim",
        ("vim",),
        (8, 2),
        (
            ConfigFile("lsp-llm.vim", lambda home: places.vim(home) / "plugin/lsp-llm.vim", _vim_script),
            ConfigFile(
                "coc-settings.json",
                lambda home: places.vim(home) / "coc-settings.json",
                with_settings,
                only_where_there=True,
            ),
        ),
        rivals=(places.vimrc,),
        client="vim-lsp, yegappan/lsp or coc.nvim",
    ),
    Editor(
        "kakoune",
        "Kakoune",
        ("kak",),
        (2022, 10, 31),
        (ConfigFile("kakrc", places.kakrc, _kakoune),),
        client="kakoune-lsp 18 or later, with its own two lines in kakrc",
    ),
    Editor(
        "sublime",
        "Sublime Text",
        ("subl",),
        (4070,),
        (
            ConfigFile(
                "LSP.sublime-settings", lambda home: places.sublime(home) / "LSP.sublime-settings", with_settings
            ),
        ),
        client="the package LSP",
    ),
    Editor(
        "zed",
        "Zed",
        ("zed", "zeditor", "zedit"),
        (0, 200),
        (ConfigFile("settings.json", lambda home: places.zed(home) / "settings.json", with_settings),),
    ),
)
NAMES: tuple[str, ...] = tuple(editor.name for editor in EDITORS)


def editor_named(name: str) -> Editor:
    """The editor of that name, which is one of NAMES."""
    return next(editor for editor in EDITORS if editor.name == name)
