"""One editor, one session, two ordered channels and virtual time: runs a script and keeps a transcript of it.

A script is a plain value; its `repr`, pasted into a test and given to `replay`, does the same again to the letter.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import ClassVar

from lsp_llm.jobs.edit_events import (
    Answered,
    ApplyEdit,
    Decided,
    DocumentChanged,
    DocumentClosed,
    EditAnswered,
    Event,
    Offered,
    Publish,
    RestoreRequested,
    Schedule,
    Settled,
    Stop,
    StopRequested,
    StreamEnded,
    StreamFailed,
    TextArrived,
    Tick,
)
from lsp_llm.jobs.edit_session import EditSession
from lsp_llm.jobs.lifecycle import UNSHOWN
from lsp_llm.status.events import Failed, Message, Outcome
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit
from tests.fakes.editor import Cell, Editor, Owner, Profile, Reply, Report, smallest_splice
from tests.jobs.bench import is_at_rest
from tests.jobs.profiles import PROFILES
from tests.jobs.script import Chunk, Script, Step
from tests.jobs.texts import is_blind
from tests.jobs.user import User
from tests.jobs.virtual_time import VirtualTime

ANSWER_LIMIT_MS = 5000
ROUNDS_OF_REST = 60


class World:
    """Runs a script; afterwards the tests look at what is left."""

    editor_type: ClassVar[type[Editor]] = Editor

    def __init__(self, script: Script) -> None:
        profile = next(profile for profile in PROFILES if profile.name == script.profile)
        if script.typing_ms is not None:
            profile = replace(profile, typing_ms=script.typing_ms, echo_ms=min(profile.echo_ms, script.typing_ms))
        self.script = script
        self.profile: Profile = profile
        self.transcript: list[str] = []
        self.outcomes: dict[int, Outcome] = {}
        self.said: list[str] = []
        self.decided: list[Decided] = []
        self.is_hazardous = False
        """An edit was carried out where no server could know what it would meet."""
        self.is_hazard_written = False
        """Whether such an edit wrote a letter, so that its place can be seen."""
        self.taken_by_both: set[str] = set()
        """Letters that the user had deleted, untold, when an edit that was to take them too was carried out."""
        self.was_wrongly_trusted = False
        """A client of unknown habits answered "applied" to an edit that it dropped, and told of no change in time."""
        self.is_ambiguous = False
        """A report that may or may not hold our edit also held what the user typed in its region: one difference, two
        readings, for a client whose "applied" proves nothing."""
        self.shown_letters: set[str] = set()
        """What the user had typed where a change was shown that takes it away."""
        self.pieces: dict[int, list[tuple[str, str | None]]] = {}
        """What each offer was made of: text that stays, or text before and after a change."""
        self._has_sent = False
        self.landed_letters = 0
        chance = random.Random(script.seed)
        self._time = VirtualTime(chance, script.delays_ms)
        self.document = Document(script.text)
        self.editor = self.editor_type(
            script.text, profile, self._tell_server, self._time.later, chance.randrange, self.is_protected
        )
        self._user = User(script, self.editor)
        self.version = profile.first_version
        self.session = EditSession(self.document, self._shown_version(), profile.policy)
        self._awaited: set[int] = set()
        self._is_following = True
        self.was_closed = False
        self._begun: set[int] = set()
        self._stopped: set[int] = set()
        """Jobs whose stream was closed: nothing more comes of it."""
        self._schedule_script()

    def run(self) -> World:
        self._time.drain()
        self._come_to_rest()
        return self

    def _come_to_rest(self) -> None:
        """The user moves the cursor, which makes lazy clients report, and goes on typing where an edit is not shown."""
        for _ in range(ROUNDS_OF_REST):
            if is_at_rest(self.session) and not self.editor.has_unsent:
                return
            if UNSHOWN in self.said and not self.editor.has_unsent:
                self.editor.replace(len(self.editor.cells), len(self.editor.cells), "\u3007")
            self.editor.touch()
            self._time.drain()

    def restore_all(self) -> World:
        self.note(".. the user restores everything")
        for job_id in reversed(self.session.jobs.restorable()):
            self._handle(RestoreRequested(job_id))
            self._time.drain()
            self._come_to_rest()
        return self

    def shown(self, number: int) -> list[Sequence[str]]:
        """What a finished job has in the document, piece by piece: any of the texts of each."""
        return [(self.script.jobs[number].answer,)]

    def is_called_off(self, number: int) -> bool:
        """Whether it was the script that ended a job before its answer was whole."""
        return self.script.jobs[number].ending in ("stop", "restore")

    def undecided(self) -> list[str]:
        """What became of no offer, or was told wrongly, in words."""
        return []

    # --- the script ---------------------------------------------------------------------------------------------------

    def _schedule_script(self) -> None:
        for number, job in enumerate(self.script.jobs):
            self._time.at(job.begins_ms, lambda number=number: self._begin(number))  # type: ignore[misc]
            for chunk in job.chunks:
                self._time.at(chunk.at_ms, lambda number=number, chunk=chunk: self._speak(number, chunk))  # type: ignore[misc]
            last = max((chunk.at_ms for chunk in job.chunks), default=0)
            self._time.at(last + 1, lambda number=number: self._finish(number))  # type: ignore[misc]
        for step in self.script.steps:
            self._time.at(step.at_ms, lambda step=step: self._act(step))  # type: ignore[misc]

    def _begin(self, number: int) -> None:
        """A job that begins later is asked for where its text is by then, if nobody has touched it."""
        job = self.script.jobs[number]
        start, end = job.start, job.end
        if job.begins_ms:
            original = self.script.text[job.start : job.end]
            start = self.document.text.find(original)
            end = start + job.end - job.start
            if (
                self.document.text.count(original) != 1
                or not original.strip()
                or not self._is_following
                or self.session.jobs.writing_in(start, end)
            ):
                return
        self._begun.add(number)
        self.note(f".. job {number} begins on [{start}, {end})")
        self._start(number, start, end)

    def _start(self, number: int, start: int, end: int) -> None:
        self.session.start(str(number), start, end)

    def _speak(self, number: int, chunk: Chunk) -> None:
        if number not in self._begun - self._stopped:
            return
        self.note(f".. provider says {chunk.text!r} for job {number}{' anew' if chunk.restart else ''}")
        self._handle(TextArrived(str(number), chunk.text, chunk.restart))

    def _finish(self, number: int) -> None:
        ending = self.script.jobs[number].ending
        is_over = number in self._stopped and (ending != "restore" or str(number) not in self.session.jobs.jobs)
        if number not in self._begun or is_over:
            return
        self.note(f".. stream of job {number}: {ending}")
        match ending:
            case "end" | "preview":
                self._handle(StreamEnded(str(number)))
            case "fail":
                self._handle(StreamFailed(str(number), Failed("cut")))
            case "stop":
                self._handle(StopRequested(str(number)))
            case "restore":
                self._handle(RestoreRequested(str(number)))

    def is_protected(self, cell: Cell) -> bool:
        """Whether no edit of ours may take it: the user's, or the document's outside every region."""
        return cell.owner is Owner.USER or (
            cell.owner is Owner.ORIGINAL and not self.script.is_in_a_region(cell.serial)
        )

    def _act(self, step: Step) -> None:
        if not self.editor.is_open:
            return
        done = self._user.act(step)
        shown = "" if done is None else f" [{done.start}, {done.end}) -> {done.text!r}: {self.editor.text!r}"
        self.note(f".. user: {step.kind}{shown}")
        if step.kind == "close":
            self._time.carry("to server", self._take_close)
        elif step.kind not in ("save", "touch") and self.profile.does_echo_wait_for_the_user:
            self.editor.touch()

    # --- the wire -----------------------------------------------------------------------------------------------------

    def note(self, line: str) -> None:
        self.transcript.append(f"{self._time.now_ms:6} {line}")

    def _tell_server(self, message: Report | Reply) -> None:
        overtakes = self.profile.does_overtake and isinstance(message, Report)
        carry = self._time.carry_loosely if overtakes else self._time.carry
        carry("to server", lambda: self._take_message(message))

    def _take_message(self, message: Report | Reply) -> None:
        if isinstance(message, Report):
            self._take_report(message)
        elif message.flight in self._awaited:
            self._awaited.discard(message.flight)
            self.note(f"-> applyEdit #{message.flight} {message.answered.value} {message.reason}")
            self._handle(EditAnswered(message.flight, message.answered, message.reason))

    def _take_report(self, report: Report) -> None:
        if not self._is_following or report.version < self.version:
            return
        self.is_ambiguous |= (
            self._has_sent and self._user.has_edited_a_region and not self.profile.policy.applied_is_proof
        )
        self._has_sent = bool(self._awaited)
        self._user.has_edited_a_region &= report.text != self.editor.text
        self.session.before_change()
        if report.splices is None:
            splice = smallest_splice(self.document.text, report.text)
            splices = [splice] if splice.end > splice.start or splice.text else []
        else:
            splices = list(report.splices)
        changes: list[Change] = [self.document.apply(Edit(*splice)) for splice in splices]
        self.version = report.version
        told = ", ".join(f"[{splice.start}, {splice.end}) -> {splice.text!r}" for splice in splices)
        self.note(f"-> didChange v{report.version} {told}")
        assert self.document.text == report.text, "the replica is not what the editor reported"
        self._handle(DocumentChanged(changes, self._shown_version()))

    def _take_close(self) -> None:
        self._is_following, self.was_closed = False, True
        self.note("-> didClose")
        self._handle(DocumentClosed())

    def _shown_version(self) -> int:
        # Neovim takes version 0 as "any"; a changed buffer is always past 1, so 1 is never current by accident.
        return max(1, self.version) if self.profile.stale == "dropped" else self.version

    def _handle(self, event: Event) -> None:
        self._feed(self.session, event)

    def _feed(self, session: EditSession, event: Event) -> None:
        for effect in session.handle(event):
            match effect:
                case ApplyEdit():
                    self._send_edit(effect)
                case Schedule(delay_seconds, token):
                    self._time.later(int(delay_seconds * 1000), partial(self._feed, session, Tick(token)))
                case Settled(job_id, outcome):
                    self.note(f"== job {job_id} {outcome}")
                    assert int(job_id) not in self.outcomes, "a job settled twice"
                    self.outcomes[int(job_id)] = outcome
                case Publish(_, Message(text)):
                    self.said.append(text)
                    self.note(f"== says {text!r}")
                case Stop(job_id):
                    self._stopped.add(int(job_id.partition(".")[0]))
                case Publish():
                    pass
                case Offered(_, changes):
                    self.note(f"== offers {changes}")
                case Decided():
                    self.note(f"== {effect}")
                    self.decided.append(effect)

    def _send_edit(self, effect: ApplyEdit) -> None:
        base = self.document.text
        for edit, following in pairwise(effect.edits):
            assert edit.end <= following.start, "edits overlap or are not in order"
        edits = [(self.document.point(edit.start), self.document.point(edit.end), edit.text) for edit in effect.edits]
        told = ", ".join(f"[{edit.start}, {edit.end}) -> {edit.text!r}" for edit in effect.edits)
        self.note(f"<- applyEdit #{effect.flight} v{effect.version} {told}")
        self._has_sent = True
        letters = sum(len(edit.text) for edit in effect.edits)
        self._awaited.add(effect.flight)

        def arrive() -> None:
            was_blind = is_blind(base, self.editor.text, effect)
            if self.editor.take_edit(effect.flight, edits, effect.version):
                self.landed_letters += letters
                meant = "".join(base[edit.start : edit.end] for edit in effect.edits)
                self.taken_by_both |= set(meant) & {cell.char for cell in self.editor.gone}
                self.is_hazardous |= was_blind
                self.is_hazard_written |= was_blind and any(edit.text.strip() for edit in effect.edits)
                self.note(f"   #{effect.flight} lands{' BLINDLY' if was_blind else ''}: {self.editor.text!r}")
            elif self.profile.stale == "dropped":
                trust_seconds = self.profile.policy.trust_after_seconds
                self.was_wrongly_trusted |= trust_seconds is not None and self.profile.typing_ms >= trust_seconds * 1000

        def give_up() -> None:
            if effect.flight in self._awaited:
                self._awaited.discard(effect.flight)
                self._handle(EditAnswered(effect.flight, Answered.SILENT))

        self._time.carry("to editor", arrive)
        self._time.later(ANSWER_LIMIT_MS, give_up)


def replay(script: Script) -> World:
    """Run a script that a failure printed."""
    return World(script).run()
