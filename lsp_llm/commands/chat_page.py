"""The place in an open chat document where an answer goes (the `Page` port of chats), while its user types elsewhere.

With the first words a heading for the user's next turn comes below them, so that whatever is typed at the document's
end from then on is that turn. It decides nothing about what is written.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.loop import Send
from lsp_llm.chat.turn_writer import heading_of
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.errors import LspLlmError
from lsp_llm.jobs.ports import Target
from lsp_llm.jobs.runner import Runner
from lsp_llm.jobs.writing import Writing
from lsp_llm.status.events import Finished, Message, Outcome, Status

STOP_SECONDS: Final = 0.5
"""Whoever sends again right after a stop finds the place free; an editor that answers nothing holds up no stop."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where an answer goes: what it replaces between two offsets, what closes an open block before it.

    `invitation` is the next turn's heading, empty where there is one already.
    """

    start: int
    end: int
    closing: tuple[str, ...] = ()
    invitation: str = ""


def slot_below(chat: OpenChat, place: int) -> Slot:
    """What stands below the heading of the last answer, down to its end."""
    heading = chat.parsed.first_line(place)
    start = chat.document.offset(heading, len(chat.document.lines[heading]))
    return replace(slot_behind(chat, place, place), start=start, closing=())


def slot_behind(chat: OpenChat, first: int, last: int) -> Slot:
    """The place behind the turn `first`, with its notes and the answers down to the turn `last` in it."""
    parsed, document = chat.parsed, chat.document
    start, end = chat.end_of_words(first), chat.end_of(last)
    if last < len(parsed) - 1:
        return Slot(start, end)
    line_end = document.line_end
    ends_behind = len(document.lines) - 1 - chat.last_line_of(last)
    invitation = line_end.join(["", "", heading_of(Turn("", "user"))]) + line_end * max(0, 2 - ends_behind)
    return Slot(start, end, tuple(parsed.closing_lines) if first == last else (), invitation)


class DocumentPage:
    """One answer's place, from the moment it is asked for; `stopped` is told when the user takes it away."""

    def __init__(
        self,
        runner: Runner,
        chat: OpenChat,
        slot: Slot,
        job_id: str,
        tell: Callable[[Status], None],
        stopped: Callable[[str], object],
    ) -> None:
        """Raises UserError where another job is writing."""
        self._line_end = chat.document.line_end
        self._slot = slot
        self._tell = tell
        self._stopped = stopped
        self._there = asyncio.get_running_loop().create_future()
        self._held = ""
        """The last line end, which belongs before what follows and nowhere where nothing does."""
        self._is_begun = self._is_closed = False
        target = chat.cursor(slot.start)
        # At the same place, the one that was first is above.
        self._writing = runner.lend(job_id, replace(target, end=slot.end), self)
        self._invitation = _Invitation(runner, f"{job_id}.0", chat.cursor(slot.end)) if slot.invitation else None

    # --- page ---------------------------------------------------------------------------------------------------------

    @property
    def line_end(self) -> str:
        """That of the document."""
        return self._line_end

    def begin(self, turn: Turn) -> None:
        """A turn of this role and model begins; the empty one of the user's is there already."""
        if turn.role == "user" and turn.is_empty:
            return
        heading = ["", heading_of(turn), "", ""]
        if not self._is_begun:
            self._is_begun = True
            heading = self._first(heading)
            if self._invitation is not None:
                self._invitation.write(self._slot.invitation)
                self._invitation = None
        self.add(self._line_end.join(heading))

    def _first(self, heading: list[str]) -> list[str]:
        """The lines above the first words; the first of them ends the line that is there."""
        return ["", *self._slot.closing, *heading]

    def add(self, text: str) -> None:
        """More of the turn."""
        text = self._held + text
        self._held = self._line_end if text.endswith(self._line_end) else ""
        self._put(text.removesuffix(self._line_end))

    def _put(self, text: str) -> None:
        self._writing.write(text)

    def settle(self) -> None:
        """The turn is whole; it is the editor that saves it."""

    async def take(self, send: Send) -> None:
        """Have a send written here; returns, or raises LspLlmError, when all of it is in the document."""
        try:
            await self._run(send)
        except asyncio.CancelledError:
            await self._shown(STOP_SECONDS)
            raise
        except LspLlmError:
            await self._shown()
            raise
        await self._shown()

    async def _shown(self, limit_seconds: float | None = None) -> None:
        """Return when all of it is in the document, or the time is over."""
        self.close()
        await asyncio.wait({self._there}, timeout=limit_seconds)

    async def _run(self, send: Send) -> None:
        await send.run()

    def close(self) -> None:
        """Nothing more comes."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._invitation is not None:
            self._invitation.stop()
        if self._is_begun:
            self._writing.end()
        else:
            self._leave()

    def _leave(self) -> None:
        """Nothing has come."""
        self._writing.stop()

    # --- holder -------------------------------------------------------------------------------------------------------

    def told(self, status: Status) -> None:
        """What the user should know of the editor; how the answer goes is told by the chat itself."""
        if isinstance(status, Message):
            self._tell(status)

    def settled(self, outcome: Outcome) -> None:
        """All of it is there; or the user deleted it, closed the document, or the editor takes no edits."""
        if not self._there.done():
            self._there.set_result(None)
        if not self._is_closed:
            self._is_closed = True
            self._stopped("" if isinstance(outcome, Finished) else outcome.reason)


class LatePage(DocumentPage):
    """The place of an answer that goes on below the heading that it has."""

    async def _run(self, send: Send) -> None:
        await send.go_on()

    def _first(self, heading: list[str]) -> list[str]:
        return ["", "", ""]


class _Invitation:
    """Writes the next turn's heading, which then is the user's."""

    def __init__(self, runner: Runner, job_id: str, target: Target) -> None:
        self._writing: Writing = runner.lend(job_id, target, self)

    def write(self, text: str) -> None:
        self._writing.write(text)
        self._writing.end()

    def stop(self) -> None:
        self._writing.stop()

    def told(self, status: Status) -> None:
        """The answer's own place tells it too."""

    def settled(self, outcome: Outcome) -> None:
        self._writing.give_away()
