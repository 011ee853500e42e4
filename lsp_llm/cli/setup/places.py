"""Where editors read their configuration, on each system; it looks whether files are there and opens none."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Home:
    """Whose editors: the user's folder, the environment, and the system by `sys.platform`."""

    folder: Path
    environ: Mapping[str, str]
    system: str

    def named(self, variable: str, otherwise: Path) -> Path:
        """The folder that a variable names, where it is set."""
        return Path(self.environ[variable]) if self.environ.get(variable) else otherwise

    @property
    def is_windows(self) -> bool:
        """Whether folders have Windows' names."""
        return self.system == "win32"


def home_here() -> Home:
    """That of whoever runs the program."""
    return Home(Path.home(), os.environ, sys.platform)


def _config(home: Home) -> Path:
    if home.is_windows:
        return home.named("APPDATA", home.folder / "AppData/Roaming")
    return home.named("XDG_CONFIG_HOME", home.folder / ".config")


def _application_support(home: Home) -> Path:
    return home.folder / "Library/Application Support" if home.system == "darwin" else _config(home)


def neovim_config(home: Home) -> Path:
    """What Neovim calls `stdpath("config")`."""
    base = home.named("LOCALAPPDATA", home.folder / "AppData/Local") if home.is_windows else _config(home)
    return base / home.environ.get("NVIM_APPNAME", "nvim")


def neovim_data(home: Home) -> Path:
    """What Neovim calls `stdpath("data")`."""
    name = home.environ.get("NVIM_APPNAME", "nvim")
    if home.is_windows:
        return home.named("LOCALAPPDATA", home.folder / "AppData/Local") / f"{name}-data"
    return home.named("XDG_DATA_HOME", home.folder / ".local/share") / name


def helix(home: Home) -> Path:
    """The folder of config.toml and languages.toml."""
    return _config(home) / "helix"


def vscode(home: Home) -> Path:
    """The folder of the user's settings.json: of the first build of VS Code that has one, else of Microsoft's."""
    folders = [_application_support(home) / name / "User" for name in ("Code", "VSCodium", "Code - OSS")]
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def emacs_init(home: Home) -> Path:
    """The init file: of those that Emacs looks for the first that is there, else the one to make."""
    base = _emacs_base(home)
    old = [base / ".emacs.el", base / ".emacs", base / ".emacs.d/init.el"]
    return next((path for path in old if path.is_file()), emacs_folder(home) / "init.el")


def emacs_folder(home: Home) -> Path:
    """What Emacs calls `user-emacs-directory`."""
    base = _emacs_base(home)
    # Emacs reads the newer place only where the older one is not there at all.
    newer, classic = _config(home) / "emacs", base / ".emacs.d"
    return newer if newer.is_dir() and not classic.is_dir() and not (base / ".emacs").is_file() else classic


def _emacs_base(home: Home) -> Path:
    return home.named("APPDATA", home.folder / "AppData/Roaming") if home.is_windows else home.folder


def vim(home: Home) -> Path:
    """The user's first folder of Vim's runtimepath."""
    if home.is_windows:
        return home.folder / "vimfiles"
    newer = _config(home) / "vim"
    old = (home.folder / ".vimrc", home.folder / ".vim/vimrc")
    is_newer = (newer / "vimrc").is_file() and not any(path.is_file() for path in old)
    return newer if is_newer else home.folder / ".vim"


def vimrc(home: Home) -> Path:
    """Vim's own configuration."""
    if home.is_windows:
        return home.folder / "_vimrc"
    inside = vim(home) / "vimrc"
    return inside if inside.is_file() else home.folder / ".vimrc"


def kakrc(home: Home) -> Path:
    """Kakoune's configuration."""
    return home.named("KAKOUNE_CONFIG_DIR", _config(home) / "kak") / "kakrc"


def sublime(home: Home) -> Path:
    """The user's own package of Sublime Text."""
    name = "Sublime Text" if home.system in ("darwin", "win32") else "sublime-text"
    return _application_support(home) / name / "Packages/User"


def zed(home: Home) -> Path:
    """The folder of Zed's settings.json."""
    return _config(home) / ("Zed" if home.is_windows else "zed")
