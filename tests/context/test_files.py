import errno
import os
import socket
from pathlib import Path

import pytest

from lsp_llm.context import files
from lsp_llm.context.files import MAX_FILE_BYTES, Files, Unusable
from tests.context.folders import write


def read(path: Path) -> str | Unusable:
    return Files().read(str(path))


def test_text_comes_exactly_as_it_is_but_for_the_byte_order_mark(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"\xef\xbb\xbfone\r\ntw\xc3\xb6\n", "empty": b""})
    assert (read(tmp_path / "a"), read(tmp_path / "empty")) == ("one\r\ntwö\n", "")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"caf\xe9", "is not UTF-8 text (byte 4)"),
        (b"a\0b", "is binary (it has NUL bytes)"),
        ("a".encode("utf-16"), "is binary (it has NUL bytes)"),
        (b"x" * (MAX_FILE_BYTES + 1), "is larger than 1024 KiB"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    write(tmp_path, {"a": content})
    assert read(tmp_path / "a") == Unusable(sentence)


def test_the_largest_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"x" * MAX_FILE_BYTES})
    assert read(tmp_path / "a") == "x" * MAX_FILE_BYTES


def test_a_sparse_file_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(1024**3)
    assert read(tmp_path / "huge") == Unusable("is larger than 1024 KiB")


def test_the_size_that_a_file_claims_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a": b"x" * (MAX_FILE_BYTES + 1)})
    mode = (tmp_path / "a").stat().st_mode
    monkeypatch.setattr(os, "fstat", lambda descriptor: os.stat_result((mode, *[0] * 9)))
    assert read(tmp_path / "a") == Unusable("is larger than 1024 KiB")


@pytest.mark.skipif(os.name != "posix", reason="pipes and sockets in folders")
def test_what_is_no_file_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert read(tmp_path / "pipe") == Unusable("is not a file")
    assert isinstance(read(tmp_path), Unusable)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        assert isinstance(read(tmp_path / "socket"), Unusable)


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for name in ("missing", "loop"):
        found = read(tmp_path / name)
        assert isinstance(found, Unusable)
        assert found.sentence.startswith("cannot be read: ")


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal is played: whoever tests as root may read everything."""

    def refuse(path: str, flags: int) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    write(tmp_path, {"a": "x"})
    monkeypatch.setattr(os, "open", refuse)
    assert read(tmp_path / "a") == Unusable("cannot be read: Permission denied")


def test_an_unchanged_file_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a": "one", "bad": b"\0"})
    known = Files()
    former = [known.read(str(tmp_path / name)) for name in ("a", "bad")]
    monkeypatch.setattr(files, "read_bounded", None)
    assert [known.read(str(tmp_path / name)) for name in ("a", "bad")] == former


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, {"a": "one"})
    known = Files()
    known.read(str(tmp_path / "a"))
    write(tmp_path, {"a": "three"})
    assert known.read(str(tmp_path / "a")) == "three"


def test_a_file_that_takes_the_place_of_another_is_read(tmp_path: Path) -> None:
    """With the size and the time of the former one, as a restored backup has them."""
    write(tmp_path, {"a": "one", "b": "two"})
    stat = (tmp_path / "a").stat()
    known = Files()
    known.read(str(tmp_path / "a"))
    os.utime(tmp_path / "b", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    (tmp_path / "b").replace(tmp_path / "a")
    assert known.read(str(tmp_path / "a")) == "two"


def test_what_is_kept_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_CACHE_CHARACTERS", 10)
    write(tmp_path, {"a": "aaaaa", "b": "bbbbb", "c": "ccccc"})
    known, opened = Files(), []
    reading = files.read_bounded
    monkeypatch.setattr(files, "read_bounded", lambda path: (opened.append(path[-1]), reading(path))[1])
    for name in "abcbca":
        assert known.read(str(tmp_path / name)) == name * 5
    assert opened == ["a", "b", "c", "a"]
