"""Calls that the client carries out: what it answers, brought to whoever waits for it (a `ClientTools` port)."""

from __future__ import annotations

import asyncio

from lsp_llm.exchange.tools import ToolCall, ToolResult


class ClientCalls:
    """The calls of one chat's tools that are the client's to carry out."""

    def __init__(self) -> None:
        self._results: dict[str, asyncio.Future[tuple[str, bool]]] = {}

    def expect(self, call_id: str) -> None:
        """The client is about to hear of this call, and may answer from now on."""
        self._results.setdefault(call_id, asyncio.get_running_loop().create_future())

    def answer(self, call_id: str, text: str, *, is_error: bool) -> bool:
        """The client's result; False where no such call waits."""
        future = self._results.get(call_id)
        if future is None or future.done():
            return False
        future.set_result((text, is_error))
        return True

    async def call(self, chat_id: str, call: ToolCall) -> ToolResult:
        """Wait for the client; a cancelled wait is forgotten."""
        self.expect(call.call_id)
        try:
            text, is_error = await self._results[call.call_id]
        finally:
            del self._results[call.call_id]
        return ToolResult(call.call_id, call.name, text, is_error)
