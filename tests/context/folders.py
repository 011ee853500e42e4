"""Folders of files for the tests of context: written from a mapping, and git work trees of nobody in particular."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from lsp_llm.config.settings import Context
from lsp_llm.context.access import Access, View
from lsp_llm.context.base import Workspace


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files below `root`, with the folders that they need."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def run_git(root: Path, *arguments: str) -> str:
    """Git in a folder, as nobody in particular."""
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "init.defaultBranch=main")
    return subprocess.run(
        ["git", *who, *arguments], cwd=root, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def work_tree(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A git work tree with everything committed."""
    write(root, files)
    run_git(root, "init", "--quiet")
    run_git(root, "add", "--force", "--all")
    run_git(root, "commit", "--quiet", "--allow-empty", "--message", "first")
    return root


def look(root: Path, buffers: Mapping[Path, str] | None = None, ignore: tuple[str, ...] = ()) -> View:
    """A workspace as a new server sees it."""
    return Access().look(Workspace(root, Context(ignore=ignore), buffers or {}))
