"""A simulated editor: every habit of a measured client is a value of its `Profile`; time is virtual, nothing sleeps.

The buffer is a row of cells. Each cell knows who wrote it, so that a test can tell to the letter what a server edit
took away and whose text is left. The editor speaks in points (line, column), as LSP does: a stale edit lands where its
point now is, not where its text went. It never looks at the server.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import Literal, NamedTuple

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy

LINE_ENDS = "\r\n"

Point = tuple[int, int]
PointEdit = tuple[Point, Point, str]


class Owner(Enum):
    ORIGINAL = "original"
    SERVER = "server"
    USER = "user"


class Cell(NamedTuple):
    """One code point; an original's serial is its place in the text that was opened, later serials grow."""

    char: str
    owner: Owner
    serial: int


class Splice(NamedTuple):
    """`buffer[start:end]` gives way to `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Profile:
    """How one client behaves; times in milliseconds."""

    name: str
    policy: EditPolicy
    stale: Literal["dropped", "refused", "error", "applied"]
    report: Literal["exact", "minimal", "full"]
    typing_ms: int = 0
    """How long the user's changes wait before they are reported."""
    echo_ms: int = 0
    """The same for a server edit."""
    does_each_change_restart_the_wait: bool = False
    does_answer_come_first: bool = True
    does_echo_wait_for_the_user: bool = False
    does_version_count_reports: bool = False
    """The version does not cover what is not reported yet, so that an edit on top of unsent keys is accepted."""
    does_overtake: bool = False
    """Reports may overtake one another on their way."""
    is_undo_joined: bool = False
    """Server edits and the typing before them are one undo step."""
    is_line_past_the_end_ignored: bool = False
    first_version: int = 0
    version_steps: tuple[int, ...] = (1,)
    silence_per_mille: int = 0
    """How many edits in a thousand are never answered."""


@dataclass(frozen=True)
class Report:
    """A didChange: splices one after the other, or the full text; `text` is the buffer that it stands for."""

    version: int
    text: str
    splices: tuple[Splice, ...] | None


@dataclass(frozen=True)
class Reply:
    """The answer to a workspace/applyEdit."""

    flight: int
    answered: Answered
    reason: str = ""


Message = Report | Reply
Later = Callable[[int, Callable[[], None]], None]
"""Calls back after so many milliseconds."""


