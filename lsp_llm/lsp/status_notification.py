"""`lsp-llm/status`: every status of every job as a notification, for clients that asked for it."""

from __future__ import annotations

import datetime
import re
from typing import Any, assert_never

from lsp_llm.lsp.client import Client
from lsp_llm.status.events import (
    Applying,
    Cancelled,
    ConnectionIssue,
    Failed,
    Finished,
    Message,
    Queued,
    RateLimitWait,
    RequestCompleted,
    RequestSent,
    Status,
    Streaming,
    Thinking,
)

METHOD = "lsp-llm/status"


class StatusNotification:
    """A status sink that speaks the protocol of PROTOCOL.md."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._uris: dict[str, str] = {}

    def publish(self, job_id: str, status: Status) -> None:
        """Send one step."""
        if not self._client.facts.wants_status:
            return
        if isinstance(status, Queued):
            self._uris[job_id] = status.uri
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        place = {"uri": self._uris[job_id]} if job_id in self._uris else {}
        self._client.notify(METHOD, {"jobId": job_id, **place, "timestamp": now, **payload(status)})
        if isinstance(status, (Finished, Cancelled, Failed)):
            self._uris.pop(job_id, None)


def payload(status: Status) -> dict[str, Any]:
    """The kind and the fields of a status as they go over the wire."""
    name = type(status).__name__
    kind = {"kind": name[0].lower() + name[1:]}
    match status:
        case RequestSent(provider, model):
            return {**kind, "provider": provider, "model": model}
        case RateLimitWait(remaining_seconds):
            return {**kind, "remainingSeconds": remaining_seconds}
        case ConnectionIssue(error_type, retry_attempt, max_attempts):
            return {**kind, "errorType": error_type, "retryAttempt": retry_attempt, "maxAttempts": max_attempts}
        case Streaming(characters):
            return {**kind, "characters": characters}
        case RequestCompleted(usage, finish_reason, cost):
            counts = {_camel(key): getattr(usage, key) for key in usage.__slots__}
            if cost is not None:
                counts["cost"] = cost
            return {**kind, "usage": counts, "finishReason": finish_reason.value}
        case Failed(reason, hint):
            return {**kind, "reason": reason, "hint": hint}
        case Cancelled(reason):
            return {**kind, "reason": reason}
        case Message(text, level, persistent):
            return {**kind, "text": text, "level": level, "persistent": persistent}
        case Queued() | Thinking() | Applying() | Finished():
            return kind
        case _:
            assert_never(status)


def _camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)
