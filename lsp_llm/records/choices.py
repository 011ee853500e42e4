"""The preset that a user chose for a workspace: one small private file each, in the state folder; it knows no preset.

Servers side by side read each other's choice with the next look at the file. A file is written whole or not at all.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

import msgspec

from lsp_llm.records.journal import replace_privately
from lsp_llm.stream.surrogates import json_of

_log = logging.getLogger(__name__)

KEPT_FILES = 500

Stamp = tuple[int, int, int]
_NOWHERE: Stamp = (0, 0, 0)


class Choice(msgspec.Struct, frozen=True):
    """What is kept: the workspace's folder, for whoever looks into the file, and the preset's name."""

    workspace: str
    preset: str


class PresetChoices:
    """`presets/` in the state folder; where it cannot be written, a choice holds as long as the server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "presets"
        self._known: dict[str, tuple[Stamp, str]] = {}

    def of(self, workspace: str) -> str:
        """The preset chosen for a workspace's folder, "" for none; a look at the file's stamp, when nothing changed."""
        path = self._path(workspace)
        stamp = _stamp(path)
        known = self._known.get(workspace)
        if known is None or known[0] != stamp:
            known = self._known[workspace] = stamp, _read(path)
        return known[1]

    def remember(self, workspace: str, preset: str) -> None:
        """Keep a choice; never raises."""
        path = self._path(workspace)
        try:
            for folder in (self._folder.parent, self._folder):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_privately(path, json_of(Choice(workspace, preset)))
            self._make_room()
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._folder, error.strerror)
        self._known[workspace] = _stamp(path), preset

    def forget(self, workspace: str) -> None:
        """Drop the choice; never raises."""
        path = self._path(workspace)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._folder, error.strerror)
        self._known[workspace] = _stamp(path), ""

    def _path(self, workspace: str) -> Path:
        return self._folder / f"{hashlib.sha256(workspace.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"

    def _make_room(self) -> None:
        stamped = sorted((_stamp(path), path) for path in self._folder.glob("*.json"))
        for _, path in stamped[: max(0, len(stamped) - KEPT_FILES)]:
            path.unlink(missing_ok=True)


def _stamp(path: Path) -> Stamp:
    """What changes with the file; the file number too, since every choice is a new file."""
    try:
        status = path.stat()
    except OSError:
        return _NOWHERE
    return status.st_mtime_ns, status.st_size, status.st_ino


def _read(path: Path) -> str:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Choice).preset
    except (OSError, ValueError):
        return ""
