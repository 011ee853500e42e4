"""One job in this process, in a document that no editor shows: the server's own runner, and nobody who types.

Tokens, history and what left the machine are written down as for any job. It prints nothing and writes no document.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.cli.exit_codes import DONE, STOPPED
from lsp_llm.commands.asking import asking
from lsp_llm.commands.job import Job
from lsp_llm.commands.prompting import Prompting
from lsp_llm.config.settings import Settings
from lsp_llm.errors import UserError
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.ports import Order, StatusSink, Target
from lsp_llm.jobs.runner import Runner
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.records.history import Entry, History
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.records.left import LeftLog
from lsp_llm.records.usage import UsageLog
from lsp_llm.status.events import Cancelled, Failed, Finished, Outcome, RequestCompleted, RequestSent, Status
from lsp_llm.status.hub import Hub
from lsp_llm.status.wording import wording
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, sequential

VERSION = 1
"""Of every document: each is edited by its runner alone."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a job ended; `entry` is what the history has of it.

    `sent` and `completed` are None where it did not come so far.
    """

    outcome: Finished | Cancelled
    entry: Entry
    sent: RequestSent | None
    completed: RequestCompleted | None

    @property
    def was_stopped(self) -> bool:
        """Whether it ended before the answer was whole."""
        return isinstance(self.outcome, Cancelled)

    @property
    def exit_code(self) -> int:
        """What the program says to its caller."""
        return STOPPED if self.was_stopped else DONE


class Desk:
    """`async with Desk(…) as desk`: what is still open is closed at the end; `sink` is told how the job goes."""

    def __init__(self, settings: Settings, prompting: Prompting, sink: StatusSink) -> None:
        self._settings = settings
        self._shared = shared_parts(ServeOptions())
        self._means = _Means(prompting, self._shared.hosts, self._shared.usage, self._shared.left)
        self._course = _Course()
        self._papers = _Papers(self._shared.history, self._shared.ledger)
        clock = asyncio.get_running_loop().time
        hub = Hub([sink, self._course], lambda uri: settings.status, clock)
        self._editor = _Editor()
        self._runner = self._editor.runner = Runner(self._editor, self._editor, hub, self._papers, self._papers)
        self._job_id = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.close()
        await self._shared.hosts.close()

    def begin(self, job: Job, target: Target) -> None:
        """Have the job's answer written at a place, which need not be in the text that the job is about."""
        self._editor.documents[target.uri] = target.document
        # What was filled in here before stays known, and can be restored in an editor.
        self._runner.opened(target.uri, target.document, target.version)
        order = Order(job.kind, job.preset, job.query, action=job.action)
        self._job_id = self._runner.start(target, order, asking(self._means, self._settings, job))

    def stop(self, reason: str = "") -> None:
        """Stop the job, if it has not ended; what has come stays."""
        if not self._course.ended.is_set():
            self._runner.stop(self._job_id, reason)

    async def done(self) -> Result:
        """Wait for the end; raises UserError where the job failed.

        To be cancelled is to be stopped: what has come stays, and this returns.
        """
        try:
            await self._course.ended.wait()
        except asyncio.CancelledError:
            # So asyncio.run tells of the first Ctrl+C; the second one ends all at once.
            if (task := asyncio.current_task()) is not None:
                task.uncancel()
            self.stop()
        entry, course = self._papers.entry, self._course
        assert entry is not None, "a job is written down before its end is told"
        if isinstance(course.outcome, Failed):
            raise UserError(wording(course.outcome))
        return Result(course.outcome, entry, course.sent, course.completed)

    def keep(self) -> None:
        """The document is on the disk as it is now: what was replaced in it can be restored in an editor."""
        self._papers.keep()


@dataclass(frozen=True, slots=True)
class _Means:
    prompting: Prompting
    hosts: ModelHosts
    usage: UsageLog
    left: LeftLog


class _Editor:
    """Carries out every edit at once (the `Editor` of jobs)."""

    policy = EditPolicy(applied_is_proof=True, trust_after_seconds=None)

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.runner: Runner

    def apply(
        self,
        uri: str,
        edits: Sequence[Edit],
        version: int | None,
        regions: Mapping[str, tuple[int, int]],
        answered: Callable[[Answered, str], None],
    ) -> None:
        """Nobody edits beside the runner, so the version stays the same."""
        answered(Answered.APPLIED, "")
        self.runner.before_change(uri)
        changes = [self.documents[uri].apply(edit) for edit in sequential(edits)]
        self.runner.changed(uri, changes, VERSION)

    def show_difference(self, uri: str, job_id: str, document: Document, changes: Sequence[Edit]) -> None:
        """No job here is a preview."""


@dataclass(slots=True)
class _Course:
    """What was told of the only job (a status sink)."""

    ended: asyncio.Event = field(default_factory=asyncio.Event)
    outcome: Outcome = field(default_factory=Finished)
    sent: RequestSent | None = None
    completed: RequestCompleted | None = None

    def publish(self, job_id: str, status: Status) -> None:
        """Remember it."""
        match status:
            case RequestSent():
                self.sent = status
            case RequestCompleted():
                self.completed = status
            case Finished() | Cancelled() | Failed():
                self.outcome = status
                self.ended.set()
            case _:
                pass


class _Papers:
    """The history, which remembers the last entry, and a ledger that is written when the document is on the disk."""

    def __init__(self, history: History, ledger: LedgerFiles) -> None:
        self._history = history
        self._ledger = ledger
        self._unwritten: dict[str, bytes | None] = {}
        self.entry: Entry | None = None

    def add(self, entry: Entry) -> None:
        """Write down how the job ended."""
        self.entry = entry
        self._history.add(entry)

    def read(self, uri: str) -> bytes | None:
        """What is kept of a document."""
        return self._ledger.read(uri)

    def write(self, uri: str, content: bytes) -> None:
        """Hold it back."""
        self._unwritten[uri] = content

    def remove(self, uri: str) -> None:
        """Hold that back too."""
        self._unwritten[uri] = None

    def keep(self) -> None:
        """Write what was held back."""
        for uri, content in self._unwritten.items():
            if content is None:
                self._ledger.remove(uri)
            else:
                self._ledger.write(uri, content)
