from __future__ import annotations

import asyncio
import gc

import pytest

from lsp_llm.commands.errands import Errands
from lsp_llm.errors import UserError
from tests.turns import until


async def test_what_fails_is_told() -> None:
    told: list[str] = []
    errands = Errands(told.append)

    async def fail(error: Exception) -> None:
        raise error

    errands.begin(fail(UserError("set a preset")))
    await until(lambda: told == ["set a preset"])
    await errands.close()


async def test_a_fault_of_ours_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    errands = Errands(told.append)

    async def fail() -> None:
        raise ZeroDivisionError("division by zero")

    errands.begin(fail())
    await until(lambda: told == ["a fault in lsp-llm: division by zero"])
    assert "an errand failed" in caplog.text


async def test_closing_ends_what_is_under_way() -> None:
    errands, begun, ended = Errands(lambda text: None), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    errands.begin(wait())
    await asyncio.wait_for(begun.wait(), 60)
    await errands.close()
    assert ended.is_set()


async def test_one_that_has_not_begun_is_dropped_without_a_trace() -> None:
    """A coroutine that nobody ever awaits is a warning, and warnings are errors."""
    errands = Errands(lambda text: None)

    async def never() -> None:
        raise AssertionError("it was dropped")

    errands.begin(never())
    await errands.close()
    gc.collect()
