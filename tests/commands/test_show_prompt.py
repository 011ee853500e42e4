from __future__ import annotations

import asyncio

import pytest

from lsp_llm.commands.show_prompt import RenderPrompt, ShowOptions, ShowPrompt
from lsp_llm.config.secrets import Secret
from lsp_llm.errors import UserError
from tests.commands.desk import CommandDesk
from tests.turns import until


async def test_the_prompt_is_shown_and_nothing_is_asked(desk: CommandDesk) -> None:
    assert desk.run(ShowPrompt(), "two = 2", query="make it three") == {}
    name, text = await asyncio.wait_for(desk.pages.shown.get(), 60)
    assert name == "shop.py.prompt.md"
    assert "make it three" in text
    assert "takes the place of the selection" in text
    assert desk.hosts.asked.empty()
    assert desk.runner.running() == []


async def test_a_cursor_yaps_and_a_kind_may_be_named(desk: CommandDesk) -> None:
    desk.run(ShowPrompt(), "two = 2|")
    _, text = await asyncio.wait_for(desk.pages.shown.get(), 60)
    assert "inserted into a document" in text
    desk.run(ShowPrompt(), "two = 2", kind="yap")
    _, text = await asyncio.wait_for(desk.pages.shown.get(), 60)
    assert "inserted into a document" in text


async def test_what_cannot_be_shown_is_told(desk: CommandDesk) -> None:
    desk.run(ShowPrompt(), "two", action="fxi")
    await until(lambda: bool(desk.pages.complaints))
    assert desk.pages.complaints[0].startswith('there is no prompt "fxi" in the library')
    with pytest.raises(UserError, match="there is no preset"):
        desk.run(ShowPrompt(), "two", preset="nothing")


async def test_programs_get_the_same_without_keys(desk: CommandDesk) -> None:
    desk.hosts.known = (Secret("sk-of-mine"),)
    desk.settings["presets"] = {"fake": {"provider": "fake", "model": "m", "params": {"user": "sk-of-mine"}}}
    options = ShowOptions(query="make it three", action="fix")
    found = await RenderPrompt().answer(desk.services, desk.target("two = 2"), options)
    assert found.request["user"] == "[redacted]"
    assert "make it three" in found.request["messages"][-1]["content"]
    assert "with the smallest change" in found.text
