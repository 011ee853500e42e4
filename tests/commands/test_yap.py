from __future__ import annotations

from lsp_llm.commands.yap import Yap
from lsp_llm.status.events import Finished
from tests.commands.desk import CommandDesk


async def test_the_answer_goes_behind_the_selection_and_nothing_is_removed(desk: CommandDesk) -> None:
    job = desk.run(Yap(), "two", query="why two?")["jobId"]
    _, words, source = await desk.asked()
    assert "why two?" in words
    source.finish("_or_three")
    assert await desk.log.end(job) == Finished()
    assert desk.text == "def one():\n    return 1\n\n\ntwo_or_three = 2\n"


async def test_a_cursor_is_enough(desk: CommandDesk) -> None:
    job = desk.run(Yap(), "return 1|")["jobId"]
    _, _, source = await desk.asked()
    source.finish("  # one\n```\nkept\n```")
    assert await desk.log.end(job) == Finished()
    assert "return 1  # one\n```\nkept\n```\n" in desk.text
