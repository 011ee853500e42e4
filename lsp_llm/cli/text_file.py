"""A file of text that is read whole and replaced in one step; it knows no model and no line of what it holds.

Mode, owner, attributes, byte order mark and links stay: a link is followed, and the file behind it is replaced.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from codecs import BOM_UTF8
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lsp_llm.errors import UserError


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file as it was read; `place` is the file itself where `path` is a link."""

    path: Path
    place: Path
    text: str
    _content: bytes = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> TextFile:
        """Read it, or what a pipe gives; raises UserError for what cannot be read, and for what is no text."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UserError(f"{path} cannot be read: {error.strerror}") from None
        return cls(path, path.resolve(), text_of(content, str(path)), content)

    def check_writable(self) -> None:
        """Raises UserError where it cannot be replaced: better before an answer is paid for than after."""
        if not self.place.is_file():
            raise UserError(f"{self.path} is not a file")
        if not os.access(self.place, os.W_OK):
            raise UserError(f"{self.path} cannot be written: it is read-only")
        if not os.access(self.place.parent, os.W_OK):
            raise UserError(f"{self.path} cannot be written: its folder {self.place.parent} is read-only")

    def replace(self, text: str) -> None:
        """Put the text in its place, all or nothing; raises UserError where the file is not as it was read."""
        bom = BOM_UTF8 if self._content.startswith(BOM_UTF8) else b""
        try:
            if self.place.read_bytes() != self._content:
                raise UserError(f"{self.path} was changed meanwhile, so nothing was written to it")
            self._swap(bom + text.encode())
        except OSError as error:
            raise UserError(f"{self.path} cannot be written: {error.strerror}") from None

    def _swap(self, content: bytes) -> None:
        # In the same folder: only there it can take the file's place in one step.
        handle, name = tempfile.mkstemp(dir=self.place.parent, prefix=".lsp-llm-")
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _take_after(fresh, self.place)
            fresh.replace(self.place)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise


def text_of(content: bytes, name: str) -> str:
    """UTF-8 bytes as text, without a byte order mark; raises UserError, which begins with the name."""
    if b"\0" in content:
        raise UserError(f"{name} is a binary file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{name} is not UTF-8 text") from None


def _take_after(fresh: Path, former: Path) -> None:
    """Owner first, since a change of owner takes bits of the mode away."""
    owner = former.stat()
    if hasattr(os, "chown"):
        # Only root may give a file away; a group that one is in, anybody.
        with suppress(PermissionError):
            os.chown(fresh, -1, owner.st_gid)
        with suppress(PermissionError):
            os.chown(fresh, owner.st_uid, -1)
    shutil.copystat(former, fresh)
    os.utime(fresh)
