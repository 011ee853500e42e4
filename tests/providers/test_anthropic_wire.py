from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.anthropic_wire import TokenCounts, finish_reason

COUNTS = st.dictionaries(
    st.sampled_from(["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"]),
    st.none() | st.integers(0, 1000),
)


def test_cached_input_is_input_too() -> None:
    counts = {"input_tokens": 1, "cache_read_input_tokens": 20, "cache_creation_input_tokens": 300, "output_tokens": 4}
    assert TokenCounts().add(counts) == Usage(321, 4, cache_read_tokens=20, cache_write_tokens=300)


def test_digits_and_whole_floats_count() -> None:
    assert TokenCounts().add({"input_tokens": "7", "output_tokens": 2.0}) == Usage(7, 2)


def test_what_is_no_count_is_said() -> None:
    with pytest.raises(msgspec.ValidationError):
        TokenCounts().add({"input_tokens": "many"})


@given(st.lists(COUNTS, min_size=1))
def test_counts_never_go_down(reports: list[dict[str, int | None]]) -> None:
    counts, last = TokenCounts(), Usage()
    for report in reports:
        now = counts.add(report)
        assert now.input_tokens >= max(last.input_tokens, report.get("input_tokens") or 0)
        assert now.output_tokens >= max(last.output_tokens, report.get("output_tokens") or 0)
        last = now


def test_a_word_that_is_unknown() -> None:
    assert finish_reason("end_turn") is FinishReason.STOP
    assert finish_reason("new") is finish_reason(None) is FinishReason.UNKNOWN
