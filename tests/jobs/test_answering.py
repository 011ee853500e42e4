from __future__ import annotations

import pytest

from lsp_llm.errors import Auth, ContextExceeded, ProviderError, Unavailable
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.jobs.answering import Prepared, answer
from lsp_llm.status.events import Message, RequestCompleted, RequestSent, Status, Thinking
from lsp_llm.stream import events as stream
from lsp_llm.stream.filters.base import Piece
from lsp_llm.stream.filters.chain import FilterChain
from tests.fakes.jobs import Source

SENT = RequestSent("fake", "m")


class Ear:
    def __init__(self) -> None:
        self.text = ""
        self.told: list[Status] = []

    def take(self, piece: Piece) -> None:
        self.text += piece.text

    async def listen(self, *sources: Source) -> None:
        async def nowhere() -> Prepared:
            raise AssertionError

        prepare = nowhere
        for source in reversed(sources):
            prepare = self._prepared(source, None if source is sources[-1] else prepare)
        await answer(prepare, self.take, self.told.append)

    def _prepared(self, source: Source, fallback):  # type: ignore[no-untyped-def]
        async def prepare() -> Prepared:
            return Prepared(source, FilterChain([]), (), fallback)

        return prepare


def saying(*events: stream.Event) -> Source:
    source = Source()
    source.say(*events)
    source.queue.put_nowait(None)
    return source


async def test_an_answer_from_the_first_text_to_its_counts() -> None:
    ear, usage = Ear(), Usage(1, 2)
    await ear.listen(
        saying(
            stream.Thinking("a"),
            stream.Thinking("b"),
            stream.Text("x"),
            stream.UsageReported(usage),
            stream.Finish(FinishReason.LENGTH),
        )
    )
    assert ear.text == "x"
    assert ear.told == [
        SENT,
        Thinking(),
        RequestCompleted(usage, FinishReason.LENGTH),
        Message("the answer was cut off at the token limit", "warning"),
    ]


async def test_the_next_host_is_asked_where_the_first_is_unavailable() -> None:
    ear = Ear()
    end = stream.Finish(FinishReason.STOP)
    await ear.listen(saying(stream.Failed(Unavailable("down"))), saying(stream.Text("x"), end))
    assert ear.text == "x"
    assert ear.told[:3] == [SENT, Message("fake: down", "warning"), SENT]


@pytest.mark.parametrize(
    "events", [[stream.Text("x"), stream.Failed(Unavailable("down"))], [stream.Failed(Auth("no key"))]]
)
async def test_but_not_behind_text_nor_for_a_fault_of_the_users(events: list[stream.Event]) -> None:
    ear, second = Ear(), saying(stream.Text("y"))
    with pytest.raises(ProviderError):
        await ear.listen(saying(*events), second)
    assert not second.closed.is_set()


async def test_the_last_hosts_failure_is_the_answers() -> None:
    with pytest.raises(Unavailable, match="still"):
        await Ear().listen(saying(stream.Failed(Unavailable("down"))), saying(stream.Failed(Unavailable("still"))))


@pytest.mark.parametrize("reason", [FinishReason.CONTENT_FILTER, FinishReason.CONTEXT_EXCEEDED, FinishReason.PAUSE])
async def test_an_answer_that_is_not_all_is_said(reason: FinishReason) -> None:
    ear = Ear()
    await ear.listen(saying(stream.Text("x"), stream.Finish(reason)))
    last = ear.told[-1]
    assert isinstance(last, Message)
    assert last.level == "warning"


async def asked_again_with_less(*events: stream.Event) -> tuple[Ear, Source]:
    ear, less = Ear(), saying(stream.Text("x"), stream.Finish(FinishReason.STOP))

    async def shorter() -> Prepared:
        return Prepared(less, FilterChain([]), (Message("with half"),))

    async def prepare() -> Prepared:
        return Prepared(saying(*events), FilterChain([]), shorter=shorter)

    await answer(prepare, ear.take, ear.told.append)
    return ear, less


async def test_the_same_host_is_asked_with_less_where_the_prompt_is_too_long() -> None:
    ear, _ = await asked_again_with_less(stream.Failed(ContextExceeded("too long")))
    assert ear.text == "x"
    assert [told for told in ear.told if isinstance(told, Message)] == [Message("with half")]


@pytest.mark.parametrize(
    "events",
    [
        [stream.Text("y"), stream.Failed(ContextExceeded("too long"))],
        [stream.Failed(Auth("wrong key"))],
    ],
)
async def test_but_not_behind_text_nor_for_another_fault(events: list[stream.Event]) -> None:
    with pytest.raises(ProviderError):
        await asked_again_with_less(*events)


async def test_without_anything_to_leave_out_a_prompt_is_too_long() -> None:
    with pytest.raises(ContextExceeded):
        await Ear().listen(saying(stream.Failed(ContextExceeded("too long"))))
