from __future__ import annotations

import asyncio

import pytest

from lsp_llm.chat.client_calls import ClientCalls
from lsp_llm.exchange.tools import ToolCall, ToolResult

CALL = ToolCall("1", "weather")


async def test_the_answer_reaches_whoever_waits() -> None:
    calls = ClientCalls()
    waiting = asyncio.create_task(calls.call("chat", CALL))
    await asyncio.sleep(0)
    assert calls.answer("1", "rain", is_error=True)
    assert await waiting == ToolResult("1", "weather", "rain", is_error=True)
    assert not calls.answer("1", "snow", is_error=False), "it is over"


async def test_an_answer_may_come_as_soon_as_the_client_has_heard() -> None:
    calls = ClientCalls()
    calls.expect("1")
    assert calls.answer("1", "sun", is_error=False)
    assert not calls.answer("1", "twice", is_error=False)
    assert (await calls.call("chat", CALL)).text == "sun"


async def test_a_wait_that_is_cancelled_is_forgotten() -> None:
    calls = ClientCalls()
    assert not calls.answer("1", "nobody asked", is_error=False)
    waiting = asyncio.create_task(calls.call("chat", CALL))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not calls.answer("1", "late", is_error=False)
