from __future__ import annotations

import pytest

from lsp_llm.errors import (
    Auth,
    BadResponse,
    ContextExceeded,
    Disconnected,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    Timeout,
    Truncated,
    Unavailable,
)
from lsp_llm.providers.retry import LONGEST_WAIT_SECONDS, MAX_ATTEMPTS, declined_parameter, wait_seconds

SENT = ("model", "messages", "stream", "stream_options", "temperature", "stop", "generationConfig")


@pytest.mark.parametrize("kind", [RateLimited, Unavailable])
def test_a_host_that_names_a_time_is_asked_again_then(kind: type[RateLimited | Unavailable]) -> None:
    assert wait_seconds(kind("", retry_after_seconds=7), 1, 0.5) == 7
    assert wait_seconds(kind("", retry_after_seconds=LONGEST_WAIT_SECONDS + 1), 1, 0.5) is None


@pytest.mark.parametrize("error", [RateLimited(""), Unavailable(""), Disconnected(""), Truncated("")])
def test_else_the_bound_of_a_random_wait_doubles(error: ProviderError) -> None:
    assert [wait_seconds(error, attempt, 0.5) for attempt in (1, 2)] == [0.5, 1.0]
    assert wait_seconds(error, 1, 0.0) == 0


@pytest.mark.parametrize("error", [RateLimited("", retry_after_seconds=1), Unavailable("")])
def test_it_is_not_asked_for_ever(error: ProviderError) -> None:
    assert wait_seconds(error, MAX_ATTEMPTS, 0.5) is None


@pytest.mark.parametrize("kind", [Auth, NotFound, Refused, ContextExceeded, BadResponse, Timeout])
def test_what_asking_again_cannot_mend_is_told_at_once(kind: type[ProviderError]) -> None:
    assert wait_seconds(kind(""), 1, 0.5) is None


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (Refused("x", parameter="temperature"), "temperature"),
        (Refused("x", parameter="generationConfig.topK"), "generationConfig"),
        (Refused("x", parameter="messages[0].role"), ""),
        (Refused("x", parameter="tools"), ""),
        (Refused("The host refused the request (400): Unsupported parameter: 'stop'"), "stop"),
        (
            Refused("The host refused the request (400): stream_options: Extra inputs are not permitted"),
            "stream_options",
        ),
        (Refused("The host refused the request (400): please stop that"), ""),
        (Refused("unknown model: stopwatch"), ""),
        (Auth("temperature is not supported"), ""),
    ],
)
def test_the_parameter_that_a_refusal_names(error: ProviderError, name: str) -> None:
    assert declined_parameter(error, SENT) == name
