"""Takes every secret that this process knows out of what it writes: log, trace, history; it looks for none itself.

Secrets are known from the environment at the start, and from whoever finds more of them later.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from lsp_llm.config.secrets import Secret, redact

_ENDINGS: Final = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_PARTS: Final = ("_API_KEY_", "_TOKEN_", "_SECRET_")
SHORTEST: Final = 8
"""Shorter values are words like "none", which would make a text unreadable."""


class Redactor:
    """Call it with a text to have it without secrets."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._known = tuple(map(Secret, _in_environment(environ)))
        self._sources: list[Callable[[], Iterable[Secret]]] = []

    def also(self, source: Callable[[], Iterable[Secret]]) -> None:
        """Ask this one too, each time: it gives the secrets that it has found so far."""
        self._sources.append(source)

    def __call__(self, text: str) -> str:
        """The text without the secrets."""
        return redact(text, [*self._known, *(secret for source in self._sources for secret in source())])


def _in_environment(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if name.endswith(_ENDINGS) or any(part in name for part in _PARTS):
            yield from (secret for secret in (value, *_inside(value)) if len(secret) >= SHORTEST)


def _inside(value: str) -> Iterator[str]:
    """The secrets in a variable that holds an object, as a service key of SAP AI Core does."""
    try:
        parts: Any = json.loads(value)
    except ValueError:
        return
    if isinstance(parts, dict):
        yield from (part for name, part in parts.items() if isinstance(part, str) and "secret" in name.lower())
