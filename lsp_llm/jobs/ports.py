"""What jobs need of the world outside: an editor, an answer, and somewhere to tell how it goes; no implementation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lsp_llm.exchange.kinds import Kind, Mode
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.records.history import Entry
from lsp_llm.status.events import Notice, Outcome, Status
from lsp_llm.stream.events import Event
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit


@dataclass(frozen=True, slots=True)
class Target:
    """A range of an open document, in offsets of the replica at `version`; `path` is for people and prompts."""

    uri: str
    path: str
    language_id: str
    document: Document
    version: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do: the kind of fill, the preset's name, and the user's words ("" where none were given).

    `action` names a prompt of the library that makes the instruction of these words, "" for none.
    """

    kind: Kind
    preset: str
    query: str
    mode: Mode = "stream"
    action: str = ""


class Editor(Protocol):
    """The editor behind the documents."""

    @property
    def policy(self) -> EditPolicy:
        """How this client is to be served."""
        ...

    def apply(
        self,
        uri: str,
        edits: Sequence[Edit],
        version: int | None,
        regions: Mapping[str, tuple[int, int]],
        answered: Callable[[Answered, str], None],
    ) -> None:
        """Offer simultaneous edits of the replica; `answered` is called once, within the time limit for requests.

        `regions` are the jobs by id whose edits they are, with the offsets of their regions in the replica.
        """
        ...


class Viewer(Protocol):
    """Where a change is shown that is not in the document yet."""

    def show_difference(self, uri: str, job_id: str, document: Document, changes: Sequence[Edit]) -> None:
        """Show what simultaneous edits, in order, would make of the document as it is now."""
        ...


class Holder(Protocol):
    """Who writes into a document by hand (`Runner.lend`)."""

    def told(self, status: Status) -> None:
        """How the writing goes in the editor."""
        ...

    def settled(self, outcome: Outcome) -> None:
        """Nothing more is written: all of it is there, or it was stopped from outside."""
        ...


class Ledger(Protocol):
    """Where it is kept what jobs replaced in a document."""

    def read(self, uri: str) -> bytes | None:
        """What is kept of a document, None if nothing is."""
        ...

    def write(self, uri: str, content: bytes) -> None:
        """Keep this of a document."""
        ...

    def remove(self, uri: str) -> None:
        """Forget a document."""
        ...


class Archive(Protocol):
    """Where jobs are written down that have ended."""

    def add(self, entry: Entry) -> None:
        """Write one down."""
        ...


class StatusSink(Protocol):
    """Where the course of every job is told."""

    def publish(self, job_id: str, status: Status) -> None:
        """Tell one step."""
        ...


class AnswerSource(Protocol):
    """One answer of a model, not asked for yet."""

    @property
    def provider(self) -> str:
        """The provider's name."""
        ...

    @property
    def model(self) -> str:
        """What the model is called for the user."""
        ...

    @property
    def first_token_timeout_seconds(self) -> float:
        """How long the first meaningful event may take."""
        ...

    @property
    def inter_token_timeout_seconds(self) -> float:
        """How long every further one may take."""
        ...

    def events(self) -> AsyncGenerator[list[Event] | Notice, None]:
        """Ask, and give what comes and what happens on the way, beginning with `RequestSent`.

        Ends after `Finish` or `Failed`; closing it closes the connection.
        """
        ...
