"""The words for a status, short enough for a status line; it knows no protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from lsp_llm.exchange.kinds import JobKind
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

TITLES: Mapping[JobKind, str] = {"replace": "replacing", "yap": "yapping", "chat": "chatting"}


def title(queued: Queued) -> str:
    """The title of a job: what it does, and with which preset."""
    return f"[{TITLES[queued.kind]}] {queued.preset}"


def wording(status: Status) -> str:
    """One status in a few words."""
    match status:
        case Queued():
            return "preparing"
        case RequestSent(provider, model):
            return f"request sent to {provider}" + (f" ({model})" if model else "")
        case RateLimitWait(remaining_seconds):
            return f"rate limit: asking again in {remaining_seconds} s"
        case ConnectionIssue(error_type, retry_attempt, max_attempts):
            return f"connection issue ({error_type}): attempt {retry_attempt} of {max_attempts}"
        case Thinking():
            return "thinking"
        case Streaming(characters):
            return f"streaming, {characters} characters"
        case RequestCompleted(usage):
            return f"answer complete, {usage.output_tokens} tokens" if usage.output_tokens else "answer complete"
        case Applying():
            return "applying"
        case Finished(words):
            return words or "done"
        case Cancelled(reason):
            return f"stopped: {reason}" if reason else "stopped"
        case Failed(reason, hint):
            return f"{reason}{' ' if reason.endswith('.') else ': '}{hint}" if hint else reason
        case Message(text):
            return text
        case _:
            assert_never(status)
