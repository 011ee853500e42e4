"""Asks the user to pick one of some names, with `window/showMessageRequest` (the Picker port); it decides nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from lsp_llm.lsp.client import Client

_INFO = 3


class MessagePicker:
    """The names as buttons below a sentence; an answer that comes after the time limit of requests is none."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def is_there(self) -> bool:
        """Only clients that say so are asked: others refuse, or show a sentence without its buttons."""
        return self._client.facts.can_pick

    def ask(self, question: str, names: Sequence[str], picked: Callable[[str], None]) -> None:
        """Ask once the command that wants it has its answer."""
        asyncio.get_running_loop().call_soon(self._ask, question, names, picked)

    def _ask(self, question: str, names: Sequence[str], picked: Callable[[str], None]) -> None:
        def answered(item: Any) -> None:
            for name in names:
                if isinstance(item, dict) and item.get("title") == name:
                    picked(name)

        params = {"type": _INFO, "message": question, "actions": [{"title": name} for name in names]}
        self._client.request("window/showMessageRequest", params, answered)
