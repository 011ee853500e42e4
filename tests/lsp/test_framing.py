from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.lsp.framing import MAX_BODY_BYTES, MAX_HEADER_BYTES, SHOWN_BYTES, BrokenFrame, FrameDecoder, frame
from tests.every_way import every_cut


def decode(chunks: list[bytes]) -> list[bytes | BrokenFrame]:
    decoder = FrameDecoder()
    return [item for chunk in chunks for item in decoder.push(chunk)]


def decode_every_way(data: bytes) -> list[bytes | BrokenFrame]:
    first, *others = (decode(chunks) for chunks in every_cut(data))
    for other in others:
        assert other == first
    return first


def broken(items: list[bytes | BrokenFrame]) -> list[bytes]:
    return [item.beginning for item in items if isinstance(item, BrokenFrame)]


def bodies(items: list[bytes | BrokenFrame]) -> list[bytes]:
    return [item for item in items if isinstance(item, bytes)]


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_what_was_framed_comes_out(messages: list[bytes]) -> None:
    assert decode([frame(body) for body in messages]) == messages


def test_frames_come_out_the_same_however_they_are_cut() -> None:
    assert decode_every_way(frame(b'{"a":1}') + frame(b"") + frame("é".encode())) == [b'{"a":1}', b"", "é".encode()]


@pytest.mark.parametrize(
    "header",
    [
        b"content-length:2",
        b"CONTENT-LENGTH \t:  2 ",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2",
        b"Content-Length: 2\r\nContent-Type: application/vscode-jsonrpc; charset=utf8",
        b"X-Content-Length: 7\r\nContent-Length: 002",
    ],
)
def test_headers_in_every_spelling(header: bytes) -> None:
    assert decode_every_way(header + b"\r\n\r\n{}" + frame(b"[]")) == [b"{}", b"[]"]


@pytest.mark.parametrize(
    "noise",
    [
        b"Content-Length: many\r\n\r\n{}",
        b"Content-Length: -5\r\n\r\n{}",
        b"Content-Length: 5 apples\r\n\r\n{}",
        b"Content-Type: text/plain\r\n\r\n{}",
        b"a warning of a wrapper script\n",
        b"\r\n\r\n\r\n\r\n",
        b"Content-Length: %d\r\n\r\n{}" % (MAX_BODY_BYTES + 1),
        b"Content-Length: 99999999999999999999\r\n\r\n{}",
        b"Content-Length: x\r\n\r\nContent-Length: y\r\n\r\n",
        b"Content-Len",
    ],
)
def test_a_broken_frame_is_reported_once_and_the_next_one_read(noise: bytes) -> None:
    items = decode_every_way(noise + frame(b"{}") + frame(b"[]"))
    assert bodies(items) == [b"{}", b"[]"]
    assert len(broken(items)) == 1
    assert broken(items)[0].startswith(noise[:4])


def test_each_of_two_broken_frames_with_a_sound_one_between_is_reported() -> None:
    items = decode_every_way(b"one\n" + frame(b"{}") + b"two\n" + frame(b"[]"))
    assert [item.beginning[:3] if isinstance(item, BrokenFrame) else item for item in items] == [
        b"one", b"{}", b"two", b"[]",
    ]  # fmt: skip


def test_a_report_shows_no_more_than_a_line() -> None:
    (shown,) = broken(decode_every_way(b"x" * (MAX_HEADER_BYTES + 10)))
    assert shown == b"x" * SHOWN_BYTES


def test_a_header_that_never_ends_is_given_up() -> None:
    endless = b"Content-Length: 2\r\n" + b"X: y\r\n" * 2000
    items = decode([endless, b"\r\n", frame(b"{}")])
    assert len(broken(items)) == 1
    assert bodies(items) == [b"{}"]


@given(st.lists(st.one_of(st.just(frame(b"{}")), st.binary(max_size=30), st.just(b"Content-Length:")), max_size=6))
def test_noise_of_any_kind_never_depends_on_the_cut(parts: list[bytes]) -> None:
    data = b"".join(parts)
    assert decode([data]) == decode([data[at : at + 1] for at in range(len(data))])


@pytest.mark.parametrize("whole", [frame(b"x" * 30_000_000), b"noise " * 5_000_000], ids=["body", "noise"])
def test_many_bytes_cost_time_in_proportion(whole: bytes) -> None:
    """A decoder that looks at, or moves, all that it holds with every chunk needs minutes for this."""
    view = memoryview(whole)
    began = time.process_time()
    items = decode([bytes(view[at : at + 4096]) for at in range(0, len(whole), 4096)])
    assert len(items) == 1
    assert time.process_time() - began < 3


def test_a_stranger_may_be_allowed_less() -> None:
    decoder = FrameDecoder(most_bytes=10)
    assert broken(decoder.push(frame(b"x" * 11))) == [b"Content-Length: 11\r\n\r\n"]
    decoder = FrameDecoder(most_bytes=10)
    assert decoder.push(frame(b"x" * 10)) == [b"x" * 10]
    decoder.most_bytes = 11
    assert decoder.push(frame(b"x" * 11)) == [b"x" * 11]
