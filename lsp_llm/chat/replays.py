"""What a dialect wants back with a turn, word for word, in files beside the chats; it never looks into it.

It may be hundreds of kilobytes that nobody can read, so in a document it would be in everybody's way; and whoever loses
it loses no word: the turn then goes out as its text and calls. A key stands for the turn as well as for its replay, so
a turn that somebody has edited has none any more, and copies of a chat share theirs.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import msgspec

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.disk import Disk, LocalDisk
from lsp_llm.exchange.messages import Replay
from lsp_llm.stream.surrogates import json_of

KEPT_FILES = 5_000
_KEY_CHARACTERS = 32


class ReplayFiles:
    """`.replay/` beside the chats; the oldest files give way to new ones."""

    def __init__(self, folder: Path, disk: Disk | None = None) -> None:
        self._folder = folder / ".replay"
        self._disk = disk or LocalDisk()

    def keep(self, turn: Turn, replay: Replay) -> Turn:
        """The turn with the key under which its replay is kept from now on; raises OSError."""
        content = json_of([replay.dialect, replay.value])
        key = _key(turn, content)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._path(key).exists():
            self._disk.replace(self._path(key), content)
            self._make_room()
        return replace(turn, replay_key=key)

    def find(self, turn: Turn) -> Replay | None:
        """What was kept with this very turn, None if there is nothing."""
        if not turn.replay_key.isalnum():
            return None
        try:
            content = self._path(turn.replay_key).read_bytes()
        except (OSError, ValueError):
            return None
        if _key(turn, content) != turn.replay_key:
            return None
        dialect, value = msgspec.json.decode(content)
        return Replay(dialect, value)

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _make_room(self) -> None:
        files = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        for path in files[: max(0, len(files) - KEPT_FILES)]:
            path.unlink(missing_ok=True)


def _key(turn: Turn, content: bytes) -> str:
    digest = hashlib.sha256(content)
    digest.update(json_of([turn.text, turn.tool_calls]))
    return digest.hexdigest()[:_KEY_CHARACTERS]
