"""The parts of one Gemini answer as the host wants them back; it reads only what it needs to put them together.

A thought's signature goes back on the very part that it came on, be that empty. Only unsigned text is joined.
"""

from __future__ import annotations

from typing import Any, Final

from lsp_llm.stream.surrogates import well_formed

_PLAIN: Final = frozenset({"text", "thought"})


class Parts:
    """All parts, in the order in which they came."""

    def __init__(self) -> None:
        self._all: list[dict[str, Any]] = []
        self._run: list[str] = []
        self._is_opaque = False

    def add_text(self, part: dict[str, Any]) -> None:
        """A part with text; one that has nothing else beside it continues the one before."""
        if not part.keys() <= _PLAIN:
            self.add(part)
        elif self._run and bool(self._all[-1].get("thought")) is bool(part.get("thought")):
            self._run.append(part["text"])
        elif part["text"]:
            self._close_run()
            self._all.append(dict(part))
            self._run = [part["text"]]

    def add(self, part: dict[str, Any]) -> None:
        """Any other part, word for word."""
        self._close_run()
        self._all.append(part)
        self._is_opaque = True

    def to_replay(self) -> list[dict[str, Any]]:
        """The answer as the host wants it back; empty where its text alone says as much."""
        self._close_run()
        return self._all if self._is_opaque else []

    def _close_run(self) -> None:
        if self._run:
            self._all[-1]["text"] = well_formed("".join(self._run))
            self._run = []
