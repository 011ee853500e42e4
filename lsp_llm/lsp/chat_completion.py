"""Completion in a chat document: files and words behind `@`, presets in the front matter, prompts behind `/`.

The files are listed in a thread: an answer has those of the last listing, and says where there may be more.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from lsp_llm.commands.base import Services
from lsp_llm.commands.chat_mentions import view_of
from lsp_llm.commands.document_sends import is_question, place_at
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.context.access import View
from lsp_llm.context.listing import list_files
from lsp_llm.lsp.convert import range_of
from lsp_llm.lsp.messages import CompletionItem, CompletionList, TextEdit
from lsp_llm.text.positions import Encoding

FRESH_SECONDS = 5.0
"""How long a listing is taken for what is there."""
MAX_ITEMS = 200
"""More than a menu shows; the next letter asks again."""
_TEXT, _FILE, _FOLDER, _KEYWORD, _VALUE = 1, 17, 19, 14, 12
"""Kinds of items (LSP 3.17, "CompletionItemKind")."""
_WORDS = ("diff",)
_MENTION = re.compile(r"(?:^|[\s(\[{<,;:'\"`])@(\"?[^\"@]*|[^\s\"@]*)$")
_PRESET = re.compile(r"preset:[ \t]*(\S*)$")
_PROMPT = re.compile(r"[ \t]*/([\w-]*)$")


@dataclass(slots=True)
class _Listed:
    paths: Sequence[str] = ()
    seconds: float = float("-inf")
    task: asyncio.Future[tuple[str, ...]] | None = field(default=None, repr=False)


class ChatCompletion:
    """Knows the files of each workspace as they were listed last."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._listed: dict[str, _Listed] = {}

    def complete(self, chat: OpenChat, offset: int, encoding: Encoding) -> CompletionList | None:
        """The ways to go on at an offset."""
        document = chat.document
        line, column = document.point(offset)
        before = document.lines[line][:column]
        place = place_at(chat, offset)
        if place < 0:
            return self._presets(chat, offset, before, encoding)
        if not is_question(chat, place):
            return None
        if found := _MENTION.search(before):
            return self._files(chat, offset, found[1], encoding)
        if found := _PROMPT.fullmatch(before):
            return self._prompts(chat, offset, found[1], encoding)
        return None

    def _presets(self, chat: OpenChat, offset: int, before: str, encoding: Encoding) -> CompletionList | None:
        found = _PRESET.fullmatch(before)
        if found is None:
            return None
        presets = self._services.settings(chat.uri).presets
        return CompletionList(
            is_incomplete=False,
            items=[
                _item(chat, offset, found[1], name, name, _VALUE, encoding, preset.model)
                for name, preset in presets.items()
            ],
        )

    def _prompts(self, chat: OpenChat, offset: int, typed: str, encoding: Encoding) -> CompletionList:
        prompts = self._services.library.seen(chat.uri).prompts
        items = [
            _item(chat, offset, f"/{typed}", f"/{prompt.id}", prompt.body.strip(), _TEXT, encoding, prompt.title)
            for prompt in prompts
            # What speaks of a selection or a file has none to speak of here.
            if "{{" not in prompt.body and "{%" not in prompt.body
        ]
        return CompletionList(is_incomplete=False, items=items)

    def _files(self, chat: OpenChat, offset: int, typed: str, encoding: Encoding) -> CompletionList:
        listed = self.look(chat)
        wanted = typed.strip('"').casefold()
        paths = [path for path in listed.paths if _fits(path, wanted)]
        paths.sort(key=lambda path: (not path.casefold().startswith(wanted), path.count("/"), path))
        shown = f"@{typed}"
        items = [_item(chat, offset, shown, f"@{word}", f"@{word}", _KEYWORD, encoding) for word in _WORDS]
        for path in paths[:MAX_ITEMS]:
            kind = _FOLDER if path.endswith("/") else _FILE
            items.append(_item(chat, offset, shown, f"@{path}", _mention(path), kind, encoding))
        return CompletionList(is_incomplete=listed.task is not None or len(paths) > MAX_ITEMS, items=items)

    def look(self, chat: OpenChat) -> _Listed:
        """The listing for a chat; a new one is begun where it is old."""
        root = str(self._services.surroundings(chat.uri).root or "")
        listed = self._listed.setdefault(root, _Listed())
        loop = asyncio.get_running_loop()
        if listed.task is None and loop.time() - listed.seconds > FRESH_SECONDS:
            view = view_of(self._services, chat.uri) if root else None
            if view is not None:
                listed.task = loop.run_in_executor(None, _paths, view)
                listed.task.add_done_callback(lambda done: _take(listed, done, loop.time()))
        return listed


def _take(listed: _Listed, done: asyncio.Future[tuple[str, ...]], seconds: float) -> None:
    listed.task, listed.seconds = None, seconds
    if not done.cancelled() and done.exception() is None:
        listed.paths = done.result()


def _paths(view: View) -> tuple[str, ...]:
    """Files, and the folders that they are in."""
    files = list_files(view).paths
    folders = {f"{path[: place + 1]}" for path in files for place, mark in enumerate(path) if mark == "/"}
    return (*files, *sorted(folders))


def _fits(path: str, wanted: str) -> bool:
    """Whether the path, or a name in it, begins like that."""
    plain = path.casefold()
    return plain.startswith(wanted) or f"/{wanted}" in plain


def _mention(path: str) -> str:
    return f'@"{path}"' if set(" \t'`<>|*?,;:!)]}(@") & set(path) else f"@{path}"


def _item(
    chat: OpenChat, offset: int, typed: str, label: str, text: str, kind: int, encoding: Encoding, detail: str = ""
) -> CompletionItem:
    edit = TextEdit(range_of(chat.document, offset - len(typed), offset, encoding), text)
    return CompletionItem(label, kind, edit, label, detail)
