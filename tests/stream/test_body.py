from __future__ import annotations

import pytest

from lsp_llm.stream.body import AnswerBody
from tests.every_way import decode_every_way, every_cut


@pytest.mark.parametrize(
    "body",
    [
        b"data: a\n\n",
        b"\xef\xbb\xbfdata:a\n\n",
        b"\r\n\n  \n: wait\n\ndata: a\n\n",
        b"id\ndata: a\n\n",
        b"event: x\ndata: a",
    ],
)
def test_trap_20_an_event_stream_is_told_by_its_first_field(body: bytes) -> None:
    assert [event.data for event in decode_every_way(AnswerBody, body)] == [b"a"]


@pytest.mark.parametrize("body", [b'{"data": 1}', b"<html>", b"event log", b"x", b"database down", b"dat"])
def test_anything_else_is_handed_over_whole(body: bytes) -> None:
    for chunks in every_cut(b"\n \n" + body):
        answer = AnswerBody()
        assert [event for chunk in chunks for event in answer.push(chunk)] == []
        assert (answer.finish(), answer.whole) == ([], body)


@pytest.mark.parametrize("body", [b":", b"data:", b"retry\n"])
def test_a_stream_that_hardly_began_is_still_one(body: bytes) -> None:
    answer = AnswerBody()
    answer.push(body)
    assert (answer.finish(), answer.whole) == ([], b"")


def test_keep_alive_blank_lines_before_the_answer_cost_no_memory() -> None:
    answer = AnswerBody(max_stream_bytes=10)
    for _ in range(100):
        answer.push(b"\n\n")
    assert (answer.failure, answer.whole) == (None, b"")


def test_a_whole_body_has_a_limit() -> None:
    for chunks in every_cut(b"<" + b"x" * 40):
        answer = AnswerBody(max_stream_bytes=20)
        for chunk in chunks:
            answer.push(chunk)
        assert str(answer.failure) == "The host sent an answer of more than 20 bytes."
        assert answer.whole == b""
