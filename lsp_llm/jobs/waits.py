"""What the edit session of a document waits for, and until which tick; it has no clock, it only asks for ticks."""

from __future__ import annotations

from typing import Literal

from lsp_llm.jobs.edit_events import Effect, Schedule

Reason = Literal["show", "retry", "rest"]
"""An editor has time to *show* an edit; after a refusal, and where a client wants edits apart, none is sent."""


class Waits:
    """One wait for each reason at most: a newer one takes the place of the one before."""

    def __init__(self, effects: list[Effect]) -> None:
        self._effects = effects
        self._tokens: dict[Reason, int] = {}
        self._count = 0

    def begin(self, reason: Reason, delay_seconds: float) -> None:
        """Wait so long, from now on."""
        self._count += 1
        self._tokens[reason] = self._count
        self._effects.append(Schedule(delay_seconds, self._count))

    def end(self, reason: Reason) -> None:
        """Wait no longer; a tick that comes all the same means nothing."""
        self._tokens.pop(reason, None)

    def is_any(self, *reasons: Reason) -> bool:
        """Whether one of these is waited for."""
        return any(reason in self._tokens for reason in reasons)

    def over(self, token: int) -> Reason | None:
        """A tick has come: gives the reason of the wait that is over, None if nothing is waited for with it."""
        for reason, awaited in self._tokens.items():
            if awaited == token:
                del self._tokens[reason]
                return reason
        return None
