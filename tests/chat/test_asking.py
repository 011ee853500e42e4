from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from lsp_llm.chat.asking import ask
from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.draft import Draft
from lsp_llm.errors import ContextExceeded, LspLlmError, Refused, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.jobs.answering import Prepared
from lsp_llm.status.events import Message, RequestCompleted, RequestSent, Status, Streaming
from lsp_llm.status.events import Thinking as IsThinking
from lsp_llm.stream.events import Failed, Finish, Text, Thinking, ToolArguments, ToolCalled, Unknown, UsageReported
from lsp_llm.stream.filters.originals import Originals
from tests.chat.sending import Ear, Paper
from tests.fakes.jobs import Source

CALL = ToolCall("1", "act")


class Script(Source):
    """Gives these, and raises what is an error."""

    def __init__(self, *told: Any, model: str = "m") -> None:
        super().__init__()
        self.model = model
        self._told = told

    async def events(self) -> AsyncGenerator[Any, None]:
        yield RequestSent(self.provider, self.model)
        for each in self._told:
            if isinstance(each, LspLlmError):
                raise each
            yield each


def prepared(*told: Any, model: str = "m", **others: Any) -> Prepared:
    return Prepared(Script(*told, model=model), Originals({}), **others)


class Asking:
    def __init__(self) -> None:
        self.paper, self.ear, self.told = Paper(), Ear(), list[Status]()
        self.draft = Draft(self.paper, self.ear, "id", self.fail)

    def turns(self) -> tuple[Turn, ...]:
        self.draft.end("done", "")
        return self.paper.turns

    def fail(self, sentence: str) -> None:
        raise AssertionError(sentence)

    async def __call__(self, first: Prepared) -> Any:
        async def prepare() -> Prepared:
            return first

        return await ask(prepare, self.draft, self.told.append)


DONE = [UsageReported(Usage(3, 4)), Finish(FinishReason.STOP)]


async def test_words_reasoning_and_statuses() -> None:
    asking = Asking()
    heard = await asking(
        prepared(
            [Thinking("a"), Thinking("b"), Text("c"), Text("d")],
            [Unknown("?"), ToolArguments("act", "{")],
            [ToolCalled(CALL), *DONE],
            notes=(Message("note"),),
            spent=lambda usage: 0.1,
        )
    )
    assert (asking.ear.thoughts, asking.ear.texts) == (["ab"], ["cd"]), "what came together goes out together"
    assert (heard.calls, heard.usage, heard.finish, heard.cost) == ([CALL], Usage(3, 4), FinishReason.STOP, 0.1)
    completed = RequestCompleted(Usage(3, 4), FinishReason.STOP, 0.1)
    assert asking.told == [Message("note"), RequestSent("fake", "m"), IsThinking(), Streaming(2), completed]


async def test_reasoning_in_the_words_is_reasoning() -> None:
    asking = Asking()
    parts = [[Text("<thi")], [Text("nk>\nHm")], [Text(".</think>")], [Text("\n\n4")], DONE]
    await asking(prepared(*parts))
    assert (asking.ear.thoughts, asking.ear.texts) == (["Hm", "."], ["4"])
    (turn,) = asking.turns()
    assert (turn.thinking, turn.text) == ("Hm.", "4")
    assert asking.told[1:-1] == [IsThinking(), Streaming(1)]


async def test_what_was_held_back_is_told_at_the_end() -> None:
    asking = Asking()
    await asking(prepared([Text("<think>a</th")], DONE))
    assert (asking.ear.thoughts, asking.ear.texts) == (["a", "</th"], [])
    asking = Asking()
    await asking(prepared([Text(" <th")], DONE))
    assert (asking.ear.thoughts, asking.ear.texts) == ([], [" <th"])


async def test_elsewhere_where_nothing_has_come() -> None:
    async def other() -> Prepared:
        return prepared([Text("there"), *DONE], model="other")

    asking = Asking()
    await asking(prepared(Unavailable("down"), fallback=other))
    assert (asking.ear.texts, asking.draft.model) == (["there"], "other")
    assert Message("fake: down", "warning") in asking.told


async def test_nowhere_else_once_something_has_come() -> None:
    async def other() -> Prepared:
        raise AssertionError("asked elsewhere")

    for began in (Text("x"), Thinking("x")):
        with pytest.raises(Unavailable):
            await Asking()(prepared([began], Unavailable("down"), fallback=other))
    with pytest.raises(Refused):
        await Asking()(prepared(Refused("no"), fallback=other))


async def test_with_less_where_it_is_too_long() -> None:
    async def shorter() -> Prepared:
        return prepared([Text("short"), *DONE])

    asking = Asking()
    await asking(prepared(ContextExceeded("long"), shorter=shorter))
    assert asking.ear.texts == ["short"]
    with pytest.raises(ContextExceeded):
        await Asking()(prepared(ContextExceeded("long")))


async def test_what_was_called_before_the_request_went_out_again_is_not_called_twice() -> None:
    asking = Asking()
    again = RequestSent("fake", "m")
    heard = await asking(prepared([Thinking("a"), ToolCalled(CALL)], again, [Thinking("b"), ToolCalled(CALL), *DONE]))
    assert heard.calls == [CALL]
    assert "".join(asking.ear.thoughts) == "a\n\nb"


async def test_what_fails_in_the_stream_is_raised_behind_its_words() -> None:
    asking = Asking()
    with pytest.raises(Refused):
        await asking(prepared([Text("x"), Failed(Refused("no"))]))
    assert asking.ear.texts == ["x"]


async def test_an_answer_that_is_cut_off_is_told() -> None:
    asking = Asking()
    await asking(prepared([Text("x"), Finish(FinishReason.LENGTH)]))
    assert asking.told[-1] == Message("the answer was cut off at the token limit", "warning")
