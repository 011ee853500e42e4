from __future__ import annotations

import pytest

from lsp_llm.commands.ask import Ask
from lsp_llm.errors import UserError
from lsp_llm.status.events import Finished, Queued
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI


@pytest.mark.parametrize(("selected", "kind", "text"), [("two", "replace", "2 = 2\n"), ("two|", "yap", "two2 = 2\n")])
async def test_a_selection_is_replaced_and_a_cursor_written_at(
    desk: CommandDesk, selected: str, kind: str, text: str
) -> None:
    job = desk.run(Ask(), selected, query="do it")["jobId"]
    assert desk.log.of(job) == [Queued(URI, kind, "fake")]  # type: ignore[arg-type]
    _, words, source = await desk.asked()
    assert "do it" in words
    source.finish("2")
    assert await desk.log.end(job) == Finished()
    assert desk.text.endswith(text)


@pytest.mark.parametrize("query", ["", " \n"])
def test_nothing_is_no_question(desk: CommandDesk, query: str) -> None:
    with pytest.raises(UserError, match=r'^ask for something: lsp-llm\.ask "your words"$'):
        desk.run(Ask(), "two", query=query)
