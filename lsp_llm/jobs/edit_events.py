"""What an edit session is told, and what it wants done: values, no behaviour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lsp_llm.status.events import Failed, Outcome, Status
from lsp_llm.text.edits import Change, Edit


class Answered(Enum):
    """What an editor said to an edit."""

    APPLIED = "applied"
    REFUSED = "refused"
    SILENT = "silent"
    """No answer within the time limit."""


# --- events -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextArrived:
    """Filtered answer text; with `restart`, all text before it is withdrawn."""

    job_id: str
    text: str
    restart: bool = False


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The answer is whole."""

    job_id: str


@dataclass(frozen=True, slots=True)
class OfferRequested:
    """All of an answer at once, which may be empty: offer it."""

    job_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangeRequested:
    """All of an answer at once, which may be empty: make its changes, each one that can be put back by itself."""

    job_id: str
    text: str


@dataclass(frozen=True, slots=True)
class OfferDropped:
    """Nothing more of an offer is wanted; what was taken stays. The user is told the reason, where there is one."""

    job_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StreamFailed:
    """The answer will not become whole."""

    job_id: str
    failure: Failed


@dataclass(frozen=True, slots=True)
class StopRequested:
    """Stop, and keep what has arrived."""

    job_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RestoreRequested:
    """Put the original back, whatever the job's state; of an offered change: drop it. `hunk` counts from 1."""

    job_id: str
    hunk: int | None = None


@dataclass(frozen=True, slots=True)
class AcceptRequested:
    """What an ended job wrote is the user's now; of an offered change: take it. `hunk` counts from 1."""

    job_id: str
    hunk: int | None = None


@dataclass(frozen=True, slots=True)
class AlternativeRequested:
    """Show another of the answers that a job and its retries have had: the next (1) or the one before (-1)."""

    job_id: str
    step: int


@dataclass(frozen=True, slots=True)
class DocumentChanged:
    """The replica has moved by these changes, in their order."""

    changes: Sequence[Change]
    version: int


@dataclass(frozen=True, slots=True)
class DocumentClosed:
    """The editor closed the document."""


@dataclass(frozen=True, slots=True)
class EditAnswered:
    """The editor's answer to an edit."""

    flight: int
    answered: Answered
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """The time that a `Schedule` asked for has passed."""

    token: int


Event = (
    TextArrived
    | StreamEnded
    | OfferRequested
    | ChangeRequested
    | OfferDropped
    | StreamFailed
    | StopRequested
    | RestoreRequested
    | AcceptRequested
    | AlternativeRequested
    | DocumentChanged
    | DocumentClosed
    | EditAnswered
    | Tick
)

# --- effects ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApplyEdit:
    """Offer the simultaneous edits to the editor; `version` is the replica's, None where the client wants none."""

    flight: int
    edits: Sequence[Edit]
    version: int | None


@dataclass(frozen=True, slots=True)
class Publish:
    """Tell how a job goes."""

    job_id: str
    status: Status


@dataclass(frozen=True, slots=True)
class Schedule:
    """Send `Tick(token)` after this time."""

    delay_seconds: float
    token: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Close the job's stream: nothing of it is wanted any more."""

    job_id: str


@dataclass(frozen=True, slots=True)
class Settled:
    """The job has ended; its region is kept for a restore."""

    job_id: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Offered:
    """The answer is whole and not in the document: show the user what it would change."""

    job_id: str
    changes: tuple[Edit, ...]
    """Simultaneous edits of the document, in order; `accept` and `restore` count them from 1."""


@dataclass(frozen=True, slots=True)
class Decided:
    """No change of an offer waits any more.

    `taken` counts those that are in the document. `left` has the others as they were shown, text before and after:
    they were dropped, put back or undone. `reason` says why, where it was not the user who wanted it so.
    """

    job_id: str
    taken: int
    left: tuple[tuple[str, str], ...] = ()
    reason: str = ""


Effect = ApplyEdit | Publish | Schedule | Stop | Settled | Offered | Decided
