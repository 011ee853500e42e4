"""Edits that tools propose: each is offered in its file as a preview like any other, until the user has decided.

The user decides in the file, change by change, or on the whole of it where calls of tools are asked for. There a
proposal is asked for under the id of its job, because the call that it comes from was told before it was known what it
wants. It decides nothing.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec

from lsp_llm.commands.applying import make_file
from lsp_llm.commands.base import Services
from lsp_llm.commands.ended import take
from lsp_llm.errors import UserError
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.jobs.edit_events import Decided
from lsp_llm.jobs.ports import Target
from lsp_llm.tools.approval import Claim, Policy, Verdict
from lsp_llm.tools.base import Outcome, Proposal
from lsp_llm.tools.desk import Desk
from lsp_llm.tools.results import refusal

TOOL: Final = "edit_file"
ANY_EDIT: Final = Claim(TOOL)
CHANGED: Final = "its text has changed meanwhile; read it again"
EMPTY: Final = "the new file is there, and empty."
NOT_SAVED: Final = "it is not saved yet"
OPEN_SECONDS: Final = 30.0
"""How long an editor, or its user, has to open a file; one that does not see the server's files never will."""


class OfferedEdits:
    """The edits of one chat (the `Edits` port of tools)."""

    def __init__(self, services: Services, desk: Desk, policy: Policy, open_seconds: float = OPEN_SECONDS) -> None:
        self._services = services
        self._desk = desk
        self._policy = policy
        self._open_seconds = open_seconds

    async def propose(self, proposal: Proposal) -> Outcome:
        """Offer it, or make it at once where that is granted, and wait until it is decided."""
        try:
            found = await self._opened(proposal)
            if found.document.text != (proposal.text or ""):
                return Outcome("failed", CHANGED)
            outcome = await self._decided(proposal, *_in_whole_lines(found, proposal))
        except UserError as error:
            return Outcome("failed", str(error))
        if proposal.text is None and outcome.decision == "declined":
            return replace(outcome, reason=f"{EMPTY} {outcome.reason}")
        return outcome

    async def _opened(self, proposal: Proposal) -> Target:
        """The file as the editor has it, which is asked to open it; raises UserError."""
        open_chats, file = self._services.open_chats, Path(proposal.path)
        if (found := open_chats.at_path(file)) is not None:
            return found
        if proposal.text is None:
            make_file(file)
        shown = asyncio.Event()
        awaited = open_chats.when_open(file, lambda target: shown.set())
        self._services.pages.show_beside(file.as_uri())
        try:
            async with asyncio.timeout(self._open_seconds):
                await shown.wait()
        except TimeoutError:
            raise UserError(f"{file.name} was not opened in the editor within {self._open_seconds:g} s") from None
        finally:
            open_chats.forget(awaited)
        # The user may have typed since, or closed it again.
        if (found := open_chats.at_path(file)) is None:
            raise UserError(f"{file.name} was closed again")
        return found

    async def _decided(self, proposal: Proposal, target: Target, text: str) -> Outcome:
        runner, job_id = self._services.runner, self._services.sends.next_id()
        decided: asyncio.Future[Decided] = asyncio.get_running_loop().create_future()

        def told(said: Decided) -> None:
            if not decided.done():
                decided.set_result(said)
            # What was decided in the file answers the question too.
            self._desk.answer(job_id, "allow" if said.taken else "deny")

        try:
            if self._desk.grants(ANY_EDIT, self._policy):
                runner.make(job_id, target, text, told)
                outcome = _outcome(await decided, "approved")
                return replace(outcome, decision="made") if outcome.decision == "accepted" else outcome
            runner.offer(job_id, target, text, told)
            verdict = await self._asked(job_id, proposal, decided)
            return _outcome(await decided, verdict)
        finally:
            runner.drop(job_id)

    async def _asked(self, job_id: str, proposal: Proposal, decided: asyncio.Future[Decided]) -> Verdict:
        """Ask for the whole of it, and do as the user says, unless the file has the answer before."""
        if decided.done():
            return "approved"
        verdict = await self._desk.verdict(_as_call(job_id, proposal), ANY_EDIT, self._policy)
        if not decided.done() and verdict == "approved":
            take(self._services, job_id)
        elif not decided.done():
            self._services.runner.drop(job_id)
        return verdict


def _in_whole_lines(found: Target, proposal: Proposal) -> tuple[Target, str]:
    """The lines that the proposal changes, and what is to stand there: changes are shown line by line."""
    text = proposal.text or ""
    start = text.rfind("\n", 0, proposal.start) + 1
    end = text.find("\n", proposal.end) + 1 or len(text)
    changed = text[start : proposal.start] + proposal.replacement + text[proposal.end : end]
    return replace(found, start=start, end=end), changed


def _as_call(job_id: str, proposal: Proposal) -> ToolCall:
    old = "" if proposal.text is None else proposal.text[proposal.start : proposal.end]
    said = {"path": proposal.path, "old_text": old, "new_text": proposal.replacement}
    return ToolCall(job_id, TOOL, msgspec.json.encode(said).decode())


def _outcome(said: Decided, verdict: Verdict) -> Outcome:
    if said.taken and said.left:
        return Outcome("partly", "\n".join([*map(_shown, said.left), said.reason]).rstrip())
    if said.reason:
        return Outcome("failed", said.reason)
    if said.left:
        return Outcome("declined", refusal(verdict))
    return Outcome("accepted", NOT_SAVED)


def _shown(change: tuple[str, str]) -> str:
    before, after = change
    return "\n".join([*(f"-{line}" for line in before.splitlines()), *(f"+{line}" for line in after.splitlines())])
