"""Locks between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lsp_llm.chat.file_lock import locked, try_lease

HOLD = """
import sys
from pathlib import Path
from lsp_llm.chat.file_lock import try_lease
print(bool(try_lease(Path(sys.argv[1]))), flush=True)
sys.stdin.read()
"""


def test_one_at_a_time_and_again_afterwards(tmp_path: Path) -> None:
    first = try_lease(tmp_path / "lock")
    assert first
    assert try_lease(tmp_path / "lock") is None
    first.end()
    second = try_lease(tmp_path / "lock")
    assert second
    second.end()


def test_a_short_lock_ends_with_an_error(tmp_path: Path) -> None:
    try:
        with locked(tmp_path / "lock"):
            assert try_lease(tmp_path / "lock") is None
            raise KeyError
    except KeyError:
        lease = try_lease(tmp_path / "lock")
    assert lease
    lease.end()


def test_a_process_that_dies_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        assert try_lease(path) is None
        other.kill()
        other.wait()
        lease = try_lease(path)
        assert lease
        lease.end()
