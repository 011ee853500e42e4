"""What goes to a model: messages and the request that carries them; it never knows a wire format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from lsp_llm.exchange.tools import ToolCall, ToolResult, ToolSpec

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Replay:
    """An assistant's turn as its dialect wants it back, word for word: signatures, encrypted reasoning, and so on.

    `value` is JSON; it means nothing to any other dialect, which builds the turn from its text and calls.
    """

    dialect: str
    value: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; calls belong to an assistant's turn, results to a user's."""

    role: Role
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()
    replay: Replay | None = None

    def replay_for(self, dialect: str) -> Any:
        """What the dialect gave to be sent back with this turn, None if it gave nothing."""
        return self.replay.value if self.replay is not None and self.replay.dialect == dialect else None


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request for one streamed answer; `params` are the user's own and pass through as they are.

    An assistant's turn at the end is a prefill: the answer goes on from its text. `cache_key` names what stays the
    same between requests (a workspace, a chat); with it a dialect asks its host to cache the stable parts.
    """

    model: str
    messages: tuple[Message, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[ToolSpec, ...] = ()
    cache_key: str = ""


@dataclass(frozen=True, slots=True)
class FimRequest:
    """A request for the text between two others (fill in the middle)."""

    model: str
    before: str
    after: str
    params: Mapping[str, Any] = field(default_factory=dict)


def without_system(messages: Sequence[Message]) -> Iterator[Message]:
    """The same conversation for a model without a system role: that text goes before the first words of the user."""
    system = system_text(messages)
    for message in messages:
        if message.role == "system":
            continue
        if message.role == "user" and system:
            message, system = replace(message, text=f"{system}\n\n{message.text}"), ""
        yield message
    if system:
        yield Message("user", system)


def system_text(messages: Sequence[Message]) -> str:
    """The system's words, for dialects that send them apart from the turns."""
    return "\n\n".join(message.text for message in messages if message.role == "system")
