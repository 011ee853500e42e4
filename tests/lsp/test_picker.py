from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.lsp import wire
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.picker import MessagePicker
from tests.lsp.wiring import Line
from tests.turns import some_turns


class Bench:
    def __init__(self) -> None:
        self.line = Line()
        self.client = Client(self.line.wire, Documents())
        self.picker = MessagePicker(self.client)
        self.picked: list[str] = []

    async def ask(self) -> None:
        self.picker.ask("Which?", ["one", "two"], self.picked.append)
        assert self.line.messages == []
        await some_turns()


@pytest.mark.parametrize("can_pick", ["yes", ""])
def test_only_a_client_that_says_so_is_asked(can_pick: str) -> None:
    bench = Bench()
    bench.client.meet(ClientFacts(can_pick=bool(can_pick)))
    assert bench.picker.is_there is bool(can_pick)


async def test_the_names_are_buttons_and_the_question_comes_after_the_answer_of_the_command() -> None:
    bench = Bench()
    await bench.ask()
    (message,) = bench.line.messages
    assert message["method"] == "window/showMessageRequest"
    actions = [{"title": "one"}, {"title": "two"}]
    assert message["params"] == {"type": 3, "message": "Which?", "actions": actions}
    bench.line.answer({"title": "two", "more": 1})
    assert bench.picked == ["two"]


@pytest.mark.parametrize("result", [None, {}, {"title": None}, {"title": "three"}, {"title": ["one"]}, "one", [1]])
async def test_whatever_is_none_of_the_names_picks_nothing(result: Any) -> None:
    bench = Bench()
    await bench.ask()
    bench.line.answer(result)
    assert bench.picked == []


async def test_an_error_picks_nothing() -> None:
    bench = Bench()
    await bench.ask()
    bench.line.answer(error={"code": -32601, "message": "not here"})
    assert bench.picked == []


async def test_who_waits_too_long_picks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    monkeypatch.setattr(wire, "REQUEST_SECONDS", 0)
    await bench.ask()
    await bench.line.silence()
    bench.line.answer({"title": "one"})
    assert bench.picked == []
