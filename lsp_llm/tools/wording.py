"""What a user is shown of a call before saying yes: all of it that a screen holds, and nothing that hides; pure."""

from __future__ import annotations

import unicodedata
from typing import Final

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.tools.approval import Claim

MAX_CHARACTERS: Final = 1500
# Characters that are not seen, or change how others are seen: a command line must not read otherwise than it runs.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


def asked(call: ToolCall, claim: Claim) -> str:
    """`tool: subject`, or the arguments where there is no subject."""
    return f"{call.name}: {_visible(claim.subject or call.arguments)}"


def _visible(text: str) -> str:
    shown = "".join(map(_character, text[:MAX_CHARACTERS]))
    left_out = len(text) - MAX_CHARACTERS
    return shown if left_out <= 0 else f"{shown} [... and {left_out} characters more, which do not fit here]"


def _character(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in _UNSEEN:
        return character
    return f"\\u{{{ord(character):x}}}"
