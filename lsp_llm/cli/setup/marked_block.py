"""A block of ours between two comments in a text of the user's: put in, found again, replaced; all else stays."""

from __future__ import annotations

import re


def with_block(text: str, block: str, comment: str) -> str:
    """The text with this block and no other of ours; `comment` begins a comment in its language.

    A block that the user has pasted without the marks is left as it is.
    """
    first, _ = marks(comment)
    marked = marked_block(block, comment)
    if marked in text or (first not in text and block in text):
        return text
    if found := _block(comment).search(text):
        return f"{text[: found.start()]}{marked}{text[found.end() :]}"
    return appended(text, block, comment)


def block_in(text: str, comment: str) -> str:
    """The lines of our first block in a text, without the marks; empty where there is none."""
    found = _block(comment).search(text)
    return "".join(found[0].splitlines(keepends=True)[1:-1]) if found else ""


def appended(text: str, block: str, comment: str) -> str:
    """The text with this block at its end, behind an empty line."""
    return f"{_ended(text)}{marked_block(block, comment)}"


def marked_block(block: str, comment: str) -> str:
    """The block with the lines around it."""
    first, last = marks(comment)
    return f"{first}\n{block}{last}\n"


def without_blocks(text: str, comment: str) -> str:
    """The text without our blocks, and without the empty line that was put before one."""
    return re.sub(rf"(?:(?<=\n)\n)?{_block(comment).pattern}", "", text, flags=re.MULTILINE | re.DOTALL)


def marks(comment: str) -> tuple[str, str]:
    """The lines around a block."""
    return f"{comment} lsp-llm: begin", f"{comment} lsp-llm: end"


def _block(comment: str) -> re.Pattern[str]:
    first, last = map(re.escape, marks(comment))
    return re.compile(rf"^{first}\n.*?^{last}(?:\n|\Z)", re.MULTILINE | re.DOTALL)


def _ended(text: str) -> str:
    if not text:
        return ""
    return f"{text}\n" if text.endswith("\n") else f"{text}\n\n"
