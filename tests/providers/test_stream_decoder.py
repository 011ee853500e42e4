from __future__ import annotations

import pytest

from lsp_llm.errors import BadResponse, Truncated
from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.providers.answer_events import AnswerEvents
from lsp_llm.providers.stream_decoder import StreamDecoder
from lsp_llm.stream.events import Event, Failed, Finish, Text
from lsp_llm.stream.payload import MalformedJson
from lsp_llm.stream.sse import MAX_EVENT_BYTES, ServerSentEvent
from tests.every_way import decode, decode_every_way


class Plain:
    """A dialect of words: "end" ends, "bad" is no word of it, "half" cannot be read; three words are enough."""

    def __init__(self) -> None:
        self.words = 0

    def take(self, event: ServerSentEvent, out: AnswerEvents) -> None:
        match event.data:
            case b"end":
                out.end(FinishReason.STOP)
            case b"bad":
                raise BadResponse("bad")
            case b"half":
                raise MalformedJson("half")
            case word:
                self.words += 1
                out.say(word.decode())

    def take_whole(self, body: bytes, out: AnswerEvents) -> None:
        if body.startswith(b"!"):
            out.say(body.decode())
            out.end(FinishReason.STOP)
        else:
            out.fail(BadResponse("no stream"))

    def finish(self, out: AnswerEvents) -> None:
        if self.words == 3:
            out.end(FinishReason.UNKNOWN)


def decoded(body: bytes) -> list[Event]:
    return decode_every_way(lambda: StreamDecoder(Plain()), body)


def sse(*words: str) -> bytes:
    return "".join(f"data: {word}\n\n" for word in words).encode()


def test_events_go_to_the_dialect_until_it_ends() -> None:
    assert decoded(sse("a", "end", "b", "bad")) == [Text("a"), Finish(FinishReason.STOP)]


@pytest.mark.parametrize("word", ["bad", "half"])
def test_what_the_dialect_cannot_read_is_the_last(word: str) -> None:
    assert [type(event) for event in decoded(sse("a", word, "b", "end"))] == [Text, Failed]


def test_an_event_that_the_end_of_the_body_cut_does_not_decide() -> None:
    last = decoded(sse("a", "b", "c") + b"data: half")[-1]
    assert last == Finish(FinishReason.UNKNOWN)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (sse("a"), "The host ended the answer in the middle."),
        (sse("a") + b"data: half", "The host ended the answer in the middle."),
        (b"", "The host closed the connection without an answer."),
        (b": keep-alive\n\n", "The host closed the connection without an answer."),
    ],
)
def test_without_an_ending_it_is_truncated(body: bytes, sentence: str) -> None:
    last = decoded(body)[-1]
    assert isinstance(last, Failed)
    assert (type(last.error), str(last.error)) == (Truncated, sentence)


def test_a_body_in_one_piece_is_the_dialects_to_judge() -> None:
    assert decoded(b"!hello") == [Text("!hello"), Finish(FinishReason.STOP)]
    assert isinstance(decoded(b"<html>")[-1], Failed)


def test_what_is_too_large_fails() -> None:
    (last,) = decode(lambda: StreamDecoder(Plain()), [b"data: ", b"x" * (MAX_EVENT_BYTES + 1)])
    assert isinstance(last, Failed)
    assert "bytes" in str(last.error)
