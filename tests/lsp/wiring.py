"""A wire without a process: what the server writes is kept as messages, and the test plays the client."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from lsp_llm.lsp.wire import Cold, Trace, Wire
from tests.turns import some_turns

Message = dict[str, Any]


class Screen:
    """Where the server's messages go."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, body: bytes) -> None:
        self.messages.append(json.loads(body))


class NoCold:
    """For tests in which every message is hot."""

    def handle(self, body: bytes) -> None:
        raise AssertionError(f"not hot: {body!r}")


class Line:
    """One connection."""

    def __init__(self, load_cold: Callable[[], Cold] = NoCold, trace: Trace | None = None) -> None:
        self.screen = Screen()
        self.wire = Wire(self.screen, load_cold, trace)

    @property
    def messages(self) -> list[Message]:
        return self.screen.messages

    def notifications(self, method: str) -> list[Any]:
        return [message["params"] for message in self.messages if message.get("method") == method]

    def send(self, message: Message) -> None:
        self.send_body(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_body(self, body: bytes) -> None:
        self.wire.take(body)

    def request(self, method: str, params: Any = None) -> Message:
        """The whole answer."""
        self.send({"id": "test", "method": method, "params": params})
        return self.messages[-1]

    async def silence(self) -> None:
        """Let the loop find that the time of every request is over (with REQUEST_SECONDS patched to 0)."""
        await some_turns()

    def answer(self, result: Any = None, error: Message | None = None) -> None:
        """Answer the last request of the server."""
        asked = [message["id"] for message in self.messages if "method" in message and "id" in message]
        self.send({"id": asked[-1], **({"error": error} if error else {"result": result})})
