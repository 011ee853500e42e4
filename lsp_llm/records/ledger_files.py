"""One small private file a document in the state folder: what jobs replaced there; it knows only bytes and names."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from lsp_llm.records.journal import replace_privately

_log = logging.getLogger(__name__)

KEPT_FILES = 200


class LedgerFiles:
    """`ledger/` in the state folder; the oldest files give way to new ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "ledger"

    def read(self, uri: str) -> bytes | None:
        """What is kept of a document, None if nothing is."""
        try:
            return self._path(uri).read_bytes()
        except OSError:
            return None

    def write(self, uri: str, content: bytes) -> None:
        """Keep this of a document, whole or not at all; a folder that cannot be written is logged."""
        try:
            for folder in (self._folder.parent, self._folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._path(uri)
            is_another = not path.exists()
            replace_privately(path, content)
            if is_another:
                self._make_room()
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._folder, error.strerror)

    def remove(self, uri: str) -> None:
        """Forget a document; a file that cannot be removed is logged."""
        try:
            self._path(uri).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._folder, error.strerror)

    def _path(self, uri: str) -> Path:
        return self._folder / f"{hashlib.sha256(uri.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in files[: max(0, len(files) - KEPT_FILES)]:
            path.unlink(missing_ok=True)
