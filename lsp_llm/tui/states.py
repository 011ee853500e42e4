"""Where the connection to the server stands, in words and colour; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Connecting:
    """The first attempt, or one that the user asked for."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The server has said that it is there."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection has just broken."""


@dataclass(frozen=True, slots=True)
class Reconnecting:
    """A wait before the next attempt."""

    attempt: int
    of: int


@dataclass(frozen=True, slots=True)
class Error:
    """Nothing is tried any more unless the user says so."""

    reason: str


State = Connecting | Connected | Disconnected | Reconnecting | Error


def words(state: State) -> str:
    """A state in a few words."""
    match state:
        case Connecting():
            return "Connecting"
        case Connected():
            return "Connected"
        case Disconnected():
            return "Disconnected"
        case Reconnecting(attempt, of):
            return f"Reconnecting {attempt} of {of}"
        case Error():
            return "Error"
        case _:
            assert_never(state)


def colour(state: State) -> str:
    """The class of the theme's colours: success, warning or error."""
    match state:
        case Connected():
            return "success"
        case Connecting() | Reconnecting():
            return "warning"
        case Disconnected() | Error():
            return "error"
        case _:
            assert_never(state)
