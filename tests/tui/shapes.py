"""Answers of the server as values, for tests of what is made of them."""

from __future__ import annotations

from typing import Any

from lsp_llm.commands.chat_shapes import ChatShape, MessageShape, Sent, UsageShape

USAGE = UsageShape(9, 3, 0, 0, 0)
PRICED = UsageShape(9, 3, 0, 0, 0, 0.5)


def question(message_id: str, text: str) -> MessageShape:
    return MessageShape(message_id, "user", text)


def answer(message_id: str, text: str, **fields: Any) -> MessageShape:
    return MessageShape(message_id, "assistant", text, **{"model": "m", "status": "done", "usage": USAGE, **fields})


def chat(*messages: MessageShape, chat_id: str = "c", title: str = "Talk", preset: str = "") -> ChatShape:
    return ChatShape(chat_id, title, preset, messages, ())


def sent(text: str, *, chat_id: str = "c") -> Sent:
    return Sent(chat_id, "a", text, "stop", USAGE)
