from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.sse import ServerSentEvent, SseDecoder
from tests.every_way import decode, decode_every_way


def data_of(body: bytes) -> list[bytes]:
    return [event.data for event in decode_every_way(SseDecoder, body)]


def test_trap_1_bytes_cut_inside_a_character() -> None:
    assert data_of("data: größe 日本語 😀\n\n".encode()) == ["größe 日本語 😀".encode()]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_traps_2_and_3_every_line_end(end: bytes) -> None:
    assert data_of(b"data: a" + end + b"data: b" + end + end + b"data: c" + end + end) == [b"a\nb", b"c"]


def test_trap_3_mixed_line_ends() -> None:
    assert data_of(b"data: a\r\ndata: b\r\rdata: c\n\r\ndata: d\r\r\n") == [b"a\nb", b"c", b"d"]


def test_a_carriage_return_at_the_end_of_a_chunk_is_not_waited_for() -> None:
    decoder = SseDecoder()
    assert decoder.push(b"data: a\r\r") == [ServerSentEvent("", b"a")]
    assert decoder.push(b"\ndata: b\n\n") == [ServerSentEvent("", b"b")]


def test_trap_4_exactly_one_space_is_dropped() -> None:
    assert data_of(b"data:a\n\ndata: b\n\ndata:  c\n\n") == [b"a", b"b", b" c"]


def test_trap_5_lines_of_data_are_joined() -> None:
    assert data_of(b'data: {"a":\ndata\ndata: 1}\n\n') == [b'{"a":\n\n1}']


def test_trap_6_comments_are_nothing() -> None:
    assert data_of(b": ping\n\n:\n: OPENROUTER PROCESSING\ndata: a\n: between\ndata: b\n\n:\n\n") == [b"a\nb"]


def test_trap_7_a_byte_order_mark_does_not_cost_the_first_event() -> None:
    assert data_of(b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: not a field\n\n") == [b"a"]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_trap_8_other_separators_end_no_line(separator: str) -> None:
    assert data_of(f"data: a{separator}b\n\n".encode()) == [f"a{separator}b".encode()]


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r"])
def test_trap_9_the_last_event_needs_no_blank_line(tail: bytes) -> None:
    assert data_of(b"data: a\n\ndata: b" + tail) == [b"a", b"b"]


def test_trap_10_an_event_without_data_is_none() -> None:
    assert data_of(b"event: ping\n\ndata\n\ndata:\n\nevent: x\ndata: a\n\n") == [b"a"]


def test_the_name_belongs_to_one_event_only() -> None:
    events = decode_every_way(SseDecoder, b"event: first\nid: 7\nretry: 10\nnew: 1\ndata: a\n\ndata: b\n\n")
    assert events == [ServerSentEvent("first", b"a"), ServerSentEvent("", b"b")]


def test_trap_27_a_large_event_passes() -> None:
    payload = b"x" * (2 << 20)
    assert decode(SseDecoder, [b"data: " + payload + b"\n\n"]) == [ServerSentEvent("", payload)]


def small() -> SseDecoder:
    return SseDecoder(max_event_bytes=20, max_stream_bytes=60)


@pytest.mark.parametrize(
    ("body", "kept", "sentence"),
    [
        (b"data: a\n\ndata: " + b"x" * 30 + b"\n\ndata: b\n\n", [b"a"], "one event of more than 20 bytes"),
        (b"data: a\n\n" + b"data: 1234\n" * 3, [b"a"], "one event of more than 20 bytes"),
        (b"data: a\n\n" * 7, [b"a"] * 6, "an answer of more than 60 bytes"),
    ],
)
def test_trap_27_limits_stop_a_memory_bomb(body: bytes, kept: list[bytes], sentence: str) -> None:
    assert [event.data for event in decode_every_way(small, body)] == kept
    decoder = small()
    decoder.push(body)
    assert sentence in str(decoder.failure)
    assert decoder.push(b"data: a\n\n") == []


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_any_text_arrives_whole_however_it_is_cut(texts: list[str]) -> None:
    body = "".join(f"data: {text}\n\n" for text in texts).encode()
    assert data_of(body) == [text.encode() for text in texts]


@given(st.lists(st.sampled_from([b"data: a", b"data", b"event: e", b":", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf"])))
def test_any_soup_is_the_same_however_it_is_cut(parts: list[bytes]) -> None:
    decode_every_way(SseDecoder, b"".join(parts))


def seconds_byte_by_byte(size: int) -> float:
    body = b"data: " + b"x" * size + b"\n\n"
    started = time.perf_counter()
    assert len(decode(SseDecoder, [body[at : at + 1] for at in range(len(body))])) == 1
    return time.perf_counter() - started


def test_byte_by_byte_costs_its_length_only() -> None:
    ratios = [seconds_byte_by_byte(80_000) / seconds_byte_by_byte(10_000) for _ in range(5)]
    assert min(ratios) < 24
