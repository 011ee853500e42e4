from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_llm.cli.setup import places
from lsp_llm.cli.setup.places import Home

Place = Callable[[Home], Path]


@pytest.mark.parametrize(
    ("place", "linux", "mac", "windows"),
    [
        (places.neovim_config, ".config/nvim", ".config/nvim", "AppData/Local/nvim"),
        (places.neovim_data, ".local/share/nvim", ".local/share/nvim", "AppData/Local/nvim-data"),
        (places.helix, ".config/helix", ".config/helix", "AppData/Roaming/helix"),
        (
            places.vscode,
            ".config/Code/User",
            "Library/Application Support/Code/User",
            "AppData/Roaming/Code/User",
        ),
        (places.emacs_init, ".emacs.d/init.el", ".emacs.d/init.el", "AppData/Roaming/.emacs.d/init.el"),
        (places.emacs_folder, ".emacs.d", ".emacs.d", "AppData/Roaming/.emacs.d"),
        (places.vim, ".vim", ".vim", "vimfiles"),
        (places.vimrc, ".vimrc", ".vimrc", "_vimrc"),
        (places.kakrc, ".config/kak/kakrc", ".config/kak/kakrc", "AppData/Roaming/kak/kakrc"),
        (
            places.sublime,
            ".config/sublime-text/Packages/User",
            "Library/Application Support/Sublime Text/Packages/User",
            "AppData/Roaming/Sublime Text/Packages/User",
        ),
        (places.zed, ".config/zed", ".config/zed", "AppData/Roaming/Zed"),
    ],
)
def test_in_a_new_home(tmp_path: Path, place: Place, linux: str, mac: str, windows: str) -> None:
    for system, expected in (("linux", linux), ("darwin", mac), ("win32", windows)):
        assert place(Home(tmp_path, {}, system)) == tmp_path / expected


@pytest.mark.parametrize(
    ("place", "variables", "expected"),
    [
        (places.neovim_config, {"XDG_CONFIG_HOME": "/c", "NVIM_APPNAME": "other"}, "/c/other"),
        (places.neovim_data, {"XDG_DATA_HOME": "/d"}, "/d/nvim"),
        (places.helix, {"XDG_CONFIG_HOME": "/c"}, "/c/helix"),
        (places.kakrc, {"KAKOUNE_CONFIG_DIR": "/k"}, "/k/kakrc"),
        (places.helix, {"XDG_CONFIG_HOME": ""}, "HOME/.config/helix"),
    ],
)
def test_variables_are_followed(tmp_path: Path, place: Place, variables: dict[str, str], expected: str) -> None:
    found = place(Home(tmp_path, variables, "linux"))
    assert str(found) == expected.replace("HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("place", "there", "expected"),
    [
        (places.emacs_init, [".emacs"], ".emacs"),
        (places.emacs_folder, [".emacs", ".config/emacs/init.el"], ".emacs.d"),
        (places.emacs_folder, [".config/emacs/init.el"], ".config/emacs"),
        (places.emacs_folder, [".emacs.d/other", ".config/emacs/init.el"], ".emacs.d"),
        (places.emacs_init, [".config/emacs/init.el"], ".config/emacs/init.el"),
        (places.emacs_init, [".config/emacs/init.el", ".emacs.d/other"], ".emacs.d/init.el"),
        (places.vim, [".config/vim/vimrc"], ".config/vim"),
        (places.vim, [".config/vim/vimrc", ".vimrc"], ".vim"),
        (places.vimrc, [".vim/vimrc"], ".vim/vimrc"),
        (places.vscode, [".config/VSCodium/User/settings.json"], ".config/VSCodium/User"),
    ],
)
def test_what_is_there_decides(tmp_path: Path, place: Place, there: list[str], expected: str) -> None:
    for name in there:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert place(Home(tmp_path, {}, "linux")) == tmp_path / expected


def test_here_is_where_the_program_runs() -> None:
    assert places.home_here().folder == Path.home()
