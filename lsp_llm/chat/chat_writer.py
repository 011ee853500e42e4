"""One server's hold on a chat's file while it answers there: turns and deltas go to its end as they come.

Nobody else answers in the chat meanwhile, but others may change its file: another server its title, a person in an
editor anything. So every delta looks first whether the file is as this left it. If not, the turn goes on where it is
found, and is written once more at the end where it is not: what others wrote stays, and so does the answer. What the
disk did not take is kept, and goes out with the next delta or turn.

An answer that goes on is written anew in its place, in one step with its first new words: the file has the former one
or the longer one, and never less or both.
"""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.disk import Disk, Stamp, stamp_of
from lsp_llm.chat.document import ChatDocument
from lsp_llm.chat.file_lock import Lease
from lsp_llm.chat.holding import holding
from lsp_llm.chat.turn_writer import turn_body
from lsp_llm.stream.surrogates import well_formed
from lsp_llm.text.document import Document


class ChatWriter:
    """The end of one chat's file; `release` it."""

    def __init__(self, path: Path, lock: Path, lease: Lease, disk: Disk) -> None:
        self._path = path
        self._lock = lock
        self._lease = lease
        self._disk = disk
        self._turn: Turn | None = None
        self._former: Turn | None = None
        """An answer in the file whose place what is pending takes."""
        self._line_end = "\n"
        self._stamp: Stamp | None = None
        self._written = bytearray()
        """The turn, from its heading on, as far as the file has it."""
        self._pending = b""
        self._heading_bytes = 0
        self._bytes_behind = 0
        """What somebody wrote below the turn since it began."""

    @property
    def line_end(self) -> str:
        """That of the file, since the last `begin`."""
        return self._line_end

    @property
    def is_behind(self) -> bool:
        """Whether the disk has not taken all of it yet; to a file that is gone nothing is owed."""
        return bool(self._pending) and self._path.exists()

    def go_on(self, former: Turn) -> None:
        """The next answer to begin is this one, the last of the file: it is written anew, and then goes on."""
        self._former = former

    def begin(self, turn: Turn) -> None:
        """A turn of this kind begins at the end of the file; raises UserError where that cannot be written."""
        with holding(self._lock):
            if self._pending:
                self._pending += encoded(self._with_pending().lead_in(turn))
            else:
                self._begin(turn)
            self._flush()

    def add(self, text: str) -> None:
        """More of the turn; raises UserError where it cannot be written, and keeps it for the next time."""
        self._pending += encoded(text)
        with holding(self._lock):
            self._flush()

    def add_turn(self, turn: Turn) -> None:
        """A whole turn; raises UserError."""
        self.begin(turn)
        self.add(turn_body(turn, self._line_end))
        self.settle()

    def settle(self) -> None:
        """Return once all of it is safe even from a loss of power; raises UserError."""
        with holding(self._lock):
            self._flush()
            self._disk.settle(self._path)

    def release(self) -> None:
        """Others may answer here now."""
        self._lease.end()

    def _begin(self, turn: Turn) -> None:
        document = Document(decoded(self._path.read_bytes()))
        self._stamp = stamp_of(self._path)
        self._turn, self._line_end = turn, document.line_end
        self._written.clear()
        self._bytes_behind = 0
        if turn.role == "user":
            # Then nothing has come of the answer that was to go on.
            self._former = None
        self._pending = b"" if self._former else encoded(ChatDocument(document).lead_in(turn))
        self._heading_bytes = len(self._pending)

    def _with_pending(self) -> ChatDocument:
        """The file as it will be: the disk has not taken all of a turn, and the next one is written with it."""
        content = self._path.read_bytes()
        return ChatDocument(Document(decoded(content[: len(content) - self._bytes_behind] + self._pending)))

    def _flush(self) -> None:
        """Write what is pending; the lock is held."""
        if self._former is not None:
            if self._pending:
                self._write_anew(self._former)
            return
        if stamp_of(self._path) != self._stamp:
            self._find_place()
        if self._bytes_behind:
            content = self._path.read_bytes()
            place = len(content) - self._bytes_behind
            self._disk.replace(self._path, content[:place] + self._pending + content[place:])
        elif self._pending:
            self._disk.append(self._path, self._pending)
        self._written += self._pending
        self._pending = b""
        self._stamp = stamp_of(self._path)

    def _write_anew(self, former: Turn) -> None:
        """What is pending takes the place of this answer, wherever the file has it now."""
        above, heading = _place_of(former, self._path.read_bytes())
        self._disk.replace(self._path, above + heading + self._pending)
        self._turn, self._former = former, None
        self._written += heading + self._pending
        self._heading_bytes, self._pending = len(heading), b""
        self._stamp = stamp_of(self._path)

    def _find_place(self) -> None:
        """Somebody changed the file: find where the turn ends in it now."""
        content = self._path.read_bytes()
        size = _longest_beginning(self._written, content)
        place = content.rfind(self._written[:size]) + size
        behind = content[place:]
        is_whole = size == len(self._written) and _may_follow(self._written, behind)
        if is_whole or (size > self._heading_bytes and not behind.strip()):
            # Less than the whole is what an editor had read in the middle of the turn and has saved now.
            self._pending = bytes(self._written[size:]) + self._pending
            del self._written[size:]
            self._go_on_before(behind, content[:place])
        else:
            self._begin_again(content)

    def _go_on_before(self, behind: bytes, before: bytes) -> None:
        """The turn goes on between these; an editor's own idea of the last line end is no reason to do so."""
        self._bytes_behind = len(behind) if behind.strip() else 0
        if behind and not self._bytes_behind:
            self._disk.replace(self._path, before)

    def _begin_again(self, content: bytes) -> None:
        """The turn is not there any more, or no longer as it was: all of it goes to the end."""
        assert self._turn
        heading = encoded(ChatDocument(Document(decoded(content))).lead_in(self._turn))
        self._pending = b"".join([heading, self._written[self._heading_bytes :], self._pending])
        self._bytes_behind, self._heading_bytes = 0, len(heading)
        self._written.clear()


