"""Marks the beginning of an answer that the host is to go on from, where a host wants such a mark; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lsp_llm.exchange.messages import Message, Replay
from lsp_llm.providers.openai_chat_wire import DIALECT


def with_prefill_mark(messages: tuple[Message, ...], mark: Mapping[str, Any]) -> tuple[Message, ...]:
    """The same turns; where the last is the assistant's, it carries a provider's `prefill` in the OpenAI chat dialect.

    The other dialects need no mark and do not see it.
    """
    if not mark or not messages or messages[-1].role != "assistant" or messages[-1].replay is not None:
        return messages
    return (*messages[:-1], replace(messages[-1], replay=Replay(DIALECT, dict(mark))))
