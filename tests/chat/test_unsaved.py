"""Answers that wait for room on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.draft import add_turn
from lsp_llm.chat.store import ChatStore
from lsp_llm.chat.unsaved import Unsaved
from lsp_llm.errors import UserError
from tests.chat.disks import FailingDisk
from tests.turns import until

ANSWER = Turn("m2", "assistant", "Because.")


class Desk:
    """A chat with a question."""

    def __init__(self, folder: Path) -> None:
        self.disk = FailingDisk()
        self.store = ChatStore(folder, self.disk)
        self.chat_id = self.store.create("", "", "", [Turn("m1", "user", "Why?")]).chat_id
        self.tasks: list[asyncio.Task[None]] = []
        self.unsaved = Unsaved(self._begin, retry_seconds=0.001)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.append(asyncio.get_running_loop().create_task(work))

    def answer(self) -> None:
        """An answer comes, and its send is over."""
        writer = self.store.writer(self.chat_id)
        add_turn(writer, ANSWER, lambda sentence: None)
        self.unsaved.release(self.chat_id, writer)

    @property
    def texts(self) -> list[str]:
        return [turn.text for turn in self.store.load(self.chat_id).conversation.turns]

    @property
    def is_free(self) -> bool:
        """Whether others may answer in the chat."""
        try:
            self.store.writer(self.chat_id).release()
        except UserError:
            return False
        return True


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_an_answer_that_is_in_its_file_holds_nobody_up(desk: Desk) -> None:
    desk.answer()
    assert (desk.texts, desk.is_free, desk.tasks) == (["Why?", "Because."], True, [])


async def test_it_is_saved_as_soon_as_there_is_room(desk: Desk) -> None:
    desk.disk.fill_up()
    desk.answer()
    failures = desk.disk.failures
    await until(lambda: desk.disk.failures > failures + 1)
    assert (desk.texts, desk.is_free, desk.unsaved.waits(desk.chat_id)) == (["Why?"], False, True)
    desk.disk.error = 0
    (task,) = desk.tasks
    await task
    assert (desk.texts, desk.is_free, desk.unsaved.waits(desk.chat_id)) == (["Why?", "Because."], True, False)


async def test_it_can_be_tried_at_once(desk: Desk) -> None:
    desk.disk.fill_up()
    desk.answer()
    with pytest.raises(UserError, match="the disk is full"):
        desk.unsaved.save(desk.chat_id)
    desk.disk.error = 0
    desk.unsaved.save(desk.chat_id)
    assert (desk.texts, desk.is_free) == (["Why?", "Because."], True)
    desk.unsaved.save(desk.chat_id)
    await desk.tasks[0]


async def test_the_end_of_the_server_is_the_last_attempt(desk: Desk) -> None:
    desk.disk.fill_up()
    desk.answer()
    await asyncio.sleep(0)
    desk.disk.error = 0
    desk.tasks[0].cancel()
    await asyncio.wait(desk.tasks)
    assert (desk.texts, desk.tasks[0].cancelled()) == (["Why?", "Because."], True)


@pytest.mark.parametrize("how", ["dropped", "deleted by somebody else"])
async def test_what_is_not_wanted_any_more_holds_nobody_up(desk: Desk, how: str) -> None:
    desk.disk.fill_up()
    desk.answer()
    if how == "dropped":
        desk.unsaved.drop(desk.chat_id)
    else:
        desk.store.path(desk.chat_id).unlink()
    await desk.tasks[0]
    desk.disk.error = 0
    desk.store.path(desk.chat_id).touch()
    assert desk.is_free
