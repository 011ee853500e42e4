from __future__ import annotations

import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.ollama_wire import Line, finish_reason, token_counts


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("load", FinishReason.UNKNOWN),
        ("unload", FinishReason.UNKNOWN),
        (None, FinishReason.UNKNOWN),
    ],
)
def test_finish_reasons(word: str | None, reason: FinishReason) -> None:
    assert finish_reason(word) is reason


def test_a_prompt_that_was_in_the_cache_is_not_counted() -> None:
    assert token_counts(Line(eval_count=4)) == Usage(0, 4)
    assert token_counts(Line(prompt_eval_count=9, eval_count=4)) == Usage(9, 4)
    assert token_counts(Line(done=True)) is None
