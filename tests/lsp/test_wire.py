from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import msgspec
import pytest

from lsp_llm.lsp import wire as wire_module
from lsp_llm.lsp.messages import ResponseError
from lsp_llm.lsp.wire import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    REQUEST_FAILED,
    Answer,
    RequestRefused,
)
from tests.lsp.wiring import Line
from tests.turns import some_turns, until


class Pair(msgspec.Struct):
    left: int
    right: str


class Bench:
    """A line with a few hot methods, and what they were called with."""

    def __init__(self) -> None:
        self.called: list[Any] = []
        self.cold: list[Any] = []
        self.line = Line(lambda: self)
        methods = {"pair": self.pair, "keep": self.keep, "refuse": self.refuse, "break": self.fall}
        self.line.wire.serve(methods, lambda method: RequestRefused(-1, "no") if method == "shut" else None)

    def handle(self, body: bytes) -> None:
        self.cold.append(json.loads(body))

    def pair(self, params: msgspec.Raw) -> str:
        pair = msgspec.json.decode(params, type=Pair)
        return f"{pair.left}{pair.right}"

    def keep(self, params: msgspec.Raw) -> None:
        self.called.append(msgspec.json.decode(params))

    def refuse(self, params: msgspec.Raw) -> None:
        raise RequestRefused(REQUEST_FAILED, "not today")

    def fall(self, params: msgspec.Raw) -> None:
        raise KeyError("a bug")


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_hot_request_is_answered(bench: Bench) -> None:
    assert bench.line.request("pair", {"left": 1, "right": "x"}) == {"jsonrpc": "2.0", "id": "test", "result": "1x"}


@pytest.mark.parametrize("params", [{"left": "one", "right": "x"}, {"left": 1}, [1], None, 7])
def test_params_of_another_shape_are_refused(bench: Bench, params: Any) -> None:
    error = bench.line.request("pair", params)["error"]
    assert error["code"] == INVALID_PARAMS
    assert error["message"].startswith("pair: ")


@pytest.mark.parametrize(
    ("method", "code", "text"),
    [
        ("refuse", REQUEST_FAILED, "not today"),
        ("break", INTERNAL_ERROR, "a fault in lsp-llm: 'a bug'; see the log (--log-file)"),
        ("shut", -1, "no"),
    ],
)
def test_what_a_handler_refuses_or_breaks_is_answered(bench: Bench, method: str, code: int, text: str) -> None:
    assert bench.line.request(method)["error"] == {"code": code, "message": text, "data": None}


@pytest.mark.parametrize("method", ["refuse", "break", "shut"])
def test_a_notification_that_goes_wrong_is_logged_and_not_answered(
    bench: Bench, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench.line.send({"method": method})
    assert bench.line.messages == []
    assert caplog.records


def test_the_messages_behind_a_bad_one_are_taken(bench: Bench) -> None:
    good = b'{"jsonrpc":"2.0","method":"keep","params":1}'
    bad = [b'{"jsonrpc":"2.0","method":"break"}', b"{", b"[]", b"[" * 100_000, b'"text"', b"", b'{"id":{}}']
    for body in bad:
        bench.line.wire.take(body)
        bench.line.wire.take(good)
    assert bench.called == [1] * len(bad)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", PARSE_ERROR),
        (b"", PARSE_ERROR),
        (b'{"params":' + b"[" * 100_000, PARSE_ERROR),
        (b"[]", INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"pair"}', INVALID_REQUEST),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', INVALID_REQUEST),
    ],
)
def test_what_is_no_message_is_answered_without_an_id(bench: Bench, body: bytes, code: int) -> None:
    bench.line.send_body(body)
    (answer,) = bench.line.messages
    assert answer["id"] is None
    assert answer["error"]["code"] == code


@pytest.mark.parametrize("version", [{}, {"jsonrpc": "1.0"}])
def test_another_version_of_json_rpc_is_refused(bench: Bench, version: dict[str, str]) -> None:
    bench.line.send_body(json.dumps({"id": 3, "method": "pair", **version}).encode())
    assert bench.line.messages[0]["id"] == 3
    assert bench.line.messages[0]["error"]["code"] == INVALID_REQUEST


def test_what_is_no_frame_is_told(bench: Bench) -> None:
    bench.line.wire.misframed(b"a line of a wrapper script\n")
    assert bench.line.messages[0]["error"]["code"] == PARSE_ERROR


async def test_a_closed_wire_waits_for_no_answer() -> None:
    line, heard = Line(), []
    line.wire.request("ask", None, lambda result, error: heard.append((result, error)), 0.0)
    line.wire.close()
    await some_turns()
    assert heard == []


def test_half_a_character_and_bytes_of_another_encoding_are_read(bench: Bench) -> None:
    bench.line.send_body(rb'{"jsonrpc":"2.0","method":"keep","params":"a\ud83d"}')
    bench.line.send_body(b'{"jsonrpc":"2.0","method":"keep","params":"caf\xe9"}')
    assert bench.called == ["a\ufffd", "caf\ufffd"]


