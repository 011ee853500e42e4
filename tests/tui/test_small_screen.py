"""The chat in a terminal of a few lines."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.host import FakeHost
from tests.lsp.chat_client import call
from tests.tui.stage import stage


async def test_in_a_few_lines_what_is_typed_can_be_read(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.pilot.resize_terminal(40, 10)
        await shown.say("Hello")
        await (await host.request()).answer(401, {"error": {"message": "no such key, and this is a long story"}})
        await shown.shows("Invalid key: ")
        await shown.type("what now")
        await shown.shows("what now", "Invalid key: ", "Connected")
        await shown.press("enter")
        await call(await host.request(), ("c1", "read_file", {"path": "shop.py"}))
        await shown.type("a moment")
        await shown.shows("a moment", "Allow (a)", "a tool waits for your word")
