"""How the edits of one client are served: a value, apart from all else because `initialize` is answered with it.

It imports nothing of the package (lsp/greeting).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EditPolicy:
    """How one client is served; every value has its reason in lsp/clients."""

    sends_version: bool = True
    applied_is_proof: bool = False
    """Whether the answer decides: an edit answered with "applied" is in the document, and no other is."""
    trust_after_seconds: float | None = 0.5
    """How long after "applied" an echo is waited for; None: for ever, 0: not at all."""
    may_land_elsewhere: bool = False
    """Whether an applied edit may lie where it was not meant to, because the version does not cover unsent keys."""
    minimum_interval_seconds: float = 0
