"""The files of editors/, which the pages there show and `lsp-llm setup` prints; it knows no editor."""

from __future__ import annotations

from pathlib import Path

import lsp_llm


def folder() -> Path:
    """The folder that comes with the program: inside the installed package, or beside it in a checkout."""
    package = Path(lsp_llm.__file__).parent
    installed = package / "editors"
    return installed if installed.is_dir() else package.parent / "editors"


def text_of(editor: str, name: str) -> str:
    """One file of an editor's folder; its line ends are as they stand there."""
    return (folder() / editor / name).read_bytes().decode()


def tree_of(editor: str, names: tuple[str, ...]) -> dict[str, str]:
    """Every file below some folders of an editor's, by its path there."""
    top = folder() / editor
    paths = sorted(path for name in names for path in (top / name).rglob("*") if path.is_file())
    return {path.relative_to(top).as_posix(): path.read_bytes().decode() for path in paths}
