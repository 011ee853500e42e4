"""What every part of chats calls by the same words; values alone, which cost nothing to import."""

from __future__ import annotations

from typing import Final

ENDING: Final = ".chat.md"
"""What the names of chat documents end with."""

NOT_CUT_OFF: Final = "the last answer is not one that was cut off: write a message to go on"

BUSY: Final = "an answer is coming in this chat already: wait for it, or stop it"