def _place_of(former: Turn, content: bytes) -> tuple[bytes, bytes]:
    """What stands above the file's last answer, and its heading; where that is another one, all of it and a new one.

    Below it there is nothing, or a heading for the user's next turn, which comes again when the answer is whole.
    """
    document = Document(decoded(content))
    chat = ChatDocument(document)
    place = len(chat) - 1
    if place >= 0 and chat.read(place).turn.role == "user" and chat.read(place).turn.is_empty:
        place -= 1
    found = chat.read(place).turn if place >= 0 else None
    if found is None or (found.role, found.text) != (former.role, former.text):
        return content, encoded(chat.lead_in(former))
    first = chat.first_line(place)
    heading = document.lines[first].rstrip("\r\n") + 2 * document.line_end
    return encoded("".join(document.lines[:first])), encoded(heading)


def _may_follow(written: bytearray, behind: bytes) -> bool:
    """Whether this may stand below a turn; if not, what was found is another answer that begins with the same words."""
    if not behind.strip() or behind.startswith((b"\r", b"\n")):
        return True
    return written.endswith((b"\r", b"\n")) and behind.startswith(b"#")


def _longest_beginning(whole: bytearray, content: bytes) -> int:
    """How many bytes from the beginning of `whole` on are somewhere in the content."""
    return bisect_left(range(1, len(whole) + 1), 1, key=lambda size: int(whole[:size] not in content))


def decoded(content: bytes) -> str:
    """A file's text; bytes that are not UTF-8 stay as they are when it is written again."""
    return content.decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """The other way of `decoded`; half a character, which has no bytes, becomes U+FFFD."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return well_formed(text).encode("utf-8")
