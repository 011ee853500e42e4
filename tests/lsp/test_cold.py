"""pygls behind the wire, in this process: a few features of the test's own, messages as clients send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from lsp_llm.lsp.cold import ColdServer, guarded, refused
from lsp_llm.lsp.wire import INTERNAL_ERROR, INVALID_PARAMS, REQUEST_FAILED, Wire
from tests.lsp.wiring import Line

METHOD_NOT_FOUND = -32601


class Bench:
    def __init__(self) -> None:
        self.called: list[Any] = []
        self.line = Line(lambda: self.load(self.line.wire))

    def load(self, wire: Wire) -> ColdServer:
        server = ColdServer(wire)
        server.feature("workspace/executeCommand")(guarded(self.execute))
        server.feature("textDocument/didOpen")(guarded(self.called.append))
        server.feature("textDocument/didClose")(guarded(self.fall))
        server.feature("shutdown")(guarded(self.called.append))
        return server

    def execute(self, params: Any) -> Any:
        match params.command:
            case "echo":
                return list(params.arguments)
            case "refuse":
                raise refused(REQUEST_FAILED, ValueError("not today"))
            case _:
                return self.fall(params)

    def fall(self, params: Any) -> None:
        raise KeyError("a bug")

    def command(self, name: str, *arguments: Any) -> Any:
        return self.line.request("workspace/executeCommand", {"command": name, "arguments": list(arguments)})


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    "argument",
    [
        {"jsonrpc": "2.0", "id": 1, "method": "shutdown"},
        {"jsonrpc": "2.0", "id": 1, "result": None},
        {"nested": [{"jsonrpc": "x"}]},
        "text",
        7,
        None,
        [1, "é😀"],
    ],
)
def test_arguments_arrive_as_they_were_sent(bench: Bench, argument: Any) -> None:
    assert bench.command("echo", argument)["result"] == [argument]


@pytest.mark.parametrize("params", [{}, {"params": None}, {"params": {"a": 1}}, {"params": [1]}])
def test_an_unknown_request_is_answered(bench: Bench, params: Mapping[str, Any]) -> None:
    bench.line.send({"id": 7, "method": "lsp-llm/unheardOf", **params})
    (answer,) = bench.line.messages
    assert (answer["id"], answer["error"]["code"]) == (7, METHOD_NOT_FOUND)
    assert "lsp-llm/unheardOf" in answer["error"]["message"]


@pytest.mark.parametrize("params", [{}, {"params": None}, {"params": {"id": 3}}, {"params": 5}])
@pytest.mark.parametrize("method", ["$/cancelRequest", "$/unheardOf", "lsp-llm/unheardOf"])
def test_an_unknown_notification_is_ignored(bench: Bench, method: str, params: Mapping[str, Any]) -> None:
    bench.line.send({"method": method, **params})
    assert bench.line.messages == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("workspace/executeCommand", {"arguments": []}),
        ("workspace/executeCommand", {"command": "echo", "arguments": 5}),
        ("workspace/executeCommand", [1]),
        ("workspace/executeCommand", None),
        ("textDocument/codeAction", {"textDocument": {}, "range": 5}),
        ("textDocument/codeAction", {"textDocument": {"uri": "file:///a"}, "context": {"only": 5}}),
    ],
)
def test_params_of_another_shape_are_refused(bench: Bench, method: str, params: Any) -> None:
    error = bench.line.request(method, params)["error"]
    assert error == {"code": INVALID_PARAMS, "message": f"{method}: the params are not of its shape", "data": None}


def test_a_notification_of_another_shape_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.line.send({"method": "textDocument/didOpen", "params": {"textDocument": 5}})
    assert bench.line.messages == []
    assert "textDocument/didOpen: the params are not of its shape" in caplog.text


def test_what_a_feature_refuses_is_answered_as_it_is(bench: Bench) -> None:
    error = bench.command("refuse")["error"]
    assert (error["code"], error["message"]) == (REQUEST_FAILED, "not today")


def test_a_fault_of_ours_is_a_sentence_and_not_a_traceback(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    answer = bench.command("break")
    assert (answer["error"]["code"], answer["error"]["message"]) == (
        INTERNAL_ERROR,
        "a fault in lsp-llm: 'a bug'; see the log (--log-file)",
    )
    assert "Traceback" not in json.dumps(answer)
    ours = [record for record in caplog.records if record.name.startswith("lsp_llm") and record.exc_info]
    assert len(ours) == 1


def test_a_fault_in_a_notification_is_logged(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.line.send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": "file:///a"}}})
    assert bench.line.messages == []
    assert "a fault in fall: 'a bug'" in caplog.text


def test_the_state_of_a_session_is_not_pygls_affair(bench: Bench) -> None:
    """It would stop answering after a shutdown; the lifecycle decides that, and answers."""
    assert bench.line.request("shutdown")["result"] is None
    assert bench.command("echo", 1)["result"] == [1]


def test_what_is_guarded_raises_only_answers() -> None:
    def fall(params: Any) -> None:
        raise ValueError("a bug")

    with pytest.raises(JsonRpcException) as caught:
        guarded(fall)(None)
    assert caught.value.code == INTERNAL_ERROR
    assert guarded(str)(5) == "5"
