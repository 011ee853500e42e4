from __future__ import annotations

import msgspec
import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.openai_responses_wire import Response, reason_of_incomplete, token_counts


def test_token_counts_may_be_missing_or_null() -> None:
    assert token_counts({}) == Usage()
    assert token_counts({"input_tokens": 3, "input_tokens_details": None, "output_tokens": None}) == Usage(3)


def test_strange_token_counts_are_declined() -> None:
    with pytest.raises(msgspec.ValidationError):
        token_counts({"input_tokens": "many"})


def test_without_a_reason_an_incomplete_answer_is_of_an_unknown_one() -> None:
    assert reason_of_incomplete(Response()) is FinishReason.UNKNOWN