class Editor:
    """One buffer, its undo history, and what it has told the server."""

    def __init__(
        self,
        text: str,
        profile: Profile,
        send: Callable[[Message], None],
        later: Later,
        chance: Callable[[int], int],
        is_protected: Callable[[Cell], bool],
    ) -> None:
        self.profile = profile
        self.cells = [Cell(char, Owner.ORIGINAL, place) for place, char in enumerate(text)]
        self.version = profile.first_version
        self.is_open = True
        self.lost: list[Cell] = []
        """Cells that server edits took away."""
        self.has_lost_unseen = False
        """Whether one of these was the user's and had not been reported, so that no server could know of it."""
        self.gone: list[Cell] = []
        """Cells that the user took away."""
        self.shared_line_ends: set[Cell] = set()
        """Line ends that are not the user's and have stood behind the user's words."""
        self._line_ends: dict[Cell, Cell] = {}
        """The original line end behind what the user typed behind an original letter."""
        self.joined: list[Cell] = []
        """Those of them that server edits took from behind such words."""
        self.has_turned_back = False
        """Whether the user undid, redid or reverted anything, be it by hand: no report tells an undo of a server edit
        from a deletion that leaves the text as it was before the edit."""
        self.has_reverted = False
        self._reported = text
        self._splices: list[Splice] = []
        self._reported_cells = set(self.cells)
        self._serial = count(len(text))
        self._undo: list[list[Cell]] = []
        self._redo: list[list[Cell]] = []
        self._texts_before_edits: set[str] = set()
        self._is_server_step_open = False
        self._disk = list(self.cells)
        self._timer = 0
        self._send, self._later, self._chance, self._is_protected = send, later, chance, is_protected

    @property
    def text(self) -> str:
        return "".join(cell.char for cell in self.cells)

    @property
    def has_unsent(self) -> bool:
        return self.text != self._reported or bool(self._splices)

    # --- the user -----------------------------------------------------------------------------------------------------

    def replace(self, start: int, end: int, text: str) -> None:
        """Type, delete or paste."""
        self.format([Splice(start, end, text)])

    def format(self, splices: Sequence[Splice]) -> None:
        """Many small edits as one step, last place first; a full or minimal report makes one change of them."""
        splices = [splice for splice in splices if splice.end > splice.start or splice.text]
        if not splices:
            return
        self._remember()
        self._is_server_step_open = False
        for start, end, text in splices:
            self.gone += self.cells[start:end]
            self._splice(start, end, text, Owner.USER)
        self.has_turned_back |= self.text in self._texts_before_edits
        self._changed(self.profile.typing_ms)

    def undo(self) -> None:
        if self._undo:
            self._redo.append(self.cells)
            self._swap(self._undo.pop())

    def redo(self) -> None:
        if self._redo:
            self._undo.append(self.cells)
            self._swap(self._redo.pop())

    def save(self) -> None:
        self._disk = list(self.cells)

    def revert(self) -> None:
        self._remember()
        self.has_reverted = True
        self._swap(self._disk)

    def close(self) -> None:
        self.is_open = False

    def touch(self) -> None:
        """The user moves the cursor: what waits for activity is reported."""
        self._later(1, self.flush)

    # --- the server ---------------------------------------------------------------------------------------------------

    def take_edit(self, flight: int, edits: Sequence[PointEdit], version: int | None) -> bool:
        """A workspace/applyEdit has come; whether it was carried out."""
        if not self.is_open:
            self._send(Reply(flight, Answered.REFUSED, "not open"))
            return False
        is_stale = version is not None and version != self.version and not self._is_untouched_at(version)
        carried_out = not is_stale or self.profile.stale == "applied"
        if carried_out and not self.profile.does_answer_come_first:
            self._carry_out(edits)
        if self._chance(1000) >= self.profile.silence_per_mille:
            self._send(self._reply(flight, is_stale))
        if carried_out and self.profile.does_answer_come_first:
            self._carry_out(edits)
        return carried_out

    def _is_untouched_at(self, version: int) -> bool:
        # A Neovim buffer that was opened at version 0 and never changed takes any version.
        return self.profile.stale == "dropped" and version == 1 and self.version == 0

    def _reply(self, flight: int, is_stale: bool) -> Reply:
        if not is_stale or self.profile.stale in ("dropped", "applied"):
            return Reply(flight, Answered.APPLIED)
        return Reply(flight, Answered.REFUSED, "stale" if self.profile.stale == "error" else "")

    def _carry_out(self, edits: Sequence[PointEdit]) -> None:
        if not self.profile.is_undo_joined or not self._is_server_step_open:
            self._remember()
        self._is_server_step_open = True
        self._redo.clear()
        text = self.text
        self._texts_before_edits.add(text)
        splices = [self._resolve(text, edit) for edit in edits]
        for splice in reversed([splice for splice in splices if splice is not None]):
            self._splice_for_server(splice)
        if self.profile.does_echo_wait_for_the_user:
            self._bump()
        else:
            self._changed(self.profile.echo_ms)

    def _resolve(self, text: str, edit: PointEdit) -> Splice | None:
        lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)
        if self.profile.is_line_past_the_end_ignored and edit[0][0] >= len(lines):
            return None
        start, end = offset_of(lines, edit[0]), offset_of(lines, edit[1])
        return Splice(start, max(start, end), edit[2])

    def _splice_for_server(self, splice: Splice) -> None:
        """Carry it out to the letter, but where that would take what is not the server's and another choice of equal
        letters would not: which of two equal letters goes cannot be seen in the text."""
        start, end, text = splice
        if any(map(self._is_protected, self.cells[start:end])):
            while start < end and text and self.cells[start].char == text[0]:
                start, text = start + 1, text[1:]
            while start < end and text and self.cells[end - 1].char == text[-1]:
                end, text = end - 1, text[:-1]
            if not text:
                start, end = min(self._equal_places(start, end), key=lambda place: self._harm(*place))
        taken = self.cells[start:end]
        self.lost += taken
        self.joined += self._joined_by(start, end)
        self.has_lost_unseen |= any(
            cell.owner is Owner.USER and self._may_be_unseen(place) for place, cell in enumerate(taken, start)
        )
        self._splice(start, end, text, Owner.SERVER, splice)

    def _may_be_unseen(self, place: int) -> bool:
        """Whether a letter or an equal one beside it has not been reported: which of them it is cannot be seen."""
        char, low, high = self.cells[place].char, place, place
        while low > 0 and self.cells[low - 1].char == char:
            low -= 1
        while high < len(self.cells) and self.cells[high].char == char:
            high += 1
        return any(cell not in self._reported_cells for cell in self.cells[low:high])

    def _equal_places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where a deletion gives the same text."""
        places = [(start, end)]
        low, high = start, end
        while low > 0 and high > low and self.cells[low - 1].char == self.cells[high - 1].char:
            low, high = low - 1, high - 1
            places.append((low, high))
        low, high = start, end
        while high < len(self.cells) and high > low and self.cells[low].char == self.cells[high].char:
            low, high = low + 1, high + 1
            places.append((low, high))
        return places

    def _harm(self, start: int, end: int) -> int:
        return sum(map(self._is_protected, self.cells[start:end]))

    # --- reports ------------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Report what is not reported yet."""
        self._timer += 1
        if not self.is_open or not self.has_unsent:
            return
        text = self.text
        if self.profile.report == "full":
            splices = None
        elif self.profile.report == "minimal":
            splices = (smallest_splice(self._reported, text),)
        else:
            splices = tuple(self._splices)
        if self.profile.does_version_count_reports:
            self.version += 1
        self._reported, self._splices = text, []
        self._reported_cells.update(self.cells)
        self._send(Report(self.version, text, splices))

    def _changed(self, wait_ms: int) -> None:
        self._bump()
        if wait_ms == 0:
            self.flush()
        else:
            self._wait(wait_ms)

    def _wait(self, wait_ms: int) -> None:
        if self.profile.does_each_change_restart_the_wait:
            self._timer += 1
        timer = self._timer
        self._later(wait_ms, lambda: self.flush() if timer == self._timer else None)

    def _bump(self) -> None:
        if not self.profile.does_version_count_reports:
            steps = self.profile.version_steps
            # Neovim opens at 0 and goes on with b:changedtick, which is past 1 after any change.
            least = 1 if self.profile.stale == "dropped" else 0
            self.version = max(self.version, least) + steps[self._chance(len(steps))]

    # --- the buffer ---------------------------------------------------------------------------------------------------

    def _remember(self) -> None:
        self._undo.append(list(self.cells))

    def _splice(self, start: int, end: int, text: str, owner: Owner, told: Splice | None = None) -> None:
        if owner is Owner.USER:
            self._redo.clear()
        self._splices.append(told or Splice(start, end, text))
        written = [Cell(char, owner, next(self._serial)) for char in text]
        if owner is Owner.USER and written:
            self._note_words(start, end, written[-1])
        self.cells = [*self.cells[:start], *written, *self.cells[end:]]
        self._note_line_ends()

    def _note_line_ends(self) -> None:
        words = False
        for cell in self.cells:
            if words and cell.char in LINE_ENDS and cell.owner is not Owner.USER:
                self.shared_line_ends.add(cell)
            words = (cell.owner is Owner.USER and cell.char not in LINE_ENDS) or (words and cell.char == "\r")

    def _note_words(self, start: int, end: int, last: Cell) -> None:
        line_end = next((cell for cell in self.cells[end:] if cell.char in LINE_ENDS), None)
        for before in self.cells[max(0, start - 1) : start]:
            is_letter = before.owner is Owner.ORIGINAL and before.char not in LINE_ENDS
            if (is_letter or before in self._line_ends) and line_end and line_end.owner is Owner.ORIGINAL:
                self._line_ends[last] = line_end

    def _joined_by(self, start: int, end: int) -> list[Cell]:
        """The line end that goes from behind the user's words if these cells do."""
        line_end = next((cell for cell in self.cells[start:end] if cell.char in LINE_ENDS), None)
        words = self.cells[max(0, start - 1) : start]
        return [line_end for word in words if line_end and self._line_ends.get(word) == line_end]

    def _swap(self, cells: list[Cell]) -> None:
        after = set(cells)
        self.gone += [cell for cell in self.cells if cell not in after]
        self.has_turned_back = True
        self._is_server_step_open = False
        splice = smallest_splice(self.text, "".join(cell.char for cell in cells))
        self.cells = list(cells)
        if splice.end > splice.start or splice.text:
            self._splices.append(splice)
            self._changed(self.profile.typing_ms)


def offset_of(lines: Sequence[str], point: Point) -> int:
    """Clamped as most clients do: a line past the end is the end, a column past the text is the text's end."""
    line, column = point
    if line >= len(lines):
        return sum(map(len, lines))
    return sum(map(len, lines[:line])) + min(column, len(lines[line].rstrip("\r\n")))


def smallest_splice(old: str, new: str) -> Splice:
    """One range, common prefix and then common suffix trimmed: what Neovim and Eglot report."""
    start, limit = 0, min(len(old), len(new))
    while start < limit and old[start] == new[start]:
        start += 1
    same = 0
    while same < limit - start and old[len(old) - 1 - same] == new[len(new) - 1 - same]:
        same += 1
    return Splice(start, len(old) - same, new[start : len(new) - same])
