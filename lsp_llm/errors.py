"""Every error that crosses a room's door; it never formats for a protocol.

LspLlmError
├── UserError                 a mistake or lack of the user's; the sentence is shown as it is
└── ProviderError             the model host; `hint` says what to do
    ├── Auth                  401, 403: key missing or wrong
    ├── NotFound              404: no such model or path
    ├── RateLimited           429: `retry_after_seconds` when the host said so
    ├── Unavailable           5xx, connection refused: `retry_after_seconds` when the host said so
    ├── Timeout               silence before or between tokens
    ├── Disconnected          the connection broke
    ├── ContextExceeded       the prompt is too long
    ├── Refused               400, 402, 422, or content that the host will not answer: `parameter` when one is named
    ├── BadResponse           what came is not what the dialect says
    └── Truncated             the stream ended without its end marker
"""

from __future__ import annotations


class LspLlmError(Exception):
    """The root: `str(error)` is one sentence for the user."""


class UserError(LspLlmError):
    """Something the user can mend; shown as it is."""


class ProviderError(LspLlmError):
    """A failure at the model host; `hint` is a sentence on what to do, possibly empty."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Auth(ProviderError):
    """The host does not accept the key (401, 403)."""


class NotFound(ProviderError):
    """The host knows no such model or path (404)."""


class RateLimited(ProviderError):
    """Too many requests (429, or the host's own word for it)."""

    def __init__(self, message: str, hint: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(ProviderError):
    """The host is down, overloaded, or cannot be reached."""

    def __init__(self, message: str, hint: str = "", retry_after_seconds: float | None = None) -> None:
        super().__init__(message, hint)
        self.retry_after_seconds = retry_after_seconds


class Timeout(ProviderError):
    """Nothing meaningful came in time."""


class Disconnected(ProviderError):
    """The connection broke before the answer was whole."""


class ContextExceeded(ProviderError):
    """The prompt does not fit into the model's context."""


class Refused(ProviderError):
    """The host understood and declined (400, 402, 422, content filter); `parameter` is what it names, if anything."""

    def __init__(self, message: str, hint: str = "", parameter: str = "") -> None:
        super().__init__(message, hint)
        self.parameter = parameter


class BadResponse(ProviderError):
    """The answer is not what the dialect specifies."""


class Truncated(ProviderError):
    """The stream ended without its terminal marker: never a success."""
