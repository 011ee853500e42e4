"""Whether and when a request that failed is sent again; pure: the chance is drawn and the waiting done elsewhere.

Asked only before the first text of an answer. Full jitter after "Exponential Backoff And Jitter" (AWS Architecture
Blog, 2015): a random wait below a bound that doubles, so that many clients do not come back at the same moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lsp_llm.errors import Disconnected, ProviderError, RateLimited, Refused, Truncated, Unavailable

MAX_ATTEMPTS: Final = 3
LONGEST_WAIT_SECONDS: Final = 120.0
"""A host that asks for more is reported: nobody waits that long without wanting to know."""
FIRST_BOUND_SECONDS: Final = 0.5
LARGEST_BOUND_SECONDS: Final = 8.0

_SAYS_UNKNOWN: Final = re.compile(
    r"unsupported|not support|unknown|unexpected|unrecognized|not permitted|not allowed|deprecated|does not take"
    r"|cannot be used|only the default|invalid parameter|additional propert|extra (?:inputs|fields)",
    re.IGNORECASE,
)
# Without these a request is none.
_ESSENTIAL: Final = frozenset({"model", "messages", "input", "contents", "prompt", "stream"})


def wait_seconds(error: ProviderError, attempt: int, chance: float) -> float | None:
    """How long to wait after the attempt (1 is the first) before the next; None: give up. `chance` is in [0, 1)."""
    if attempt >= MAX_ATTEMPTS or not isinstance(error, RateLimited | Unavailable | Disconnected | Truncated):
        return None
    asked = error.retry_after_seconds if isinstance(error, RateLimited | Unavailable) else None
    if asked is not None:
        return asked if asked <= LONGEST_WAIT_SECONDS else None
    return chance * min(FIRST_BOUND_SECONDS * (1 << attempt), LARGEST_BOUND_SECONDS)


def declined_parameter(error: ProviderError, sent: Iterable[str]) -> str:
    """The optional field that a refusal names, "" if it names none; `sent` are the fields of the request's body."""
    optional = [name for name in sent if name not in _ESSENTIAL]
    if not isinstance(error, Refused):
        return ""
    named = re.split(r"[.\[]", error.parameter, maxsplit=1)[0]
    if named:
        return named if named in optional else ""
    sentence = str(error)
    if not _SAYS_UNKNOWN.search(sentence):
        return ""
    return next((name for name in optional if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", sentence)), "")
