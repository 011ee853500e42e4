"""What both ends of a network allow each other, in bytes and seconds."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 64 * 1024 * 1024
"""No message is longer; that is far more than any document that an editor opens."""
OPEN_SECONDS: Final = 10.0
"""How long it may take until a connection is there, and its token said."""
PING_SECONDS: Final = 20.0
"""How often the other end of a WebSocket is asked whether it is there, and how long it has to say so."""
CLOSE_SECONDS: Final = 2.0
"""How long the other end has to agree that it is over."""
