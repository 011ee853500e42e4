from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lsp_llm.cli.differences import print_diff, unified_diff

PAIRS = [
    ("a\nb\nc\n", "a\nB\nc\n"),
    ("a\nb", "a\nb\n"),
    ("a\nb\n", "a\nb"),
    ("a", "b"),
    ("", "a\n"),
    ("a\r\nb\r\n", "a\r\nc\r\n"),
    ("a\x0cb\u2028c\n", "a\x0cb\u2028d\n"),
]


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_git_can_apply_it(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "f.txt"
    file.write_bytes(before.encode())
    diff = unified_diff("f.txt", before, after)
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True)
    assert file.read_bytes() == after.encode()


def test_the_same_is_nothing() -> None:
    assert unified_diff("f.txt", "a\nb", "a\nb") == ""


def test_a_path_from_the_root_is_named_below_it() -> None:
    assert unified_diff("/x/f.txt", "a\n", "b\n").startswith("--- a/x/f.txt\n+++ b/x/f.txt\n")


def test_elsewhere_than_in_a_terminal_it_is_printed_byte_by_byte(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_diff("+a\x1b\r\n")
    assert capfdbinary.readouterr().out in (b"", b"+a\x1b\r\n")
