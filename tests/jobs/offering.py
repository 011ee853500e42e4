"""A world with offers: a user who takes, drops and puts back changes of them, and closes and reopens the document.

What became of each change is kept by what the user wished, in the order in which the wishes reached the server. An edit
on its way to a document that is closed and opened again before it arrives finds no document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    Answered,
    ApplyEdit,
    ChangeRequested,
    Decided,
    DocumentClosed,
    EditAnswered,
    Event,
    OfferDropped,
    OfferRequested,
    RestoreRequested,
)
from lsp_llm.jobs.edit_session import EditSession
from lsp_llm.status.events import Finished
from lsp_llm.text.diffing import diff
from lsp_llm.text.document import Document, split_lines
from tests.fakes.editor import Cell, Editor, PointEdit, Reply, Report
from tests.jobs.interleaving import World
from tests.jobs.script import OFFERING, Script, Step
from tests.jobs.scripts import is_typed

FLIGHTS = 1_000_000
"""What parts the numbers of flights in a document from those after it was opened anew."""
REOPENED = "reopened with another text"

Wish = Literal["open", "taken", "left", "either", "undone"]
"""What the user wished last; *either* where an edit may have landed untold, *undone* where it may have been undone."""


class ReopeningEditor(Editor):
    """An editor that opens its document anew."""

    opening = 0

    def open_again(self, *, from_disk: bool) -> None:
        self.opening += 1
        if from_disk:
            self.gone += [cell for cell in self.cells if cell not in set(self._disk)]
            self.has_turned_back |= self.cells != self._disk
            self.cells = list(self._disk)
        self._undo, self._redo, self._splices = [], [], []
        self._texts_before_edits, self._is_server_step_open = set(), False
        self._reported, self._reported_cells = self.text, set(self.cells)
        self.version, self.is_open = self.profile.first_version, True
        self._timer += 1

    def take_edit(self, flight: int, edits: Sequence[PointEdit], version: int | None) -> bool:
        if flight // FLIGHTS != self.opening:
            self._send(Reply(flight, Answered.REFUSED, "not open"))
            return False
        return super().take_edit(flight, edits, version)


class OfferWorld(World):
    """Runs a script in which jobs offer."""

    editor_type = ReopeningEditor
    editor: ReopeningEditor

    def __init__(self, script: Script) -> None:
        self.wishes: dict[int, list[Wish]] = {}
        self._unsure: set[tuple[int, int]] = set()
        """Changes whose edits may have landed, untold, before the document was closed."""
        self._dropped: set[int] = set()
        """Offers that nobody wanted any more before they could be made."""
        self._opening = 0
        self._former: EditSession | None = None
        self._fed: EditSession | None = None
        self._untrue: list[str] = []
        super().__init__(script)

    def run(self) -> World:
        super().run()
        self.note(".. nobody waits any more")
        for number in sorted(self._offers & self._begun):
            self._drop(number, 0)
        self._time.drain()
        self._come_to_rest()
        return self

    @property
    def _offers(self) -> set[int]:
        return {number for number, job in enumerate(self.script.jobs) if job.ending in OFFERING}

    def is_protected(self, cell: Cell) -> bool:
        return cell.char not in self.shown_letters and super().is_protected(cell)

    # --- the laws -----------------------------------------------------------------------------------------------------

    def shown(self, number: int) -> list[Sequence[str]]:
        if number not in self.pieces:
            return super().shown(number)
        wishes = iter(self.wishes[number])
        return [
            (before,) if after is None else _texts(before, after, next(wishes)) for before, after in self.pieces[number]
        ]

    def is_called_off(self, number: int) -> bool:
        return number in self._dropped or super().is_called_off(number)

    def undecided(self) -> list[str]:
        found = list(self._untrue)
        for number in self._offers & self._begun:
            said = [each for each in self.decided if each.job_id == str(number)]
            wanted = int(number in self.wishes)
            if number in self._dropped and wanted:
                found.append(f"offer {number} came although it was dropped")
            if len(said) != wanted:
                found.append(f"offer {number} was decided {len(said)} times: {self.outcomes.get(number)}")
            elif not wanted and isinstance(self.outcomes.get(number), Finished | None):
                found.append(f"nobody was told of offer {number}")
        if self.session.jobs.offered():
            found.append(f"still offered: {self.session.jobs.offered()}")
        return found

    # --- the script ---------------------------------------------------------------------------------------------------

    def _start(self, number: int, start: int, end: int) -> None:
        job = self.script.jobs[number]
        if job.ending not in OFFERING:
            super()._start(number, start, end)
            return
        self.session.start(str(number), start, end, "preview")
        if job.ending == "offer":
            self._handle(OfferRequested(str(number), job.answer))
        elif job.ending == "make":
            self._handle(ChangeRequested(str(number), job.answer))

    def _speak(self, number: int, chunk: object) -> None:
        if self.script.jobs[number].ending not in ("offer", "make"):
            super()._speak(number, chunk)  # type: ignore[arg-type]

    def _finish(self, number: int) -> None:
        if self._is_following:
            super()._finish(number)

    def _act(self, step: Step) -> None:
        match step.kind:
            case "take" | "drop" | "put back":
                self.note(f".. user: {step.kind} {step.job} {step.length}")
                self._time.carry("to server", lambda: self._choose(step))
            case "reopen":
                if not self.editor.is_open:
                    self.note(f".. user: {step.kind}")
                    self.editor.open_again(from_disk=bool(step.length))
                    text = self.editor.text
                    self._time.carry("to server", lambda: self._take_open(text))
            case _:
                super()._act(step)
                if step.kind in ("undo", "redo", "revert"):
                    self._turn_back()

    def _turn_back(self) -> None:
        """What was taken may be undone, and what was put back too, until it is put back again; not what was dropped."""
        for number, wishes in self.wishes.items():
            for place, wish in enumerate(wishes):
                is_dropped = f"{number}.{place + 1}" not in self.session.jobs.jobs
                if wish == "taken" or (wish == "left" and not is_dropped):
                    wishes[place] = "undone"

    # --- the choices --------------------------------------------------------------------------------------------------

    def _choose(self, step: Step) -> None:
        number = (step.job or 0) % len(self.script.jobs)
        wishes = self.wishes.get(number, [])
        meant = [step.length - 1] if step.length else list(range(len(wishes)))
        meant = [place for place in meant if place < len(wishes)]
        is_open = any(wishes[place] == "open" for place in meant)
        hunk = step.length or None
        self.note(f"-> {step.kind} {number} {hunk}: {wishes}")
        match step.kind:
            case "take" if is_open and self._is_following:
                self._wish(number, meant, "taken")
                self._handle(AcceptRequested(str(number), hunk))
            case "put back" if meant and self._is_following and str(number) in self.session.jobs.jobs:
                for place in meant:
                    if f"{number}.{place + 1}" in self.session.jobs.jobs:
                        wishes[place] = "left"
                self._handle(RestoreRequested(str(number), hunk))
            case "drop" | "put back" if number in self.wishes or self.script.jobs[number].ending != "preview":
                self._drop(number, step.length)

    def _drop(self, number: int, hunk: int) -> None:
        wishes = self.wishes.get(number, [])
        if number not in self.wishes and not hunk and str(number) in self.session.jobs.jobs:
            self._dropped.add(number)
        self._wish(number, [hunk - 1] if 0 < hunk <= len(wishes) else list(range(len(wishes))), "left")
        name = f"{number}.{hunk}" if hunk else str(number)
        for session in (self.session, self._former):
            if session is not None:
                self._feed(session, OfferDropped(name))

    def _wish(self, number: int, places: list[int], wish: Wish) -> None:
        for place in places:
            if self.wishes[number][place] == "open":
                is_unsure = wish == "left" and (number, place) in self._unsure
                self.wishes[number][place] = "either" if is_unsure else wish

    # --- the wire -----------------------------------------------------------------------------------------------------

    def _feed(self, session: EditSession, event: Event) -> None:
        if isinstance(event, EditAnswered):
            event = replace(event, flight=event.flight % FLIGHTS)
        self._fed, known = session, len(self.decided)
        super()._feed(session, event)
        for number in self._offers - set(self.wishes):
            job = session.jobs.jobs.get(str(number))
            if job is not None and job.phase == "ended" and job.outcome == Finished():
                self._learn(number, self.document.slice(*job.borders))
        for said in self.decided[known:]:
            self._compare(said, may_be_untold=not isinstance(event, DocumentClosed))

    def _compare(self, said: Decided, *, may_be_untold: bool) -> None:
        """What is told of an offer is what the user wished; where an edit may have landed untold, either will do.

        But the document has the last word: a change whose letters the user has deleted may be there no more, and one
        that only takes what the user has deleted is there however they decide.
        """
        number = int(said.job_id)
        wishes = self.wishes[number]
        cut = {cell.char for cell in self.editor.gone}
        changes = [(set(before), set(after)) for before, after in self.pieces[number] if after is not None]
        least = sum(wish == "taken" and not after & cut for wish, (_, after) in zip(wishes, changes, strict=True))
        most = wishes.count("taken") + wishes.count("undone") + (wishes.count("either") if may_be_untold else 0)
        most += sum(
            wish == "left" and not after and before <= cut
            for wish, (before, after) in zip(wishes, changes, strict=True)
        )
        if not (0 if said.reason else least) <= said.taken <= most or said.taken + len(said.left) != len(wishes):
            self._untrue.append(f"{said} is not {wishes}")

    def _learn(self, number: int, text: str) -> None:
        """It is whole, and its changes are those between what stands there and the answer."""
        old, new = split_lines(text), split_lines(self.script.jobs[number].answer)
        pieces: list[tuple[str, str | None]] = []
        at = 0
        hunks = diff(old, new)
        for hunk in hunks:
            pieces.append((_without_typed(old[at : hunk.old_start]), None))
            before, after = old[hunk.old_start : hunk.old_end], new[hunk.new_start : hunk.new_end]
            pieces.append((_without_typed(before), "".join(after)))
            at = hunk.old_end
        if self.script.jobs[number].ending != "make":
            self.shown_letters |= {char for char in text if is_typed(char)}
        self.pieces[number] = [*pieces, (_without_typed(old[at:]), None)]
        wish: Wish = "taken" if self.script.jobs[number].ending == "make" else "open"
        self.wishes[number] = [wish for _ in hunks]

    def _send_edit(self, effect: ApplyEdit) -> None:
        assert self._fed is self.session, "a session of a document that was closed sends an edit"
        super()._send_edit(replace(effect, flight=effect.flight + FLIGHTS * self._opening))

    def _tell_server(self, message: Report | Reply) -> None:
        opening = self.editor.opening
        # Nothing overtakes the opening of its own document.
        overtakes = self.profile.does_overtake and isinstance(message, Report) and opening == self._opening
        carry = self._time.carry_loosely if overtakes else self._time.carry
        carry("to server", lambda: self._take_of(opening, message))

    def _take_of(self, opening: int, message: Report | Reply) -> None:
        if opening == self._opening:
            self._take_message(message)

    def _take_close(self) -> None:
        for number, wishes in self.wishes.items():
            for place, wish in enumerate(wishes):
                job = self.session.jobs.jobs.get(f"{number}.{place + 1}")
                if wish != "open" and (job is None or job.phase != "ended" or self.session._trust):
                    wishes[place] = "left" if job is None and wish == "left" else "either"
        taking = self.session.jobs.taking()
        super()._take_close()
        self._awaited.clear()
        known, offered = set(self.session.jobs.jobs), set(self.session.jobs.offered())
        self._untrue += [f"{each} was given up" for each in taking if each in known - offered]
        for change in offered:
            if self.script.jobs[int(change.partition(".")[0])].ending == "make":
                self._untrue.append(f"{change}, which nobody was asked for, is offered")
        for number, wishes in self.wishes.items():
            for place, wish in enumerate(wishes):
                if f"{number}.{place + 1}" in offered:
                    self._unsure |= {(number, place)} if wish == "either" else set()
                    wishes[place] = "open"
                elif wish == "open":
                    wishes[place] = "left"

    def _take_open(self, text: str) -> None:
        former, before = self.session, self.document.text
        self._opening, self.version = self.editor.opening, self.profile.first_version
        self.document = Document(text)
        self.session = EditSession(self.document, self._shown_version(), self.profile.policy)
        self._is_following = True
        self.note(f"-> didOpen {text!r}")
        if before == text:
            self.session.take_over(former)
            self._unsure.clear()
            return
        self._former = former
        for number in sorted(self._offers & self._begun):
            if str(number) in former.jobs.jobs or number in self.wishes:
                self._wish(number, list(range(len(self.wishes.get(number, [])))), "left")
                self._feed(former, OfferDropped(str(number), REOPENED))


def _texts(before: str, after: str, wish: Wish) -> Sequence[str]:
    match wish:
        case "taken":
            return (after,)
        case "either" | "undone":
            return (before, after)
        case _:
            return (before,)


def _without_typed(lines: Sequence[str]) -> str:
    return "".join(char for char in "".join(lines) if not is_typed(char))
