"""Bytes on the disk: all or nothing."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from lsp_llm.chat.disk import LocalDisk, stamp_of

DISK = LocalDisk()


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a"
    DISK.replace(path, b"one")
    DISK.append(path, b" two")
    DISK.settle(path)
    assert path.read_bytes() == b"one two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    DISK.replace(path, b"three")
    assert path.read_bytes() == b"three"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_appended_to_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        DISK.append(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_only_a_part_takes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    DISK.replace(path, b"one")
    real, rounds = os.write, iter((2, None))

    def nearly_full(file: int, data: bytes) -> int:
        size = next(rounds)
        if size is None:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data[:size])

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", nearly_full)
        with pytest.raises(OSError, match="No space"):
            DISK.append(path, b" two")
    assert path.read_bytes() == b"one"


def test_short_writes_are_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    DISK.replace(path, b"")
    real = os.write
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda file, data: real(file, data[:1]))
        DISK.append(path, b"abc")
    assert path.read_bytes() == b"abc"


def test_a_full_disk_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    DISK.replace(path, b"one")

    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            DISK.replace(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


def test_a_stamp_tells_files_apart(tmp_path: Path) -> None:
    path = tmp_path / "a"
    DISK.replace(path, b"one")
    first = stamp_of(path)
    assert stamp_of(path) == first
    DISK.append(path, b"x")
    second = stamp_of(path)
    assert second != first
    DISK.replace(path, b"onex")
    assert stamp_of(path) != second
