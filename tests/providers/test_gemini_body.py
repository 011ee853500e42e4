from __future__ import annotations

import json

import pytest

from lsp_llm.providers.gemini_body import GeminiBody
from lsp_llm.stream.sse import MAX_EVENT_BYTES, ServerSentEvent
from tests.every_way import decode_every_way

ERROR = json.dumps({"error": {"code": 503, "details": [{"a": "}\ndata: x"}, ["{"]]}}, indent=2).encode()


def events(body: bytes) -> list[bytes]:
    return [event.data for event in decode_every_way(GeminiBody, body)]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("error", [ERROR, b"[" + ERROR + b"]", ERROR + b"\n"])
def test_bare_json_behind_a_stream_is_its_last_event(line_end: bytes, error: bytes) -> None:
    error = error.replace(b"\n", line_end)
    assert events(line_end.join([b'data: {"a": 1}', b"", error])) == [b'{"a": 1}', error]


def test_bare_json_may_follow_an_event_without_its_blank_line_or_a_comment() -> None:
    assert events(b'data: {"a": 1}\n' + ERROR) == [b'{"a": 1}', ERROR]
    assert events(b": hello\n" + ERROR) == [ERROR]
    assert events(b"data: 1\n\n" + b"[\n{\n}\n]") == [b"1", b"[\n{\n}\n]"]


def test_braces_within_a_line_begin_nothing() -> None:
    body = b'data: {"a": [{"b": "\\n{"}]}\n\ndata:\ndata: {\ndata: }\n\n'
    assert events(body) == [b'{"a": [{"b": "\\n{"}]}', b"\n{\n}"]


@pytest.mark.parametrize("body", [ERROR, b"[{\n}\n,\r\n{\n}]", b"  \r\n" + ERROR, b"\xef\xbb\xbf[{},\n{}]", b"<p>\n{"])
def test_a_body_that_is_no_stream_stays_whole(body: bytes) -> None:
    for chunks in ([body], [body[at : at + 1] for at in range(len(body))]):
        read = GeminiBody()
        assert [event for chunk in chunks for event in read.push(chunk)] == []
        assert list(read.finish()) == []
        assert read.whole == body.lstrip(b"\xef\xbb\xbf \r\n")


def test_bare_json_without_end_is_cut() -> None:
    read = GeminiBody()
    read.push(b"data: x\n\n{")
    for _ in range(3):
        read.push(b" " * (MAX_EVENT_BYTES // 2))
    [last] = read.finish()
    assert last == ServerSentEvent("", b"{" + b" " * (MAX_EVENT_BYTES - 1))
