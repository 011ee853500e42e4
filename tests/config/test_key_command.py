from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lsp_llm.config.key_command import first_line_printed
from lsp_llm.errors import UserError


def python(code: str) -> str:
    return f'"{sys.executable}" -c "{code}"'


def test_the_first_line_is_the_key() -> None:
    assert first_line_printed(python("print(' k-1 '); print('second')")) == "k-1"


def test_a_command_may_print_nothing() -> None:
    assert first_line_printed(python("pass")) == ""


def test_a_failure_tells_its_code_and_nothing_that_was_printed() -> None:
    with pytest.raises(UserError) as raised:
        first_line_printed(python("import sys; print('sk-1'); sys.stderr.write('sk-2'); sys.exit(3)"))
    assert str(raised.value) == "ended with exit code 3; run it in a terminal to see why"


@pytest.fixture
def typed_input() -> Iterator[None]:
    """Text that waits on the test's own standard input, where a command could take it."""
    read_end, write_end = os.pipe()
    saved = os.dup(0)
    os.dup2(read_end, 0)
    os.write(write_end, b"typed")
    os.close(write_end)
    yield
    os.dup2(saved, 0)
    for descriptor in (saved, read_end):
        os.close(descriptor)


@pytest.mark.usefixtures("typed_input")
def test_the_command_cannot_take_the_servers_input() -> None:
    assert first_line_printed(python("import sys; print(len(sys.stdin.read()))")) == "0"


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX")
def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    reading = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    with pytest.raises(UserError, match=r"did not end within 2 s"):
        # Long enough for a shell on a busy machine to say its word.
        first_line_printed(f"exec 3>'{held}'; echo started >&3; sleep 30 & sleep 30", time_limit_seconds=2)
    # The pipe ends when the last process that holds it is gone.
    assert os.read(reading, 100) == b"started\n"
    assert select.select([reading], [], [], 10)[0] == [reading]
    assert os.read(reading, 1) == b""
    os.close(reading)
