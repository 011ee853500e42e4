"""Hands every status to everyone who tells it on, as loud and in such words as the user wants; it shows nothing.

Of a job it knows only what its first status said and when.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from lsp_llm.config.settings import Status as Manner
from lsp_llm.status.events import Cancelled, Failed, Finished, Level, Message, Queued, RequestSent, Status

_LOUDNESS: Final[Mapping[Level, int]] = {"info": 0, "warning": 1, "error": 2}


class Sink(Protocol):
    """Someone who tells statuses on."""

    def publish(self, job_id: str, status: Status) -> None:
        """Tell one step of a job."""
        ...


@dataclass(slots=True)
class _Course:
    queued: Queued
    began: float
    manner: Manner
    sent: RequestSent | None = None


class Hub:
    """One sink made of several; `manner` gives the settings for a document, `clock` seconds of any steady clock."""

    def __init__(self, sinks: Sequence[Sink], manner: Callable[[str], Manner], clock: Callable[[], float]) -> None:
        self._sinks = tuple(sinks)
        self._manner = manner
        self._clock = clock
        self._courses: dict[str, _Course] = {}
        self._finished = 0

    def publish(self, job_id: str, status: Status) -> None:
        """Tell all of them, in their order; a message below the level that the user wants is not told."""
        if isinstance(status, Queued):
            self._courses[job_id] = _Course(status, self._clock(), self._manner(status.uri))
        course = self._courses.get(job_id)
        if course is not None:
            if isinstance(status, Message) and _LOUDNESS[status.level] < _LOUDNESS[course.manner.level]:
                return
            if isinstance(status, RequestSent):
                course.sent = status
            if isinstance(status, Finished):
                status = self._in_own_words(status, course)
        if isinstance(status, (Finished, Cancelled, Failed)):
            self._courses.pop(job_id, None)
        for sink in self._sinks:
            sink.publish(job_id, status)

    def _in_own_words(self, status: Finished, course: _Course) -> Finished:
        """The user's own messages take turns."""
        messages = course.manner.messages
        if not messages:
            return status
        self._finished += 1
        values = {
            "seconds": f"{self._clock() - course.began:.0f}",
            "preset": course.queued.preset,
            "kind": course.queued.kind,
            "provider": course.sent.provider if course.sent else "",
            "model": course.sent.model if course.sent else "",
        }
        words = messages[(self._finished - 1) % len(messages)]
        for name, value in values.items():
            words = words.replace(f"{{{name}}}", value)
        return replace(status, words=words)
