"""Tells a client what comes in a send: partial results by its token, questions by a message where there is none.

Every send has one; it decides nothing and keeps no text.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.lsp.client import Client
from lsp_llm.tools.approval import Decision, Verdict
from lsp_llm.tools.desk import Question
from lsp_llm.tools.execution import Limits

ANSWERS: Final[Mapping[str, Decision]] = {"Allow once": "allow", "Always in this chat": "always", "Deny": "deny"}
_QUESTION: Final = 3
WHERE_TO_ANSWER: Final = "LLM: allow or deny this call in the code actions of the chat: "
"""It comes first: some editors have one line for a message."""


class PartialResults:
    """A follower for a client that gave a `partialResultToken` (LSP 3.17, "Partial Result Progress")."""

    def __init__(self, client: Client, token: int | str) -> None:
        self._client = client
        self._token = token
        self._waiting: dict[str, ToolCall] = {}

    def branched(self, chat_id: str) -> None:
        """The chat that what comes is in, which the client does not know."""
        self._send({"kind": "chat", "chatId": chat_id})

    def text(self, delta: str) -> None:
        """More of the answer."""
        self._send({"kind": "text", "delta": delta})

    def thinking(self, delta: str) -> None:
        """More of the reasoning."""
        self._send({"kind": "thinking", "delta": delta})

    def called(self, call: ToolCall, question: Question | None) -> None:
        """A call, and whether it waits for the user."""
        if question is not None:
            self._waiting[call.call_id] = call
        self._tell(call, question)

    def settled(self, call_id: str, verdict: Verdict) -> None:
        """A call that was approved is told once more: it is carried out now, by the client if it is its own."""
        call = self._waiting.pop(call_id, None)
        if call is not None and verdict == "approved":
            self._tell(call, None)

    def ended(self, result: ToolResult) -> None:
        """What came of a call."""
        told = {"callId": result.call_id, "text": result.text, "isError": result.is_error}
        self._send({"kind": "toolResult", **told})

    def _tell(self, call: ToolCall, question: Question | None) -> None:
        told = {"callId": call.call_id, "name": call.name, "arguments": call.arguments}
        needs = question is not None
        self._send(
            {"kind": "toolCall", **told, "needsApproval": needs, **({"text": question.text} if question else {})}
        )

    def _send(self, value: dict[str, Any]) -> None:
        self._client.notify("$/progress", {"token": self._token, "value": value})


class MessageQuestions:
    """A follower for a client without partial results: it asks, with `window/showMessageRequest`, and by lenses.

    Messages come one after the other: they cannot be taken back, and a yes for good may answer those that wait.
    """

    def __init__(self, client: Client, decide: Callable[[str, Decision], object]) -> None:
        self._client = client
        self._decide = decide
        self._waiting: dict[str, str] = {}
        """What is to be asked of each call that no message was shown for yet."""
        self._asked = ""
        """The call whose message is shown; another send may have calls of the same ids."""

    def text(self, delta: str) -> None:
        """It comes with the result of the request."""

    def thinking(self, delta: str) -> None:
        """It comes with the result of the request."""

    def called(self, call: ToolCall, question: Question | None) -> None:
        """Ask where the user has to say yes."""
        if question is None:
            return
        self._client.refresh_lenses()
        if self._client.facts.can_pick:
            self._waiting[call.call_id] = f"LLM wants to call {question.text}"
            self._ask_next()
        else:
            self._client.show_message("warning", f"{WHERE_TO_ANSWER}{question.text}")

    def settled(self, call_id: str, verdict: Verdict) -> None:
        """An answer that comes too late is none."""
        self._waiting.pop(call_id, None)
        self._client.refresh_lenses()
        if call_id == self._asked:
            self._asked = ""
            # A yes for good settles others too, one by one.
            asyncio.get_running_loop().call_soon(self._ask_next)

    def ended(self, result: ToolResult) -> None:
        """It is in the chat."""

    def _ask_next(self) -> None:
        if self._asked or not self._waiting:
            return
        call_id = self._asked = next(iter(self._waiting))
        actions = [{"title": title} for title in ANSWERS]
        params = {"type": _QUESTION, "message": self._waiting.pop(call_id), "actions": actions}

        def answered(item: Any) -> None:
            if call_id != self._asked:
                return
            decision = ANSWERS.get(str(item.get("title"))) if isinstance(item, dict) else None
            if decision is not None:
                self._decide(call_id, decision)
            else:
                # It can still be decided in the chat.
                self._asked = ""
                self._ask_next()

        self._client.request("window/showMessageRequest", params, answered, Limits().approval_seconds)
