"""What is said of a job while it runs and how it ended: a closed union of values; it formats nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lsp_llm.exchange.kinds import JobKind
from lsp_llm.exchange.outcome import FinishReason, Usage

Level = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Queued:
    """The job was taken; its prompt is being made. Always the first status of a job."""

    uri: str
    kind: JobKind
    preset: str


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request left for the provider."""

    provider: str
    model: str


@dataclass(frozen=True, slots=True)
class RateLimitWait:
    """The host asks for fewer requests; said every second until the next one goes out."""

    remaining_seconds: int


@dataclass(frozen=True, slots=True)
class ConnectionIssue:
    """The request failed (`error_type` is the name of a ProviderError) and is about to be sent again."""

    error_type: str
    retry_attempt: int
    """The number of the attempt to come, of at most `max_attempts`; the first request was number 1."""
    max_attempts: int


@dataclass(frozen=True, slots=True)
class Thinking:
    """The model reasons; nothing of it is written."""


@dataclass(frozen=True, slots=True)
class Streaming:
    """Text is in the document; so many code points of the answer have come."""

    characters: int


@dataclass(frozen=True, slots=True)
class RequestCompleted:
    """The provider has sent the whole answer."""

    usage: Usage
    finish_reason: FinishReason
    cost: float | None = None
    """In the currency of the preset's prices; None without prices."""


@dataclass(frozen=True, slots=True)
class Applying:
    """The answer is whole; its last edits are on their way to the editor."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The document shows the whole answer; `words` are the user's own for it, "" for none."""

    words: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The job was stopped; what had arrived stays. `reason` is empty when the user said stop."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """The job failed and the original is back; `hint` says what to do."""

    reason: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the user beside the job's own course."""

    text: str
    level: Level = "info"
    persistent: bool = False


Notice = RequestSent | RateLimitWait | ConnectionIssue | Message
"""What a provider tells between the events of an answer."""
Status = Notice | Queued | Thinking | Streaming | RequestCompleted | Applying | Finished | Cancelled | Failed
Outcome = Finished | Cancelled | Failed
