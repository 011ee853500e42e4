"""The world around jobs by hand: an editor that does as it is told, an answer that says what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path

from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.ports import Target
from lsp_llm.jobs.runner import Runner
from lsp_llm.records.history import History
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.status.events import Cancelled, Failed, Finished, Notice, Outcome, RequestSent, Status
from lsp_llm.stream.events import Event, Finish, Text
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, apply_sequential, sequential

URI = "file:///project/shop.py"


class Source:
    """One answer of a model; what is `None` in the queue ends it."""

    provider, model = "fake", "m"

    def __init__(self, first_seconds: float = 60, next_seconds: float = 60) -> None:
        self.first_token_timeout_seconds, self.inter_token_timeout_seconds = first_seconds, next_seconds
        self.queue: asyncio.Queue[list[Event] | Notice | Exception | None] = asyncio.Queue()
        self.closed = asyncio.Event()

    def say(self, *events: Event) -> None:
        self.queue.put_nowait(list(events))

    def finish(self, text: str = "") -> None:
        """The rest of the answer, and its end."""
        self.say(Text(text), Finish(FinishReason.STOP))
        self.queue.put_nowait(None)

    def fail(self, error: Exception) -> None:
        """The answer breaks off."""
        self.queue.put_nowait(error)

    async def events(self) -> AsyncGenerator[list[Event] | Notice, None]:
        try:
            yield RequestSent(self.provider, self.model)
            while (events := await self.queue.get()) is not None:
                if isinstance(events, Exception):
                    raise events
                yield events
        finally:
            self.closed.set()


class Editor:
    """Answers and echoes every edit in the next turn of the loop, unless `refusal` says why not."""

    policy = EditPolicy(applied_is_proof=True, trust_after_seconds=None)

    def __init__(self) -> None:
        self.documents: dict[str, tuple[Document, int]] = {}
        self.refusal = ""
        self.is_frozen = False
        self.offered: list[Callable[[Answered, str], None]] = []
        self.runner: Runner

    def open(self, text: str, uri: str = URI) -> Document:
        document = Document(text)
        self.documents[uri] = document, 1
        return document

    def apply(
        self,
        uri: str,
        edits: Sequence[Edit],
        version: int | None,
        regions: Mapping[str, tuple[int, int]],
        answered: Callable[[Answered, str], None],
    ) -> None:
        self.offered.append(answered)
        if not self.is_frozen:
            asyncio.get_running_loop().call_soon(self._carry_out, uri, edits, answered)

    def _carry_out(self, uri: str, edits: Sequence[Edit], answered: Callable[[Answered, str], None]) -> None:
        if self.refusal:
            answered(Answered.REFUSED, self.refusal)
            return
        answered(Answered.APPLIED, "")
        self.type(uri, edits)

    def show_difference(self, uri: str, job_id: str, document: Document, changes: Sequence[Edit]) -> None:
        self.shown = (uri, job_id, document.text, apply_sequential(document.text, sequential(changes)))

    def type(self, uri: str, edits: Sequence[Edit]) -> None:
        document, version = self.documents[uri]
        self.documents[uri] = document, version + 1
        self.runner.before_change(uri)
        changes = [document.apply(edit) for edit in sequential(edits)]
        self.runner.changed(uri, changes, version + 1)


class StatusLog:
    """Every status, and a way to wait for the end of a job."""

    def __init__(self) -> None:
        self.told: list[tuple[str, Status]] = []
        self._ends: dict[str, asyncio.Future[Outcome]] = {}

    def publish(self, job_id: str, status: Status) -> None:
        self.told.append((job_id, status))
        if isinstance(status, Finished | Cancelled | Failed):
            self._end(job_id).set_result(status)

    def of(self, job_id: str) -> list[Status]:
        return [status for told, status in self.told if told == job_id]

    async def end(self, job_id: str) -> Outcome:
        return await asyncio.wait_for(self._end(job_id), 10)

    def _end(self, job_id: str) -> asyncio.Future[Outcome]:
        return self._ends.setdefault(job_id, asyncio.get_running_loop().create_future())


class Desk:
    """A runner with an editor that shows one document."""

    def __init__(self, folder: Path, text: str) -> None:
        self.editor, self.log = Editor(), StatusLog()
        self.document = self.editor.open(text)
        self.history = folder / "history.jsonl"
        self.ledger = folder / "ledger"
        self._folder = folder
        self.runner = self.editor.runner = self.another_runner()

    def another_runner(self) -> Runner:
        """As after a new start of the server: only what is in files is known."""
        return Runner(self.editor, self.editor, self.log, History(self._folder), LedgerFiles(self._folder))

    @property
    def text(self) -> str:
        return self.document.text

    def target(self, selected: str) -> Target:
        """The first place where the text is; its end if "|" stands behind it, which is then no part of it."""
        is_cursor = selected.endswith("|")
        start = self.text.index(selected.removesuffix("|"))
        end = start + len(selected.removesuffix("|"))
        document, version = self.editor.documents[URI]
        return Target(URI, "/project/shop.py", "python", document, version, end if is_cursor else start, end)
