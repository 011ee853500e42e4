"""The child process by hand: what it reads, what it says, and when it goes."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

ORDER = json.dumps({"model": "", "label": "recital", "api_key": "sk-of-this-test"}).encode() + b"\n"


@pytest.fixture
async def child() -> AsyncIterator[asyncio.subprocess.Process]:
    command = (sys.executable, "-m", "lsp_llm.providers.local_engine")
    child = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    yield child
    if child.returncode is None:
        child.kill()
    await child.communicate(b"")


async def test_it_says_its_address_and_nothing_else_and_goes_when_its_input_ends(
    child: asyncio.subprocess.Process,
) -> None:
    assert child.stdin and child.stdout
    child.stdin.write(ORDER)
    async with asyncio.timeout(60):
        address = await child.stdout.readline()
    assert address.startswith(b"http://127.0.0.1:")
    async with asyncio.timeout(60):
        rest, log = await child.communicate(b"")
    assert rest == b""
    assert b"sk-of-this-test" not in log
    assert child.returncode == 0


async def test_it_goes_too_when_the_input_ends_before_an_order(child: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(60):
        said, _ = await child.communicate(b"")
    assert said == b""


@pytest.fixture
def talkative_llama_cpp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken installation that also prints to standard output."""
    (tmp_path / "xllamacpp.py").write_text("print('chatter')\nraise ImportError('no libgomp')\n")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")


@pytest.mark.usefixtures("talkative_llama_cpp")
async def test_what_others_print_stays_out_of_its_report(child: asyncio.subprocess.Process) -> None:
    assert child.stdin and child.stdout and child.stderr
    # Its input stays open: it goes because it cannot serve.
    child.stdin.write(ORDER)
    async with asyncio.timeout(60):
        said, log = await child.stdout.read(), await child.stderr.read()
    assert said == b""
    assert b"chatter" in log
    assert log.strip().endswith(b"no libgomp")
