"""The chat documents that are open in the editor, parsed and kept up with every change; it sends and writes nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lsp_llm.chat.terms import ENDING
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.text.document import Document

if TYPE_CHECKING:
    from lsp_llm.chat.document import ChatDocument


MOST_AWAITED: Final = 16
"""So many documents are waited for; for one more, the one that has been waited for longest is given up."""


@dataclass(frozen=True, slots=True, eq=False)
class Awaited:
    """A document that is to be opened, by its uri or its path, and what is to be done then."""

    name: str | Path
    act: Callable[[Target], None]


@dataclass(frozen=True, slots=True)
class OpenChat:
    """One of them; `cursor` makes a target of an offset, for the version that is there now."""

    uri: str
    document: Document
    parsed: ChatDocument
    cursor: Callable[[int], Target]

    @property
    def last_said(self) -> int:
        """The last turn with something in it, -1 where there is none."""
        place = len(self.parsed) - 1
        while place >= 0 and self.parsed.read(place).turn.is_empty:
            place -= 1
        return place

    def end_of(self, place: int) -> int:
        """The offset behind the last text of a turn, whatever blank lines follow."""
        line = self.last_line_of(place)
        return self.document.offset(line, len(self.document.lines[line]))

    def end_of_words(self, place: int) -> int:
        """The same without the notes behind them."""
        from lsp_llm.chat.signature import is_note

        line = self.last_line_of(place)
        while is_note(self.document.lines[line]) or not self.document.lines[line].strip():
            line -= 1
        return self.document.offset(line, len(self.document.lines[line]))

    def last_line_of(self, place: int) -> int:
        """The last line of a turn that is not blank; its heading is none."""
        line = self.parsed.end_line(place) - 1
        while not self.document.lines[line].strip():
            line -= 1
        return line


class OpenChats:
    """All of one client."""

    def __init__(self) -> None:
        self._open: dict[str, OpenChat] = {}
        self._all: dict[str, Callable[[int], Target]] = {}
        self._awaited: deque[Awaited] = deque(maxlen=MOST_AWAITED)

    def opened(self, uri: str, document: Document, cursor: Callable[[int], Target]) -> None:
        """A document is there, perhaps anew; one that is no chat is only known to be open."""
        self._all[uri] = cursor
        if uri.endswith(ENDING):
            self._parse(uri, document, cursor)
        if self._awaited:
            opened = cursor(0)
            names = (uri, Path(opened.path).resolve())
            for awaited in [awaited for awaited in self._awaited if awaited.name in names]:
                self.forget(awaited)
                awaited.act(opened)

    def _parse(self, uri: str, document: Document, cursor: Callable[[int], Target]) -> None:
        # What reads chats is loaded with the first of them.
        from lsp_llm.chat.document import ChatDocument

        parsed = ChatDocument(document)
        document.follow(parsed.changed)
        self._open[uri] = OpenChat(uri, document, parsed, cursor)

    def closed(self, uri: str) -> None:
        """A document is gone."""
        self._open.pop(uri, None)
        self._all.pop(uri, None)

    def find(self, uri: str) -> OpenChat | None:
        """The chat in a document, None where it is none."""
        return self._open.get(uri)

    def get(self, uri: str) -> OpenChat:
        """The chat in a document; raises UserError where it is none."""
        found = self._open.get(uri)
        if found is None and uri.endswith(ENDING):
            raise UserError(f"{uri} is not open in the editor: open it first")
        if found is None:
            raise UserError(f"{uri} is no chat: the names of chat documents end with {ENDING}")
        return found

    def all(self) -> tuple[OpenChat, ...]:
        """Every one, the one opened last at the end."""
        return tuple(self._open.values())

    def when_open(self, path: Path, act: Callable[[Target], None]) -> Awaited:
        """Act as soon as the editor shows this file, chat or not, however it spells its uri; unless it is forgotten."""
        awaited = Awaited(path.resolve(), act)
        if (found := self.at_path(path)) is not None:
            act(found)
        else:
            self._awaited.append(awaited)
        return awaited

    def forget(self, awaited: Awaited) -> None:
        """Wait for it no longer, if it has not been opened yet."""
        with suppress(ValueError):
            self._awaited.remove(awaited)

    def when_open_again(self, uri: str, act: Callable[[Target], None]) -> None:
        """The same for a document that was open, by the uri that it had."""
        if (cursor := self._all.get(uri)) is not None:
            act(cursor(0))
        else:
            self._awaited.append(Awaited(uri, act))

    def at_path(self, path: Path) -> Target | None:
        """The beginning of an open document, chat or not, by its path; None where it is not open."""
        found = {Path((target := cursor(0)).path): target for cursor in self._all.values()}
        # Emacs names the file behind a link.
        return found.get(path) or found.get(path.resolve())
