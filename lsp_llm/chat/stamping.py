"""When a turn was made, and a name for it that no other turn of its chat has; it keeps nothing."""

from __future__ import annotations

import datetime
import secrets


def now() -> str:
    """The time as ISO 8601 in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def new_message_id() -> str:
    """A name for a turn, with 32 random bits."""
    return f"m-{secrets.token_hex(4)}"
