from __future__ import annotations

import asyncio
import os

import pytest

from lsp_llm.lsp import parent
from lsp_llm.lsp.parent import ParentWatch, is_running
from tests.turns import some_turns

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signal 0 is POSIX")


@pytest.fixture
def living(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The processes that there are; the watch looks without a pause."""
    monkeypatch.setattr(parent, "EVERY_SECONDS", 0)
    return {41, 42}


async def test_the_end_of_the_process_is_told_once(living: set[int]) -> None:
    gone = asyncio.Event()
    looks: list[int] = []

    def is_alive(process_id: int) -> bool:
        looks.append(process_id)
        if len(looks) == 5:
            living.clear()
        return process_id in living

    ParentWatch(gone.set, is_alive).start(42)
    await asyncio.wait_for(gone.wait(), 60)
    assert looks == [42] * 5


async def test_a_watch_that_was_stopped_tells_nothing(living: set[int]) -> None:
    gone: list[str] = []
    watch = ParentWatch(lambda: gone.append("gone"), lambda process_id: process_id in living)
    watch.start(42)
    living.clear()
    watch.stop()
    await some_turns()
    assert not gone


@pytest.mark.parametrize("process_id", [None, 0, -1, 7], ids=["none", "own group", "every process", "never seen"])
async def test_what_cannot_be_watched_ends_nothing(living: set[int], process_id: int | None) -> None:
    def is_alive(asked: int) -> bool:
        assert asked > 0
        return asked in living

    gone: list[str] = []
    watch = ParentWatch(lambda: gone.append("gone"), is_alive)
    watch.start(process_id)
    await some_turns()
    assert not gone
    watch.stop()


async def test_a_parent_that_nobody_has_reaped_counts_as_gone(
    living: set[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    parents = [42, 42, 1]
    monkeypatch.setattr(os, "getppid", lambda: parents[0] if len(parents) == 1 else parents.pop(0))
    gone = asyncio.Event()
    ParentWatch(gone.set, lambda process_id: process_id in living).start(42)
    await asyncio.wait_for(gone.wait(), 60)


async def test_processes_of_this_machine() -> None:
    assert is_running(os.getpid())
    assert is_running(1)
    child = await asyncio.create_subprocess_exec("true")
    await child.wait()
    assert not is_running(child.pid)
    assert not is_running(2**40)
