from __future__ import annotations

import pytest

from lsp_llm.commands.replace import Replace
from lsp_llm.errors import UserError
from lsp_llm.status.events import Finished, Queued
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI


async def test_the_selection_gives_way_to_the_answer(desk: CommandDesk) -> None:
    job = desk.run(Replace(), "two = 2", query="make it three")["jobId"]
    assert desk.log.of(job) == [Queued(URI, "replace", "fake")]
    resolved, words, source = await desk.asked()
    assert resolved.preset.model == "m"
    assert "make it three" in words
    source.finish("three = 3\n")
    assert await desk.log.end(job) == Finished()
    assert desk.text == "def one():\n    return 1\n\n\nthree = 3\n"


async def test_another_preset_for_this_time(desk: CommandDesk) -> None:
    desk.run(Replace(), "two = 2", preset="other")
    resolved, _, _ = await desk.asked()
    assert resolved.preset.model == "n"
    await desk.runner.close()


def test_an_empty_selection_is_the_users_mistake(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match=r"^nothing is selected: select the text to replace, or use lsp-llm\.yap"):
        desk.run(Replace(), "two|")
