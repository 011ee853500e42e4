from __future__ import annotations

import pytest

from lsp_llm.providers.retry_after import LONGEST_WAIT_SECONDS, retry_after_seconds
from tests.providers.recorded import head_of

NOW = "Fri, 20 Nov 2026 06:42:32 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-5"}, 0),
        ({"retry-after": "1e12"}, LONGEST_WAIT_SECONDS),
        ({"retry-after": "inf"}, LONGEST_WAIT_SECONDS),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Fri, 20 Nov 2026 06:43:02 GMT", "date": NOW}, 30),
        ({"retry-after": "Fri, 20 Nov 2026 06:42:02 GMT", "date": NOW}, 0),
        ({"retry-after": "Fri, 20 Nov 2026 06:43:02 GMT"}, None),
        ({"retry-after": "Fri, 20 Nov 2026 06:43:02 -0000", "date": NOW}, None),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m2.5s"}, 62.5),
        ({"x-ratelimit-remaining-tokens": "7", "x-ratelimit-reset-tokens": "6m0s"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, 0.02),
    ],
)
def test_trap_35_what_the_headers_say(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_seconds(headers) == seconds


def test_the_longest_reset_counts_when_two_budgets_are_used_up() -> None:
    _, headers = head_of("aimock/chat_429")
    assert retry_after_seconds(headers) == 1
    del headers["retry-after"]
    assert retry_after_seconds(headers) == 360


@pytest.mark.parametrize(
    ("message", "seconds"),
    [("Please try again in 5.289s. Visit", 5.289), ("Try again in 1m30s", 90), ("try again in a moment", None)],
)
def test_what_the_sentence_says(message: str, seconds: float | None) -> None:
    assert retry_after_seconds({}, message) == seconds


def test_the_moment_at_which_a_budget_of_anthropics_is_full_again() -> None:
    headers = {
        "date": "Fri, 20 Nov 2026 10:00:00 GMT",
        "anthropic-ratelimit-requests-remaining": "7",
        "anthropic-ratelimit-requests-reset": "2026-11-20T10:09:00Z",
        "anthropic-ratelimit-tokens-remaining": "0",
        "anthropic-ratelimit-tokens-reset": "2026-11-20T10:00:31Z",
    }
    assert retry_after_seconds(headers) == 31
    assert retry_after_seconds({**headers, "anthropic-ratelimit-tokens-reset": "soon"}) is None


def test_please_retry_in() -> None:
    assert retry_after_seconds({}, "Please retry in 31.5s.") == 31.5
