"""How each client is served: one row a client, every value with its reason; the only place where clients have names.

Measured 2026-11 with the real programs. A client that is not here gets the safe default: its version is sent, an echo
is waited for, and after half a second without one "applied" is taken at its word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lsp_llm.jobs.edit_policy import EditPolicy

if TYPE_CHECKING:
    from lsp_llm.config.settings import ClientEdits


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client: how its edits are confirmed, and its quirks."""

    name: str
    """`clientInfo.name`; compared without regard to case."""
    policy: EditPolicy
    below: tuple[int, ...] = ()
    """Only versions lower than this; () for all."""
    wants_full_sync: bool = False
    """didChange may come out of order: the whole text with a version is the only thing to trust."""
    takes_version_0_for_none: bool = False
    """An edit for version 0 is applied wherever the buffer is by then; version 1 is checked like any other."""
    reports_when_refreshed: bool = False
    """didChange is held back, but sent at once when the client is asked to refresh its diagnostics."""
    cursor_is_a_character: bool = False
    """The cursor is sent as a selection of one character."""


UNKNOWN = ClientRow("", EditPolicy())

# "Applied" is no proof: a stale edit is dropped and answered with "applied". The echo comes when typing pauses.
_NEOVIM = EditPolicy(applied_is_proof=False, trust_after_seconds=None)
# A stale edit is refused, one that was applied is echoed: answer and echo together decide.
_STRICT = EditPolicy(applied_is_proof=True, trust_after_seconds=None)
# Versions are ignored: an edit lands wherever its lines and columns are by then.
_UNVERSIONED = EditPolicy(sends_version=False, applied_is_proof=True, trust_after_seconds=None, may_land_elsewhere=True)

CLIENTS: tuple[ClientRow, ...] = (
    ClientRow("Neovim", _NEOVIM, below=(0, 12), takes_version_0_for_none=True),
    # 0.12 flushes the pending didChange when it is asked to refresh its diagnostics: 436 edits a second instead of 7.
    ClientRow("Neovim", _NEOVIM, takes_version_0_for_none=True, reports_when_refreshed=True),
    # Before 25.07 fast typing arrives out of order (5 to 7 of 270 keys).
    ClientRow("helix", _STRICT, below=(25, 7), wants_full_sync=True, cursor_is_a_character=True),
    ClientRow("helix", _STRICT, cursor_is_a_character=True),
    ClientRow("Visual Studio Code", _STRICT),
    ClientRow("code-server", _STRICT),
    # A stale edit is an error; typing that was not sent yet is not counted, so "applied" does not say where.
    ClientRow("Eglot", replace(_STRICT, may_land_elsewhere=True)),
    ClientRow("emacs", _STRICT),
    # vim-lsp reports nothing until the user does something.
    ClientRow("vim-lsp", replace(_UNVERSIONED, trust_after_seconds=0)),
    # yegappan/lsp reports the full text at once.
    ClientRow("Vim", _UNVERSIONED),
)


def client_row(name: str, version: str) -> ClientRow:
    """The row of a client."""
    return next((row for row in CLIENTS if _fits(row, name, version)), UNKNOWN)


def with_own(policy: EditPolicy, own: ClientEdits) -> EditPolicy:
    """A row's policy with what the client's user states in `edits.client` on top."""
    if own.version is not None:
        policy = replace(policy, sends_version=own.version == "current")
    if own.echo is not None:
        policy = replace(policy, trust_after_seconds=0.0 if own.echo == "trust" else None)
    if own.minimum_interval_ms is not None:
        policy = replace(policy, minimum_interval_seconds=own.minimum_interval_ms / 1000)
    return policy


def _fits(row: ClientRow, name: str, version: str) -> bool:
    if row.name.lower() != name.lower():
        return False
    return not row.below or tuple(map(int, re.findall(r"\d+", version)[:2])) < row.below
