"""The mentions in the questions of an open chat document, with their places in it, and what they lead to.

It looks whether files are there and may go along; it reads none but for the size of one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_prompting import workspace_of
from lsp_llm.commands.document_sends import is_question
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.context.access import Access, View
from lsp_llm.context.base import Problem
from lsp_llm.context.mentions import Mention, find_mentions


@dataclass(frozen=True, slots=True)
class PlacedMention:
    """A mention between two offsets of the document."""

    start: int
    end: int
    mention: Mention


def mentions_in(chat: OpenChat, place: int) -> Iterator[PlacedMention]:
    """Those of one turn; only the user's own words have any."""
    if not is_question(chat, place):
        return
    document = chat.document
    below = chat.parsed.first_line(place) + 1
    text = "".join(document.lines[below : chat.parsed.end_line(place)])
    if "@" not in text:
        return
    start = document.offset(below, 0)
    for mention in find_mentions(text):
        yield PlacedMention(start + mention.start, start + mention.end, mention)


def mention_at(chat: OpenChat, place: int, offset: int) -> PlacedMention | None:
    """The mention at an offset of a turn."""
    return next((found for found in mentions_in(chat, place) if found.start <= offset <= found.end), None)


def view_of(services: Services, uri: str) -> View | None:
    """The workspace as a chat sees it, None where no folder is open."""
    workspace = workspace_of(services.settings(uri), services.surroundings(uri))
    return None if workspace is None else Access().look(workspace)


def file_of(view: View, mention: Mention) -> Path | None:
    """The file or folder that a mention names, if it is there."""
    if mention.target != "path":
        return None
    path, real = view.place(mention.path)
    return Path(path) if os.path.lexists(real) or path in view.buffers else None


def complaints(view: View, found: Sequence[PlacedMention]) -> list[tuple[PlacedMention, str]]:
    """What is wrong with these mentions, in a sentence each."""
    return [(each, said) for each in found if (said := _complaint(view, each.mention))]


def _complaint(view: View, mention: Mention) -> str:
    if mention.target != "path" or mention.is_code:
        return ""
    path, real = view.place(mention.path)
    if file_of(view, mention) is None:
        # Prose knows `@override` and `@anna`.
        return f"{mention.path} names no file of the workspace" if {"/", "."} & set(mention.path) else ""
    said = view.folder_refusal(path, real) if Path(real).is_dir() else view.refusal(path, real)
    return f"{mention.path} {said}" if said else ""


def described(view: View, mention: Mention) -> tuple[str, str | None]:
    """What a mention stands for: a sentence, and the text of a file that would go along."""
    match mention.target:
        case "diff":
            return "what is not committed yet, as git shows it", None
        case "buffer" | "diagnostics" | "symbols":
            return f"@{mention.target} means a document, and a chat has none at hand", None
        case "path":
            pass
    file = file_of(view, mention)
    if file is None:
        return f"{mention.path} names no file of the workspace", None
    if file.is_dir():
        return f"all files in {view.workspace.shown(file.as_posix())} that may go along", None
    text = view.read(mention.path)
    return (str(text), None) if isinstance(text, Problem) else (view.workspace.shown(file.as_posix()), text)
