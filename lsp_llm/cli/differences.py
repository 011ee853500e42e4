"""A difference between two texts as `diff -u` writes it, for people and for `patch`; it reads and writes no file."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Mapping
from typing import Final

from lsp_llm.cli.columns import printable_lines
from lsp_llm.text.document import split_lines

_COLOURS: Final[Mapping[str, str]] = {"+": "green", "-": "red", "@": "cyan"}
_NO_LINE_END: Final = "\n\\ No newline at end of file\n"


def unified_diff(name: str, before: str, after: str) -> str:
    """What became of a file of that name, "" where nothing did."""
    old, new = (list(filter(None, split_lines(text))) for text in (before, after))
    relative = name.lstrip("/")
    lines = difflib.unified_diff(old, new, f"a/{relative}", f"b/{relative}")
    return "".join(line if line.endswith(("\n", "\r")) else line + _NO_LINE_END for line in lines)


def print_diff(diff: str) -> None:
    """To standard output, in colours where that is a terminal and the user wants any."""
    if not sys.stdout.isatty():
        sys.stdout.buffer.write(diff.encode("utf-8", "surrogateescape"))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in printable_lines(diff).split("\n")[:-1]:
        console.print(Text(line.rstrip("\r"), _COLOURS.get(line[:1], "")), soft_wrap=True)
