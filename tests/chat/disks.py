"""A disk that fails when it is told to."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from lsp_llm.chat.disk import LocalDisk


class FailingDisk(LocalDisk):
    """Like that of this machine, until `error` names what it answers with."""

    def __init__(self) -> None:
        self.error = 0
        self.failures = 0

    def append(self, path: Path, data: bytes) -> None:
        self._fail()
        super().append(path, data)

    def replace(self, path: Path, data: bytes) -> None:
        self._fail()
        super().replace(path, data)

    def settle(self, path: Path) -> None:
        self._fail()
        super().settle(path)

    def fill_up(self) -> None:
        self.error = errno.ENOSPC

    def _fail(self) -> None:
        if self.error:
            self.failures += 1
            raise OSError(self.error, os.strerror(self.error))
