"""What is wrong with a setting and where; it holds no value of a setting, so that no secret can leak through it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

KeyPath = tuple[str, ...]

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one key, before anyone knows where that key was written."""

    path: KeyPath
    message: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one source; `line` counts from 1 and is None where the source has no lines."""

    source: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return ": ".join(part for part in (place, self.key, self.message) if part)


def dotted(path: KeyPath) -> str:
    """The path as TOML writes it: parts joined by dots, quoted where a bare key would not do."""
    parts = (key if BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False) for key in path)
    # A lone surrogate, which JSON can spell and UTF-8 cannot, would break the log that this ends up in.
    return ".".join(parts).encode("utf-8", "backslashreplace").decode("utf-8")
