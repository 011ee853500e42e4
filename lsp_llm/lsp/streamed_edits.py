"""The Editor port of jobs: `lsp-llm/edit` for a client that takes it, `workspace/applyEdit` for every other.

An editor part can do what no edit of the protocol can: make one undo step of all edits of a job. So it is told where a
job's edits begin and end; the edits themselves are what they would be otherwise, and so are the answers to them. It
decides nothing about edits and keeps no text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.convert import range_of
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.messages import ContentChange, StreamedEdit
from lsp_llm.status.events import Cancelled, Failed, Finished, Queued, Status
from lsp_llm.text.edits import Edit

METHOD = "lsp-llm/edit"


class StreamedEdits:
    """Edits of jobs in the words that the client takes; as a status sink it learns when a job's edits are over."""

    def __init__(self, client: Client, documents: Documents) -> None:
        self._client = client
        self._documents = documents
        self._running: set[str] = set()
        """Jobs that have not ended."""
        self._begun: dict[str, str] = {}
        """The documents of those that have edits."""

    @property
    def policy(self) -> EditPolicy:
        """How this client's edits are confirmed."""
        return self._client.policy

    def apply(
        self,
        uri: str,
        edits: Sequence[Edit],
        version: int | None,
        regions: Mapping[str, tuple[int, int]],
        answered: Callable[[Answered, str], None],
    ) -> None:
        """Send the edits of the replica as one request (hot)."""
        if not self._client.facts.takes_streamed_edits:
            self._client.apply(uri, edits, version, answered)
            return
        document, encoding = self._documents.get(uri).document, self._client.facts.encoding
        jobs = _by_job(regions)
        late = [job_id for job_id in jobs if job_id not in self._running]
        for job_id, (start, end) in jobs.items():
            if job_id not in self._begun:
                self._begun[job_id] = uri
                place = range_of(document, start, end, encoding)
                self._mark(StreamedEdit(job_id, uri, version, "begin", place))
        # Last place first: so a range is right in the version and also behind the edits before it.
        changes = [
            ContentChange(edit.text, range_of(document, edit.start, edit.end, encoding)) for edit in reversed(edits)
        ]
        insert = StreamedEdit(next(iter(jobs)), uri, version, "insert", edits=changes)
        self._client.offer(METHOD, insert, answered)
        # What is still done for a job that has ended, like putting its original back, is a step of its own.
        for job_id in late:
            self._end(job_id, "end")

    def publish(self, job_id: str, status: Status) -> None:
        """Learn that a job begins or ends."""
        if isinstance(status, Queued):
            self._running.add(job_id)
        elif isinstance(status, (Finished, Cancelled, Failed)):
            self._running.discard(job_id)
            self._end(job_id, "abort" if isinstance(status, Failed) else "end")

    def _end(self, job_id: str, kind: Literal["end", "abort"]) -> None:
        uri = self._begun.pop(job_id, None)
        if uri is not None:
            self._mark(StreamedEdit(job_id, uri, None, kind))

    def _mark(self, mark: StreamedEdit) -> None:
        """Send what changes no text; nothing hangs on the answer."""
        self._client.request(METHOD, mark, lambda result: None)


def _by_job(regions: Mapping[str, tuple[int, int]]) -> Mapping[str, tuple[int, int]]:
    """The regions with the changes of a job, which are taken and put back by themselves, counted as the job."""
    found: dict[str, tuple[int, int]] = {}
    for region_id, (start, end) in regions.items():
        job_id = region_id.partition(".")[0]
        low, high = found.get(job_id, (start, end))
        found[job_id] = min(low, start), max(high, end)
    return found
