"""Edits that tools propose: shown as a difference, asked for where calls wait for the user, then made; decides nothing.

A proposal waits under an id of its own, because the call that it comes from was told before it was known what it wants.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.tools.approval import Claim, Policy
from lsp_llm.tools.base import Outcome, Proposal
from lsp_llm.tools.desk import Desk
from lsp_llm.tools.results import refusal

TOOL = "edit_file"


class Hands(Protocol):
    """Where changes of files are shown and made."""

    def show(self, name: str, proposal: Proposal) -> None:
        """Show what would become of the file."""
        ...

    async def make(self, proposal: Proposal) -> Outcome:
        """Make the change, where the text is still the one that was meant."""
        ...


class AskedEdits:
    """The edits of one chat (the `Edits` port of tools)."""

    def __init__(self, hands: Hands, desk: Desk, policy: Policy) -> None:
        self._hands = hands
        self._desk = desk
        self._policy = policy
        self._count = 0

    async def propose(self, proposal: Proposal) -> Outcome:
        """Show it, wait for the user, and make it when it is accepted."""
        if self._policy == "ask":
            self._count += 1
            name = f"edit-{self._count}"
            self._hands.show(name, proposal)
            if said := refusal(await self._desk.verdict(_as_call(name, proposal), Claim(TOOL), self._policy)):
                return Outcome("declined", said)
        return await self._hands.make(proposal)


def _as_call(name: str, proposal: Proposal) -> ToolCall:
    old = "" if proposal.text is None else proposal.text[proposal.start : proposal.end]
    said = {"path": proposal.path, "old_text": old, "new_text": proposal.replacement}
    return ToolCall(name, TOOL, msgspec.json.encode(said).decode())
