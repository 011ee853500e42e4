"""The last instruction again: its kind, its preset, its words, its prompt."""

from __future__ import annotations

import pytest

from lsp_llm.commands.repeat import Repeat
from lsp_llm.commands.replace import Replace
from lsp_llm.commands.run import Run
from lsp_llm.commands.yap import Yap
from lsp_llm.errors import UserError
from lsp_llm.records.instructions import Instruction
from lsp_llm.status.events import Queued
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI


async def test_the_same_is_done_elsewhere_with_the_same_preset(desk: CommandDesk) -> None:
    await desk.replaced("two = 2\n", "due = 2\n", query="in Italian", preset="other")
    job = desk.run(Repeat(), "return 1")["jobId"]
    assert desk.log.of(job) == [Queued(URI, "replace", "other")]
    resolved, words, _ = await desk.asked()
    assert (resolved.name, "in Italian" in words, "return 1" in words) == ("other", True, True)
    await desk.runner.close()


async def test_a_yap_is_repeated_as_one(desk: CommandDesk) -> None:
    await desk.answered(desk.run(Yap(), "two|", query="more"), "!")
    job = desk.run(Repeat(), "one|")["jobId"]
    assert desk.log.of(job) == [Queued(URI, "yap", "fake")]
    await desk.runner.close()


async def test_a_prompt_of_the_library_is_rendered_for_the_new_place(desk: CommandDesk) -> None:
    await desk.answered(desk.run(Run(), "two = 2\n", action="refactor", query="gently"), "due = 2\n")
    desk.run(Repeat(), "return 1")
    _, words, _ = await desk.asked()
    assert "Make this easier to read" in words
    assert "gently" in words
    await desk.runner.close()


async def test_a_fill_without_words_is_no_instruction(desk: CommandDesk) -> None:
    await desk.replaced("two = 2\n", "due = 2\n", query="in Italian")
    await desk.replaced("due = 2\n", "tre = 2\n", query="  ")
    assert desk.services.instructions.last() == Instruction("replace", "fake", "in Italian")


async def test_what_cannot_be_repeated_is_told(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match="there is no instruction to repeat: give one first"):
        desk.run(Repeat(), "two")
    desk.run(Replace(), "two", query="x")
    with pytest.raises(UserError, match="nothing is selected: the last instruction replaced what was selected"):
        desk.run(Repeat(), "one|")
    await desk.runner.close()
