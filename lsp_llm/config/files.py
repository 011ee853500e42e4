"""Reads the user's and a project's settings files into layers; it never checks or merges a setting.

Blocking, and small: run it in a thread. Whatever is wrong with a file becomes a problem of its layer.
"""

from __future__ import annotations

import re
import stat
import tomllib
from pathlib import Path

import platformdirs

from lsp_llm.config.layers import Layer, Origin
from lsp_llm.config.problems import Problem

PROJECT_FILE = ".lsp-llm.toml"

# No hand-written settings come near this, and a cloned project must not be able to fill the memory.
MAX_BYTES = 262_144

_POSITION = re.compile(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")


def user_file() -> Path:
    """Where the user's own file is looked for: lsp-llm/config.toml in the user's configuration folder."""
    return platformdirs.user_config_path("lsp-llm", appauthor=False) / "config.toml"


def user_layer() -> Layer:
    """The layer of the user's own file; none is needed."""
    return _optional_layer(user_file(), Origin.USER)


def named_layer(path: Path) -> Layer:
    """The layer of a file named with `--config`, which stands for the user's own; that it is missing is a problem."""
    return _layer(path, Origin.USER)


def project_layer(root: Path) -> Layer:
    """The layer of `.lsp-llm.toml` in the workspace folder `root`; none is needed."""
    return _optional_layer(root / PROJECT_FILE, Origin.PROJECT)


def _optional_layer(path: Path, origin: Origin) -> Layer:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return Layer(str(path), origin)
    except OSError as error:
        return _unreadable(path, origin, error)
    return _layer(path, origin)


def _layer(path: Path, origin: Origin) -> Layer:
    try:
        content = _content(path)
    except (OSError, ValueError) as error:
        return _unreadable(path, origin, error)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _broken(path, origin, line, "is not UTF-8 text")
    try:
        return Layer(str(path), origin, tomllib.loads(text), text)
    except tomllib.TOMLDecodeError as error:
        return _syntax_error(path, origin, text, str(error))
    except RecursionError:
        return _broken(path, origin, None, "is nested too deeply")


def _content(path: Path) -> bytes:
    """The file's bytes; raises ValueError for what is not a file of settings."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        # Opening a pipe or a device could wait for ever.
        raise ValueError("it is not a file")
    if status.st_size > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES:,} bytes")
    return path.read_bytes()


def _unreadable(path: Path, origin: Origin, error: OSError | ValueError) -> Layer:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return _broken(path, origin, None, f"cannot be read: {reason}")


def _syntax_error(path: Path, origin: Origin, text: str, message: str) -> Layer:
    position = _POSITION.search(message)
    reason = _POSITION.sub("", message)
    if position is None or position["line"] is None:
        return _broken(path, origin, text.count("\n") + 1, f"is not valid TOML: {reason} at the end of the file")
    return _broken(path, origin, int(position["line"]), f"is not valid TOML: column {position['column']}: {reason}")


def _broken(path: Path, origin: Origin, line: int | None, message: str) -> Layer:
    return Layer(str(path), origin, problems=(Problem(str(path), line, "", message),))
