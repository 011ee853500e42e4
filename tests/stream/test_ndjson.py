from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.ndjson import NdjsonBody
from lsp_llm.stream.sse import ServerSentEvent
from tests.every_way import decode, decode_every_way, every_cut


def lines_of(body: bytes) -> list[bytes]:
    return [event.data for event in decode_every_way(NdjsonBody, body)]


def whole_of(raw: bytes) -> bytes:
    """What is left of a body that is no stream, the same for every cut."""
    wholes = set()
    for chunks in every_cut(raw):
        body = NdjsonBody()
        assert [event for chunk in chunks for event in body.push(chunk)] + body.finish() == []
        wholes.add(body.whole)
    assert len(wholes) == 1
    return wholes.pop()


def test_each_line_is_an_event() -> None:
    assert lines_of('{"a": "größe 😀"}\n{"b": 1}\n'.encode()) == ['{"a": "größe 😀"}'.encode(), b'{"b": 1}']


def test_a_stream_leaves_no_whole() -> None:
    body = NdjsonBody()
    assert body.push(b'{"a": 1}\n{"b"') == [ServerSentEvent("", b'{"a": 1}')]
    assert body.whole == b""


def test_a_line_comes_out_as_soon_as_it_is_whole() -> None:
    body = NdjsonBody()
    assert body.push(b'{"a": 1}') == []
    assert body.push(b"\n") == [ServerSentEvent("", b'{"a": 1}')]


def test_blank_lines_and_carriage_returns_are_nothing() -> None:
    assert [line.strip() for line in lines_of(b'\r\n\n{"a": 1}\r\n \r\n\n{"b": 1}\r\n\t')] == [b'{"a": 1}', b'{"b": 1}']


def test_trap_7_a_byte_order_mark_does_not_cost_the_first_line() -> None:
    assert lines_of(b'\xef\xbb\xbf{"a": 1}\n') == [b'{"a": 1}']


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r"])
def test_trap_8_other_separators_end_no_line(separator: str) -> None:
    line = f'{{"a": "x{separator}y"}}'.encode()
    assert lines_of(line + b"\n") == [line]


@pytest.mark.parametrize("last", [b'{"b": 1}', b'{"b'])
def test_trap_9_the_last_line_needs_no_end(last: bytes) -> None:
    assert lines_of(b'{"a": 1}\n' + last) == [b'{"a": 1}', last]
    assert lines_of(last) == [last]


@pytest.mark.parametrize(
    "page",
    [
        b"<html>\n<body>Bad gateway</body>\n</html>\n",
        b'{\n  "error": "boom"\n}\n',
        b'{"error": {\n  "message": "boom"\n}}\n',
        b'[{"error": "boom"}]\n',
        b"upstream connect error",
        b'data: {"a": 1}\n\ndata: {"b": 1}\n\n',
        b"",
    ],
)
def test_trap_19_what_is_no_stream_comes_as_a_whole(page: bytes) -> None:
    assert whole_of(b"\xef\xbb\xbf\n " + page) == page


def small() -> NdjsonBody:
    return NdjsonBody(max_line_bytes=20, max_stream_bytes=60)


@pytest.mark.parametrize(
    ("raw", "kept", "sentence"),
    [
        (b'{"a": 1}\n{"' + b"x" * 30 + b'"}\n{"b": 1}\n', 1, "one line of more than 20 bytes"),
        (b'{"' + b"x" * 30, 0, "one line of more than 20 bytes"),
        (b'{"a": 1}\n' * 7, 6, "an answer of more than 60 bytes"),
        (b"<html>\n" + b"x" * 60, 0, "an answer of more than 60 bytes"),
    ],
)
def test_trap_27_limits_stop_a_memory_bomb(raw: bytes, kept: int, sentence: str) -> None:
    assert len(decode_every_way(small, raw)) == kept
    body = small()
    body.push(raw)
    assert sentence in str(body.failure)
    assert body.push(b'{"a": 1}\n') == body.finish() == []
    assert body.whole == b""


def test_trap_27_a_large_line_passes() -> None:
    line = b'{"a": "' + b"x" * (2 << 20) + b'"}'
    assert decode(NdjsonBody, [line, b"\n"]) == [ServerSentEvent("", line)]


@given(st.lists(st.sampled_from([b'{"a": 1}', b"{", b"}", b"<p>", b" ", b"\r", b"\n", b"\xef\xbb\xbf"])))
def test_any_soup_is_the_same_however_it_is_cut(parts: list[bytes]) -> None:
    decode_every_way(NdjsonBody, b"".join(parts))
    decode_every_way(small, b"".join(parts))
