from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import ProviderError, Refused, Truncated, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.fim_completions import CompletionsReading
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.events import Event, Failed, Finish, Text, Unknown, UsageReported
from tests.every_way import decode_every_way, text_of
from tests.providers.recorded import body_of, head_of

STOP = Finish(FinishReason.STOP)
DONE = b"data: [DONE]\n\n"


def sse(*values: object) -> bytes:
    return b"".join(b"data: " + json.dumps(value).encode() + b"\n\n" for value in values)


def chunk(text: str | None = "", reason: str | None = None, index: int | None = 0) -> dict[str, object]:
    return {"object": "text_completion", "choices": [{"text": text, "index": index, "finish_reason": reason}]}


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(lambda: StreamDecoder(CompletionsReading()), body)
    assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
    return events


def failure(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


def test_the_recording() -> None:
    assert decoded(body_of("llamacpp/completions_stream")) == [
        Text("first"),
        Text(" + second"),
        Text(" * scale"),
        UsageReported(Usage(9, 4, cache_read_tokens=1)),
        STOP,
    ]


def test_a_host_without_this_endpoint() -> None:
    status, _ = head_of("aimock/completions_legacy")
    assert status == 404
    assert str(failure(decoded(body_of("aimock/completions_legacy")))).endswith("Not found")


def test_trap_13_an_event_that_says_nothing_yields_nothing() -> None:
    for odd in (chunk(None), chunk("", ""), chunk(index=None), {"choices": []}, {"choices": [{}], "usage": None}):
        assert decoded(sse(odd, chunk("a"), odd, chunk(reason="stop"), odd) + DONE) == [Text("a"), STOP]


def test_trap_14_token_counts_in_every_place() -> None:
    counts = {"prompt_tokens": 9, "completion_tokens": 4}
    for late in ({"usage": counts}, {"choices": [], "usage": counts}):
        assert decoded(sse(chunk("a", "stop"), late)) == [Text("a"), UsageReported(Usage(9, 4)), STOP]
    events = decoded(sse({**chunk("a", "stop"), "usage": "odd"}))
    assert events == [Text("a"), Unknown("token counts: odd"), STOP]


def test_traps_15_and_16_the_first_reason_of_the_first_choice_stands() -> None:
    other = chunk("x", "stop", index=1)
    assert decoded(sse(other, chunk("a", "length"), chunk("b", "stop")) + DONE) == [
        Text("a"),
        Text("b"),
        Finish(FinishReason.LENGTH),
    ]


def test_trap_18_an_answer_in_one_piece_is_an_answer() -> None:
    assert decoded(json.dumps(chunk("a", "stop")).encode()) == [Text("a"), STOP]


@pytest.mark.parametrize("tail", [b"", b'data: {"choices": [{"te'])
def test_trap_21_an_end_without_a_marker_is_never_a_success(tail: bytes) -> None:
    assert isinstance(failure(decoded(sse(chunk("a")) + tail)), Truncated)
    assert decoded(sse(chunk("a", "stop")) + tail) == [Text("a"), STOP]
    assert decoded(sse(chunk("a")) + DONE) == [Text("a"), Finish(FinishReason.UNKNOWN)]


@pytest.mark.parametrize(
    ("report", "kind", "sentence"),
    [
        ({"error": {"message": "Boom"}}, Unavailable, "The host is not available: Boom"),
        ({**chunk("", "error"), "error": {"message": "Bad", "code": 400}}, Refused, "The host refused the request"),
        (chunk("", "abort"), Unavailable, "The host ended the answer early (abort)."),
    ],
)
def test_trap_25_an_error_inside_the_stream(report: object, kind: type, sentence: str) -> None:
    events = decoded(sse(chunk("a"), report, chunk("never", "stop")) + DONE)
    assert (events[0], len(events), type(failure(events))) == (Text("a"), 2, kind)
    assert str(failure(events)).startswith(sentence)


def test_trap_11_and_26_what_is_unknown_is_noted_and_what_is_broken_fails() -> None:
    assert decoded(sse({"new": 1}, chunk("a", "stop")))[0] == Unknown('an event without choices: {"new": 1}')
    assert "malformed at character 12" in str(failure(decoded(b'data: {"choices": oops}\n\n' + DONE)))


@given(st.binary(max_size=60))
def test_any_bytes_end_in_one_failure_or_finish(noise: bytes) -> None:
    decoded(noise)
    decoded(sse(chunk("a")) + noise)
    assert text_of(decoded(sse(chunk("a", "stop")) + DONE + noise)) == "a"
