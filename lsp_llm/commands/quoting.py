"""Code of the user's as a quote in a turn of a chat: what it is, where it stands, and the text in a fence."""

from __future__ import annotations

from pathlib import Path

from lsp_llm.commands.base import Services
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target


def quoted_selection(services: Services, target: Target) -> str:
    """A selection as the user would quote it, "" for none; raises UserError for what never leaves the machine."""
    from lsp_llm.context.access import Access

    document = target.document
    if target.start == target.end:
        return ""
    name = Path(target.path).name
    # The user has asked for it by name, so that what git or a pattern ignores may go. What is named like a secret not.
    if said := Access().look(services.chats().workspace).rules.secret(name):
        raise UserError(f"{name} {said}")
    first, _ = document.point(target.start)
    last, column = document.point(target.end)
    last = last if column or last == first else last - 1
    place = f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"
    title = f"{_shown(services, target)}, {place}"
    return quoted(title, target.language_id, document.slice(target.start, target.end))


def quoted(title: str, language: str, text: str) -> str:
    """A text in a fence that is longer than any in it, below a line that says what it is."""
    runs = (len(line) - len(line.lstrip("`")) for line in map(str.lstrip, text.splitlines()))
    fence = "`" * max(3, 1 + max(runs, default=0))
    return f"{title}:\n\n{fence}{language}\n{text.rstrip()}\n{fence}"


def _shown(services: Services, target: Target) -> str:
    path = Path(target.path)
    root = services.surroundings(target.uri).root
    return path.relative_to(root).as_posix() if root is not None and path.is_relative_to(root) else target.path
