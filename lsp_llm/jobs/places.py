"""The documents with jobs, and those that were closed while something was offered in them; it feeds no session."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from lsp_llm.errors import UserError
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.edit_session import EditSession
from lsp_llm.jobs.job_row import JobRow
from lsp_llm.text.document import Document

KEPT_CLOSED: Final = 16
"""Closed documents whose offers wait for them, those closed last: each is kept with its text."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One open document with jobs; opened anew, it is another place, which no answer and no timer of before reaches."""

    uri: str
    document: Document
    session: EditSession


class Places:
    """All of one client."""

    def __init__(self) -> None:
        self._open: dict[str, Place] = {}
        self._closed: dict[str, Place] = {}
        self._lent: dict[str, int] = {}
        """How many other jobs had begun before each that is written by hand."""

    def __iter__(self) -> Iterator[Place]:
        yield from self._open.values()
        yield from self._closed.values()

    def find(self, uri: str) -> Place | None:
        """The place of an open document, None where it has no jobs."""
        return self._open.get(uri)

    def at(self, uri: str, document: Document, version: int, policy: EditPolicy) -> Place:
        """The place of an open document, made if it has none yet."""
        if uri not in self._open:
            self._open[uri] = Place(uri, document, EditSession(document, version, policy))
        return self._open[uri]

    def close(self, place: Place) -> None:
        """The editor closed the document; to be called before its session hears of it."""
        del self._open[place.uri]
        self._closed[place.uri] = place

    def forget_decided(self) -> None:
        """Closed documents in which nothing is offered any more wait for nothing."""
        self._closed = {uri: place for uri, place in self._closed.items() if place.session.jobs.offered()}

    def crowded_out(self) -> Place | None:
        """The place for whose offers there is no room any more; they wait no longer."""
        return self._closed.pop(next(iter(self._closed))) if len(self._closed) > KEPT_CLOSED else None

    def reopened(self, uri: str) -> Place | None:
        """The place of a document with offers that waited for it; they wait no longer."""
        return self._closed.pop(uri, None)

    def knows(self, job_id: str) -> bool:
        """Whether the job is under way, was restored or can be, or waits to be taken."""
        return any(self._has(place, job_id) for place in self)

    def of(self, job_id: str) -> Place:
        """The place of a job; raises UserError where there is none."""
        for place in self:
            if self._has(place, job_id):
                return place
        raise UserError(f"there is no job {job_id}")

    def _has(self, place: Place, job_id: str) -> bool:
        jobs = place.session.jobs
        # Nothing else goes on in a document that is closed.
        return job_id in (jobs.jobs if not self.is_closed(place) else [job.id for job in jobs.behind_offers()])

    def open_at(self, job_id: str) -> Place:
        """The same where the document must be open; raises UserError where it is not."""
        place = self.of(job_id)
        if self.is_closed(place):
            raise UserError(f"{place.uri.rpartition('/')[2]} was closed: open it again first")
        return place

    def closed_document(self, job_id: str) -> str | None:
        """The uri of the document in which a job offers something, if that is closed."""
        place = self.of(job_id)
        return place.uri if self.is_closed(place) else None

    def is_closed(self, place: Place) -> bool:
        """Whether the place waits for its document to be opened again."""
        return self._closed.get(place.uri) is place

    # --- which jobs there are ---------------------------------------------------------------------------------------

    def lent(self, job_id: str, count: int) -> None:
        """A job begins that is written by hand, behind so many others."""
        self._lent = {each: before for each, before in self._lent.items() if self.knows(each)} | {job_id: count}

    def restorable(self, uri: str | None = None) -> list[str]:
        """Ids of ended jobs whose original can be put back, the latest last."""
        return self._found(uri, self._open.values(), JobRow.restorable)

    def offered(self, uri: str | None = None) -> list[str]:
        """Ids of changes that wait to be taken or dropped."""
        return self._found(uri, self, JobRow.offered)

    def _found(self, uri: str | None, places: Iterable[Place], kind: Callable[[JobRow], list[str]]) -> list[str]:
        found = [place for place in places if uri in (None, place.uri)]
        return sorted((job_id for place in found for job_id in kind(place.session.jobs)), key=self.age)

    def latest(self, uri: str | None = None) -> str | None:
        """The latest ended job that wrote or offers something; not one of its changes, as long as it is known."""
        return self._latest([*self.restorable(uri), *self.offered(uri)])

    def latest_fill(self, uri: str | None = None) -> str | None:
        """The same of those that a model was asked for, and that nobody wrote by hand."""
        found = [*self.restorable(uri), *self.offered(uri)]
        return self._latest([job_id for job_id in found if job_id.partition(".")[0] not in self._lent])

    def _latest(self, job_ids: Sequence[str]) -> str | None:
        latest = max(job_ids, key=self.age, default="")
        job_id = latest.partition(".")[0]
        return (job_id if self.knows(job_id) else latest) or None

    def age(self, job_id: str) -> tuple[int, ...]:
        """What puts jobs in the order in which they began: ids are numbers, those of others end in one."""
        own, *change = job_id.split(".")
        changed = map(int, change)
        if own.isdigit():
            return (int(own), 0, *changed)
        return (self._lent.get(own, 0), 1, *map(int, re.findall(r"\d+", own)), *changed)

    def has_change(self, job_id: str, hunk: int) -> bool:
        """Whether an ended job has so many changes."""
        return self.of(job_id).session.jobs.has_change(job_id, hunk)

    def touched(self, uri: str, start: int, end: int, job_ids: Sequence[str]) -> str | None:
        """The latest of the jobs whose region touches the range."""
        for job_id in reversed(job_ids):
            low, high = self.of(job_id).session.jobs[job_id].borders
            if start <= high and low <= end:
                return job_id
        return None
