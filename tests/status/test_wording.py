from __future__ import annotations

from typing import get_args

import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
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
from lsp_llm.status.wording import title, wording

WORDS: tuple[tuple[Status, str], ...] = (
    (Queued("file:///a.py", "replace", "claude"), "preparing"),
    (RequestSent("anthropic", "opus"), "request sent to anthropic (opus)"),
    (RequestSent("local", ""), "request sent to local"),
    (Thinking(), "thinking"),
    (Streaming(12), "streaming, 12 characters"),
    (RequestCompleted(Usage(output_tokens=3), FinishReason.STOP), "answer complete, 3 tokens"),
    (RequestCompleted(Usage(), FinishReason.STOP), "answer complete"),
    (Applying(), "applying"),
    (RateLimitWait(7), "rate limit: asking again in 7 s"),
    (ConnectionIssue("Unavailable", 2, 3), "connection issue (Unavailable): attempt 2 of 3"),
    (Finished(), "done"),
    (Finished("yapped for 3 s"), "yapped for 3 s"),
    (Cancelled(), "stopped"),
    (Cancelled("the document was closed"), "stopped: the document was closed"),
    (Failed("the model's answer is empty"), "the model's answer is empty"),
    (Failed("the model's answer is empty", "ask again"), "the model's answer is empty: ask again"),
    (Failed("host refused the connection.", "Is it running?"), "host refused the connection. Is it running?"),
    (Message("no instruction was given"), "no instruction was given"),
)


@pytest.mark.parametrize(("status", "words"), WORDS)
def test_each_status_in_a_few_words(status: Status, words: str) -> None:
    assert wording(status) == words


def test_no_status_is_left_out() -> None:
    assert {type(status) for status, _ in WORDS} == set(get_args(Status))


def test_a_title_says_what_is_done_and_with_which_preset() -> None:
    assert title(Queued("", "replace", "claude")) == "[replacing] claude"
    assert title(Queued("", "yap", "local")) == "[yapping] local"
