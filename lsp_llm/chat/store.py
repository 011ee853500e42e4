"""Chats as Markdown files in a folder: made, read, listed, renamed, deleted; it knows no model and no editor.

Several servers and any editor may work in the folder. Servers change it under one lock, for milliseconds each time, and
only one answers in a chat at a time. A file that is there is only ever appended to or replaced as a whole, so reading
needs no lock, and what is read is at most a delta behind.
"""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.chat.chat_writer import ChatWriter, decoded, encoded
from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.disk import Disk, LocalDisk, Stamp, stamp_of
from lsp_llm.chat.document import chat_text, read_chat
from lsp_llm.chat.file_lock import try_lease
from lsp_llm.chat.head import read_head, with_key
from lsp_llm.chat.holding import holding, not_deleted, told
from lsp_llm.chat.terms import BUSY, ENDING
from lsp_llm.chat.titling import one_line, title_of_turns
from lsp_llm.chat.turn_reader import Problem
from lsp_llm.errors import UserError

# A name, and neither a path nor hidden; half a character is in no name.
_CHAT_ID = re.compile(r"[^./\\\0-\x1f\ud800-\udfff][^/\\\0-\x1f\ud800-\udfff]*")
_OUR_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
BEGINNING_BYTES = 20_000
"""As much of a file as is read to list it; no front matter is longer."""


@dataclass(frozen=True, slots=True)
class ChatSummary:
    """A chat in a list; `updated` is ISO 8601 in UTC."""

    chat_id: str
    title: str
    preset: str
    updated: str


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A chat as it was read; its file is another one as soon as its stamp is."""

    conversation: Conversation
    problems: tuple[Problem, ...]
    stamp: Stamp


class ChatStore:
    """The chats of one folder; a chat's id is its file's name without the ending."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder
        self._lock = folder / ".lock"
        self._disk = disk or LocalDisk()

    def create(self, title: str, preset: str, system: str, turns: Sequence[Turn] = ()) -> Conversation:
        """A new chat, perhaps with turns of another one; raises UserError."""
        with told(self._folder.parent):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with holding(self._lock):
            chat = Conversation(self._free_id(), one_line(title), preset, system, tuple(turns))
            self._disk.replace(self.path(chat.chat_id), encoded(chat_text(chat)))
        return chat

    def path(self, chat_id: str) -> Path:
        """The file of a chat; raises UserError for what cannot be a name in the folder."""
        if not _CHAT_ID.fullmatch(chat_id):
            raise UserError(f'there is no chat "{chat_id}"')
        return self._folder / f"{chat_id}{ENDING}"

    def load(self, chat_id: str) -> StoredChat:
        """A chat as it is now; raises UserError where there is none."""
        path = self.path(chat_id)
        with told(self._folder):
            stamp = stamp_of(path)
            text = decoded(path.read_bytes())
        conversation, problems = read_chat(text, chat_id)
        return StoredChat(conversation, problems, stamp)

    def has_changed(self, chat_id: str, stamp: Stamp) -> bool:
        """Whether the file is another one than that of the stamp; one that is gone is."""
        try:
            return stamp_of(self.path(chat_id)) != stamp
        except OSError:
            return True

    def chats(self, query: str = "") -> list[ChatSummary]:
        """All chats that have the query in their text, in upper or lower case, those changed last first."""
        found: list[tuple[int, ChatSummary]] = []
        for path in self._folder.glob(f"*{ENDING}"):
            # Whoever reads a pipe waits for somebody to write to it.
            if path.name.startswith(".") or not path.is_file():
                continue
            try:
                changed = path.stat().st_mtime_ns
                text = _text(path, query)
            except OSError:
                continue  # It was deleted since the folder was read.
            if query.casefold() in text.casefold():
                found.append((changed, _summary(path, text[:BEGINNING_BYTES], changed)))
        return [summary for _, summary in sorted(found, key=lambda entry: (-entry[0], entry[1].chat_id))]

    def rename(self, chat_id: str, title: str) -> None:
        """Give a chat another title, and change nothing else in its file; raises UserError."""
        path = self.path(chat_id)
        with holding(self._lock):
            before = stamp_of(path)
            text = with_key(decoded(path.read_bytes()), "title", one_line(title))
            # An editor does not know of the lock.
            if stamp_of(path) != before:
                raise UserError("the chat was just changed by somebody else: rename it again")
            self._disk.replace(path, encoded(text))

    def append(self, chat_id: str, lines: str) -> None:
        """Add whole lines to the last turn, below a blank one; raises UserError."""
        path = self.path(chat_id)
        with holding(self._lock):
            self._disk.append(path, encoded(f"\n{lines}\n"))

    def delete(self, chat_id: str) -> None:
        """Take a chat away for good; raises UserError where there is none, or while it is being answered in."""
        path = self.path(chat_id)
        with holding(self._lock, not_deleted):
            lease = try_lease(self._lease_path(chat_id))
            if lease is None:
                raise UserError("an answer is coming in this chat: stop it first")
            try:
                path.unlink()
                # Whoever wants the lease now has to get the folder's lock first.
                self._lease_path(chat_id).unlink(missing_ok=True)
            finally:
                lease.end()

    def writer(self, chat_id: str) -> ChatWriter:
        """The right to write turns into a chat until it is released; raises UserError where somebody else has it."""
        path = self.path(chat_id)
        with holding(self._lock):
            stamp_of(path)
            lease = try_lease(self._lease_path(chat_id))
        if lease is None:
            raise UserError(BUSY)
        return ChatWriter(path, self._lock, lease, self._disk)

    def _lease_path(self, chat_id: str) -> Path:
        return self._folder / f".{chat_id}.lock"

    def _free_id(self) -> str:
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S")
        while self.path(chat_id := f"{now}-{secrets.token_hex(2)}").exists():
            pass
        return chat_id


def _text(path: Path, query: str) -> str:
    """The whole text where something is looked for in it, else no more than its beginning."""
    with path.open("rb") as file:
        return decoded(file.read(-1 if query else BEGINNING_BYTES))


def _summary(path: Path, beginning: str, changed_nanoseconds: int) -> ChatSummary:
    head = read_head(beginning)
    updated = datetime.datetime.fromtimestamp(changed_nanoseconds // 1_000_000_000, datetime.UTC)
    name = path.name.removesuffix(ENDING)
    title = head.title or _words(name, beginning) or name
    return ChatSummary(name, title, head.preset, updated.isoformat())


def _words(name: str, beginning: str) -> str:
    """What stands for a missing title: nothing where the user has given the file a name."""
    return title_of_turns(read_chat(beginning, name)[0].turns) if _OUR_NAME.fullmatch(name) else ""
