from __future__ import annotations

import msgspec
import pytest

from lsp_llm.errors import BadResponse
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.gemini_wire import Candidate, Chunk, chunks_of, finish_reason, token_counts


def test_thoughts_are_output_and_what_tools_gave_is_input() -> None:
    counts = {
        "promptTokenCount": 100,
        "toolUsePromptTokenCount": 20,
        "candidatesTokenCount": 5,
        "thoughtsTokenCount": 7,
        "cachedContentTokenCount": 64,
        "totalTokenCount": 132,
        "promptTokensDetails": [{"modality": "TEXT"}],
    }
    assert token_counts(counts) == Usage(120, 12, cache_read_tokens=64, reasoning_tokens=7)


def test_what_is_no_count_is_said() -> None:
    with pytest.raises(msgspec.ValidationError):
        token_counts({"promptTokenCount": "many"})


def test_chunks_come_alone_or_in_an_array() -> None:
    stopped = [Chunk([Candidate(finishReason="STOP")])]
    assert chunks_of(b' {"candidates":[{"finishReason":"STOP"}]}') == stopped
    assert chunks_of(b'\r\n[{"candidates":[{"finishReason":"STOP"}]}\n,\r\n{}]') == [*stopped, Chunk()]
    with pytest.raises(BadResponse):
        chunks_of(b"3")


def test_a_word_that_is_unknown() -> None:
    assert finish_reason("NEW") is finish_reason("OTHER") is FinishReason.UNKNOWN
