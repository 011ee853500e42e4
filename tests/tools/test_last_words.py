import os
import subprocess
from pathlib import Path

import pytest

from lsp_llm.tools.last_words import LastWords


@pytest.mark.parametrize(
    ("printed", "last"),
    [
        ("", ""),
        ("one\ntwo\n\n  \n", "two"),
        ("x" * 10_000, "x" * 300),
        ("no line end", "no line end"),
        ("\\377 odd\n", "� odd"),
    ],
)
def test_the_last_line_that_says_something_is_kept(printed: str, last: str) -> None:
    words = LastWords()
    subprocess.run(["/bin/sh", "-c", f"printf '{printed}' >&2"], stderr=words.file, check=True, timeout=60)
    assert words.line() == last


def test_much_does_not_stop_whoever_prints_it() -> None:
    words = LastWords()
    subprocess.run(["/bin/sh", "-c", "seq 300000 >&2"], stderr=words.file, check=True, timeout=60)
    assert words.line() == "300000"
    assert words.line() == "300000"


def test_one_that_still_runs_is_not_waited_for() -> None:
    words = LastWords()
    with subprocess.Popen(
        ["/bin/sh", "-c", "echo begun >&2; read x"], stdin=subprocess.PIPE, stderr=words.file
    ) as child:
        assert words.line() in {"begun", ""}
        child.kill()


def test_its_own_ends_are_closed() -> None:
    words = LastWords()
    pipe = os.fstat(words.file.fileno()).st_ino
    assert len(_ends(pipe)) == 2
    words.line()
    assert _ends(pipe) == []


def _ends(pipe: int) -> list[int]:
    """The open descriptors of this pipe; other tests' leftovers may come and go meanwhile."""
    return [end for end in (int(path.name) for path in Path("/dev/fd").iterdir()) if _inode(end) == pipe]


def _inode(descriptor: int) -> int:
    try:
        return os.fstat(descriptor).st_ino
    except OSError:
        return 0
