"""Names of tools that others offer, made so that every host takes them; pure."""

from __future__ import annotations

import hashlib
import re
from typing import Final

MAX_CHARACTERS: Final = 64
"""What the hosts agree on: letters, digits, `_` and `-`, beginning with a letter or `_`, at most 64."""

_TAKEN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_NOT_TAKEN: Final = re.compile(r"[^A-Za-z0-9_-]")
_DIGEST_CHARACTERS: Final = 8


def is_name(name: str) -> bool:
    """Whether every host takes it."""
    return _TAKEN.fullmatch(name) is not None


def prefixed(server: str, tool: str) -> str:
    """The name of a server's tool beside all others; different tools keep different names."""
    whole = f"{server}__{tool}"
    name = _NOT_TAKEN.sub("_", whole)
    if not name[:1].isalpha():
        name = f"_{name}"
    if name == whole and is_name(name):
        return name
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARACTERS]
    return f"{name[: MAX_CHARACTERS - _DIGEST_CHARACTERS - 1]}_{digest}"
