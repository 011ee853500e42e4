from __future__ import annotations

import os
from pathlib import Path

import pytest

from lsp_llm.cli.text_file import TextFile, text_of
from lsp_llm.errors import UserError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"one\n")
    return path


def test_a_file_is_replaced_in_one_step(file: Path) -> None:
    """Whoever has it open goes on with the former one; at no time is there half of one."""
    with file.open() as former:
        TextFile.read(file).replace("two\n")
        assert former.read() == "one\n"
    assert file.read_bytes() == b"two\n"
    assert list(file.parent.iterdir()) == [file]


def test_of_links_the_last_is_followed_and_all_stay(file: Path) -> None:
    (file.parent / "in").mkdir()
    first, second = file.parent / "in" / "first", file.parent / "in" / "second"
    first.symlink_to(file)
    second.symlink_to("first")
    TextFile.read(second).replace("two\n")
    assert file.read_bytes() == b"two\n"
    assert first.is_symlink()
    assert second.is_symlink()


def test_times_are_those_of_the_writing_and_attributes_stay(file: Path) -> None:
    os.utime(file, (1, 1))
    if has_attributes := hasattr(os, "setxattr"):
        try:
            os.setxattr(file, "user.colour", b"red")
        except OSError:
            has_attributes = False
    TextFile.read(file).replace("two\n")
    assert file.stat().st_mtime > 1_000_000
    if has_attributes:
        assert os.getxattr(file, "user.colour") == b"red"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_owner_and_all_of_the_mode_stay(file: Path) -> None:
    os.chown(file, 1234, 4321)
    file.chmod(0o6750)
    TextFile.read(file).replace("two\n")
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (1234, 4321, 0o6750)


def test_what_was_changed_or_removed_meanwhile_is_left_alone(file: Path) -> None:
    read = TextFile.read(file)
    file.write_bytes(b"mine\n")
    with pytest.raises(UserError, match=r"notes.txt was changed meanwhile, so nothing was written to it$"):
        read.replace("two\n")
    assert file.read_bytes() == b"mine\n"
    file.unlink()
    with pytest.raises(UserError, match=r"notes.txt cannot be written: No such file"):
        read.replace("two\n")
    assert list(file.parent.iterdir()) == []


def test_where_it_cannot_be_written_nothing_is_left_behind(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    read = TextFile.read(file)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match=r"notes.txt cannot be written: No space left on device"):
        read.replace("two\n")
    assert file.read_bytes() == b"one\n"
    assert list(file.parent.iterdir()) == [file]


def test_what_is_no_file_is_told_before_it_is_written(file: Path) -> None:
    with pytest.raises(UserError, match=r"^/dev/null is not a file$"):
        TextFile.read(Path("/dev/null")).check_writable()
    TextFile.read(file).check_writable()


@pytest.mark.parametrize(
    ("content", "text"), [(b"", ""), (b"\xef\xbb\xbfa", "a"), ("ä\r\n\f".encode(), "ä\r\n\f"), (b"\xef\xbb\xbf", "")]
)
def test_bytes_are_text_without_their_mark(content: bytes, text: str) -> None:
    assert text_of(content, "it") == text


@pytest.mark.parametrize("content", [b"a\0b", b"\xff\xfea\0", b"\x80", b"\xed\xa0\x80"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match=r"^it is "):
        text_of(content, "it")
