"""The list of the chats: titles and deletions, by keys, and what the server says of them."""

from __future__ import annotations

from pathlib import Path

from tests.fakes.host import FakeHost
from tests.tui.stage import Stage, stage
from tests.tui.test_app import exchanged


async def two_chats(shown: Stage, host: FakeHost) -> None:
    """Apples and, on the screen, pears; the list is open, with the pears at its top."""
    await exchanged(shown, host, "Apples", "They are green.")
    await shown.press("ctrl+n")
    await shown.shows("New chat")
    await exchanged(shown, host, "Pears", "They are yellow.")
    await shown.press("ctrl+o")
    await shown.shows("  Apples", "  Pears", "F2 renames")


async def test_a_chat_gets_another_title(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await two_chats(shown, host)
        await shown.press("f2")
        await shown.shows("Enter takes this title")
        await shown.type(" and quinces")
        await shown.press("enter")
        await shown.shows("  Pears and quinces", "  Apples")
        await shown.press("f2")
        await shown.shows("Enter takes this title")
        await shown.press("escape")
        await shown.hides("Enter takes this title")
        await shown.press("escape")
        await shown.until(lambda: shown.screen.splitlines()[0].startswith(" Pears and quinces"))


async def test_a_chat_is_deleted_when_that_is_said_twice_and_the_one_on_the_screen_is_not(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await two_chats(shown, host)
        await shown.press("f8")
        await shown.shows("this chat is on the screen")
        await shown.press("down", "f8")
        await shown.shows("F8 once more deletes “Apples” for good")
        assert len(list((tmp_path / "chats").glob("*.chat.md"))) == 2
        await shown.press("f8")
        await shown.hides("Apples")
        (left,) = (tmp_path / "chats").glob("*.chat.md")
        assert left.stem.removesuffix(".chat") == shown.app.talk.chat_id


async def test_what_the_server_refuses_is_told_and_an_empty_list_has_nothing_to_change(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await two_chats(shown, host)
        for path in (tmp_path / "chats").glob("*.chat.md"):
            path.unlink()
        await shown.press("down", "f8", "f8")
        await shown.shows("this chat is not there any more")
        await shown.press("f2")
        await shown.shows("Enter takes this title")
        await shown.press("x", "enter")
        await shown.until(
            lambda: "Enter takes this title" not in shown.screen and "this chat is not there any more" in shown.screen
        )
        await shown.type("?")
        await shown.shows("nothing found")
        await shown.press("f2", "f8")
        await shown.shows("nothing found")
