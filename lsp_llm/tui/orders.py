"""What a conversation wants of the server, as values; who carries them out is another matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Decision = Literal["allow", "always", "deny"]


@dataclass(frozen=True, slots=True)
class Message:
    """What the user typed; its id is made here, so that the server takes it once."""

    message_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Create:
    """A new chat."""

    preset: str


@dataclass(frozen=True, slots=True)
class Latest:
    """Which chat was changed last."""


@dataclass(frozen=True, slots=True)
class Load:
    """The chat as its file has it."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class Send:
    """An answer to a message; without one, to what waits for it in the chat. `token` is that of its partial results."""

    chat_id: str
    message: Message | None
    preset: str
    token: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A new chat in which a message of the user's has other words."""

    chat_id: str
    message_id: str
    text: str
    preset: str
    token: str


@dataclass(frozen=True, slots=True)
class Continue:
    """More of the last answer, which was cut off."""

    chat_id: str
    preset: str
    token: str


@dataclass(frozen=True, slots=True)
class Stop:
    """No more of the answer that is coming."""

    chat_id: str


@dataclass(frozen=True, slots=True)
class Decide:
    """The user's word on a call."""

    chat_id: str
    call_id: str
    decision: Decision


Asking = Send | Branch | Continue
"""What is answered by a model."""
Order = Create | Latest | Load | Asking | Stop | Decide
Orders = tuple[Order, ...]
