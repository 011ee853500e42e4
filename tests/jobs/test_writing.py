from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lsp_llm.errors import UserError
from lsp_llm.status.events import Cancelled, Finished, Outcome, Status
from lsp_llm.text.edits import Edit
from tests.fakes.jobs import URI, Desk
from tests.turns import some_turns


class Holder:
    def __init__(self) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def told(self, status: Status) -> None:
        """Nothing hangs on it."""

    def settled(self, outcome: Outcome) -> None:
        self.outcome.set_result(outcome)


async def until_shown(desk: Desk, text: str) -> None:
    await some_turns()
    assert text in desk.text


@pytest.fixture
async def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "one\ntwo\n")


async def test_what_is_written_comes_where_it_belongs_while_the_user_types(desk: Desk) -> None:
    holder = Holder()
    writing = desk.runner.lend("chat-1", desk.target("one|"), holder)
    writing.write(" and")
    await until_shown(desk, "and")
    desk.editor.type(URI, [Edit(0, 0, "zero\n")])
    writing.write(" a half")
    writing.end()
    assert await holder.outcome == Finished()
    assert desk.text == "zero\none and a half\ntwo\n"
    assert desk.log.told == []
    assert not desk.history.exists()
    assert desk.runner.places.latest(URI) == "chat-1"
    writing.give_away()
    assert desk.runner.places.latest(URI) is None


async def test_a_text_that_the_user_deletes_is_not_written_on(desk: Desk) -> None:
    holder = Holder()
    writing = desk.runner.lend("chat-1", desk.target("one|"), holder)
    writing.write(" and")
    await until_shown(desk, "and")
    with pytest.raises(UserError, match="still writing"):
        desk.runner.lend("chat-2", desk.target("e and"), Holder())
    start = desk.text.index(" and")
    desk.editor.type(URI, [Edit(start, start + 4, "")])
    writing.write(" more")
    assert isinstance(await holder.outcome, Cancelled)
    assert desk.text == "one\ntwo\n"


async def test_closing_the_document_settles_it(desk: Desk) -> None:
    holder = Holder()
    writing = desk.runner.lend("chat-1", desk.target("one|"), holder)
    desk.runner.closed(URI)
    assert await holder.outcome == Cancelled("the document was closed")
    writing.write("x")
    writing.end()


async def test_what_is_written_may_give_way_to_other_words(desk: Desk) -> None:
    holder = Holder()
    writing = desk.runner.lend("chat-1", desk.target("one|"), holder)
    writing.write(" wait")
    await until_shown(desk, "wait")
    desk.editor.type(URI, [Edit(0, 0, "zero\n")])
    writing.write_anew(" and")
    writing.write(" more")
    writing.end()
    assert await holder.outcome == Finished()
    assert desk.text == "zero\none and more\ntwo\n"


async def test_what_is_written_is_taken_back(desk: Desk) -> None:
    holder = Holder()
    writing = desk.runner.lend("chat-1", desk.target("one|"), holder)
    writing.write(" wait")
    await until_shown(desk, "wait")
    writing.take_back()
    assert isinstance(await holder.outcome, Cancelled)
    assert desk.text == "one\ntwo\n"