def test_what_is_not_hot_goes_to_the_cold_server_as_a_whole(bench: Bench) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": "other", "params": {"jsonrpc": "x"}}
    bench.line.send(message)
    assert bench.cold == [message]


class Answers:
    """What requests of the server's own came to."""

    def __init__(self) -> None:
        self.got: list[tuple[object, ResponseError | None]] = []

    @property
    def take(self) -> Answer:
        def note(result: msgspec.Raw | None, error: ResponseError | None) -> None:
            self.got.append((None if result is None else msgspec.json.decode(result), error))

        return note


async def test_an_answer_reaches_whoever_asked(bench: Bench) -> None:
    answers = Answers()
    bench.line.wire.request("ask", {"a": 1}, answers.take)
    (asked,) = bench.line.messages
    assert asked == {"jsonrpc": "2.0", "id": asked["id"], "method": "ask", "params": {"a": 1}}
    bench.line.answer({"b": 2})
    assert answers.got == [({"b": 2}, None)]
    bench.line.answer({"b": 3})
    assert len(answers.got) == 1


@pytest.mark.parametrize(
    ("answer", "result", "code"),
    [
        ({"result": None}, None, None),
        ({"result": None, "error": None}, None, None),
        ({}, None, None),
        ({"error": {"code": -32601, "message": "no"}}, None, -32601),
        ({"error": {"code": -1, "message": "no", "data": {"x": 1}}, "result": 5}, None, -1),
        ({"error": "a text"}, None, INTERNAL_ERROR),
    ],
)
async def test_every_shape_of_answer(bench: Bench, answer: Any, result: Any, code: int | None) -> None:
    answers = Answers()
    bench.line.wire.request("ask", None, answers.take)
    bench.line.send({"id": bench.line.messages[0]["id"], **answer})
    ((got, error),) = answers.got
    assert got == result
    assert (error and error.code) == code


async def test_an_answer_without_the_version_of_json_rpc_is_taken(bench: Bench) -> None:
    answers = Answers()
    bench.line.wire.request("ask", None, answers.take)
    bench.line.send_body(json.dumps({"id": bench.line.messages[0]["id"], "result": 1}).encode())
    assert answers.got == [(1, None)]


@pytest.mark.parametrize("message_id", [99, "text", None])
def test_an_answer_to_nothing_is_ignored(bench: Bench, message_id: Any) -> None:
    bench.line.send({"id": message_id, "result": 1})
    assert bench.line.messages == []


async def test_silence_ends_at_the_time_limit_and_what_comes_later_is_ignored(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_module, "REQUEST_SECONDS", 0.001)
    answers, expired = Answers(), asyncio.Event()

    def answered(result: msgspec.Raw | None, error: ResponseError | None) -> None:
        answers.take(result, error)
        expired.set()

    bench.line.wire.request("ask", None, answered)
    await asyncio.wait_for(expired.wait(), 60)
    bench.line.answer(1)
    assert answers.got == [(None, None)]


async def test_every_request_has_its_own_limit(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [Answers(), Answers(), Answers()]
    for seconds, answer in zip((0, 0.001, 60), answers, strict=True):
        monkeypatch.setattr(wire_module, "REQUEST_SECONDS", seconds)
        bench.line.wire.request("ask", None, answer.take)
    await until(lambda: answers[1].got)
    assert [answer.got for answer in answers] == [[(None, None)], [(None, None)], []]
    bench.line.answer(3)
    assert answers[2].got == [(3, None)]


async def test_a_request_may_be_given_longer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    patient, hasty = Answers(), Answers()
    bench.line.wire.request("ask the user", None, patient.take, 60)
    monkeypatch.setattr(wire_module, "REQUEST_SECONDS", 0.001)
    bench.line.wire.request("ask", None, hasty.take)
    await until(lambda: hasty.got)
    assert (hasty.got, patient.got) == ([(None, None)], [])


async def test_an_error_in_whoever_asked_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    def fall(result: object, error: object) -> None:
        raise KeyError("a bug")

    bench.line.wire.request("ask", None, fall)
    with caplog.at_level(logging.ERROR):
        bench.line.answer(1)
    assert "a fault in an answer" in caplog.text


class Paper:
    def __init__(self) -> None:
        self.lines: list[tuple[str, Any]] = []

    def received(self, body: bytes) -> None:
        self.lines.append(("->", json.loads(body).get("method")))

    def sent(self, body: bytes) -> None:
        self.lines.append(("<-", json.loads(body).get("method")))


def test_everything_that_passes_is_traced() -> None:
    paper = Paper()
    line = Line(trace=paper)
    line.wire.serve({"pair": lambda params: 1}, lambda method: None)
    line.request("pair")
    line.wire.notify("said", {})
    assert paper.lines == [("->", "pair"), ("<-", None), ("<-", "said")]


def test_what_was_answered_before_is_taken_and_not_answered_again(bench: Bench) -> None:
    initialize = b'{"jsonrpc":"2.0","id":1,"method":"keep","params":5}'
    bench.line.wire.resume(initialize)
    assert bench.called == [5]
    assert bench.line.messages == []
