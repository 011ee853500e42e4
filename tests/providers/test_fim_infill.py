from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import ContextExceeded, ProviderError, Truncated, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.fim_infill import InfillReading
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.events import Event, Failed, Finish, Text, Unknown, UsageReported
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of


def sse(*values: object) -> bytes:
    return b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)


def part(content: str | None, **fields: object) -> dict[str, object]:
    return {"index": 0, "content": content, "stop": False, **fields}


END = part("", stop=True, stop_type="eos", tokens_predicted=4, tokens_evaluated=9, timings={"cache_n": 8})
ENDING = [UsageReported(Usage(9, 4, cache_read_tokens=8)), Finish(FinishReason.STOP)]


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(lambda: StreamDecoder(InfillReading()), body)
    assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
    return events


def failure(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


@pytest.mark.parametrize(("name", "prompt_tokens"), [("llamacpp/infill", 39), ("llamacpp/infill_nostream", 30)])
def test_recordings(name: str, prompt_tokens: int) -> None:
    events = decoded(body_of(name))
    assert text_of(events) == "first + second * scale"
    assert events[-2:] == [UsageReported(Usage(prompt_tokens, 4)), Finish(FinishReason.STOP)]


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("limit", FinishReason.LENGTH),
        ("word", FinishReason.STOP_SEQUENCE),
        ("none", FinishReason.UNKNOWN),
        (None, FinishReason.UNKNOWN),
    ],
)
def test_finish_reasons(word: str | None, reason: FinishReason) -> None:
    assert decoded(sse(part("a"), {**END, "stop_type": word}))[-1] == Finish(reason)


def test_the_last_event_may_bring_text_and_no_counts() -> None:
    last = {"content": "b", "stop": True}
    assert decoded(sse(part("a"), last)) == [
        Text("a"),
        Text("b"),
        UsageReported(Usage()),
        Finish(FinishReason.UNKNOWN),
    ]


def test_the_marker_of_others_and_what_is_unknown_is_passed_over() -> None:
    events = decoded(sse({"prompt_progress": 1}, part("a")) + b"data: [DONE]\n\n" + sse(END, part("late")))
    assert events == [Unknown('an event without content: {"prompt_progress": 1}'), Text("a"), *ENDING]


@pytest.mark.parametrize("tail", [b"", b"data: [DONE]\n\n", b'data: {"content": "'])
def test_trap_21_an_end_without_stop_is_never_a_success(tail: bytes) -> None:
    assert isinstance(failure(decoded(sse(part("a")) + tail)), Truncated)


def test_trap_17_what_is_no_answer_is_an_error() -> None:
    assert isinstance(failure(decoded(b'{"error": "boom"}')), Unavailable)
    assert "something else instead of a stream" in str(failure(decoded(b'{"content": "a", "stop": false}')))


def test_trap_25_an_error_inside_the_stream() -> None:
    report = {"error": {"code": 400, "message": "too big", "type": "exceed_context_size_error"}}
    events = decoded(sse(part("a"), report, END))
    assert (events[0], type(failure(events))) == (Text("a"), ContextExceeded)


@given(st.binary(max_size=60))
def test_any_bytes_end_in_one_failure_or_finish(noise: bytes) -> None:
    decoded(noise)
    decoded(sse(part("a")) + noise)
