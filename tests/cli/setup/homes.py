"""Homes of users who have nothing."""

from __future__ import annotations

from pathlib import Path

from lsp_llm.cli.setup.places import Home


def empty_home(folder: Path = Path("/home/nobody/at/all")) -> Home:
    """A home on Linux; its folder need not be there."""
    return Home(folder, {}, "linux")
