"""The chat on a headless terminal, over a real server in this process, with the host of the model by hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.keys import _character_to_key
from textual.pilot import Pilot

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.cli.chat import Inside
from lsp_llm.tui.app import ChatApp, Opening
from lsp_llm.tui.session import Dialer
from lsp_llm.tui.states import State
from lsp_llm.tui.widgets.composer import Composer
from lsp_llm.tui.widgets.masthead import Masthead
from lsp_llm.tui.widgets.status_line import StatusLine
from lsp_llm.tui.widgets.transcript import Transcript
from tests.editors.hosting import Hosting
from tests.fakes.host import FakeHost

LIMIT_SECONDS = 60

Dialing = Callable[[Callable[[State], None]], Dialer]


def config_file(folder: Path, host: FakeHost | Hosting, more: str = "") -> Path:
    """Settings whose preset speaks to the host, and whose chats lie below the folder."""
    path = folder / "config.toml"
    path.write_text(
        f'preset = "fake"\n{more}\n'
        f'[providers.fake]\nbase_url = "{host.base_url}"\nauth = "none"\n'
        '[presets.fake]\nprovider = "fake"\nmodel = "m"\nprice = {input = 1000, output = 10000}\n'
        '[presets.other]\nprovider = "fake"\nmodel = "n"\n'
        f"[chat]\ndirectory = {json.dumps(str(folder / 'chats'))}\n",
        encoding="utf-8",
    )
    return path


@dataclass
class Stage:
    """A running chat, and what a user does and sees."""

    app: ChatApp
    pilot: Pilot[None]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for what the screen shows sooner or later; on failure say what it shows instead."""
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                while not holds():  # noqa: ASYNC110  Nothing on a screen has an event of its own.
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(self.screen) from None

    async def shows(self, *texts: str) -> None:
        """Wait until all of it can be read."""
        await self.until(lambda: all(text in self.screen for text in texts))

    async def hides(self, text: str) -> None:
        """Wait until it cannot be read any more."""
        await self.until(lambda: text not in self.screen)

    async def say(self, text: str) -> None:
        """Type, and press Enter."""
        self.app.query_one(Composer).insert(text)
        await self.pilot.press("enter")

    async def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        await self.pilot.press(*(_character_to_key(character) for character in text))

    async def press(self, *keys: str) -> None:
        """Press keys."""
        await self.pilot.press(*keys)

    @property
    def screen(self) -> str:
        """All lines, as they stand there."""
        lines = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in lines)

    @property
    def colours(self) -> set[tuple[int, ...]]:
        """All that are on the screen, as red, green and blue."""
        strips = self.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        shown = [colour for style in styles for colour in (style.color, style.bgcolor) if colour]
        return {tuple(colour.get_truecolor()) for colour in shown}

    @property
    def transcript(self) -> Transcript:
        return self.app.query_one(Transcript)

    @property
    def composer(self) -> Composer:
        return self.app.query_one(Composer)

    @property
    def parts(self) -> tuple[Masthead, StatusLine]:
        return self.app.query_one(Masthead), self.app.query_one(StatusLine)


@asynccontextmanager
async def stage(folder: Path, host: FakeHost, opening: Opening | None = None, more: str = "") -> AsyncIterator[Stage]:
    """A chat with a server inside."""
    inside = Inside(shared_parts(ServeOptions(config_file(folder, host, more))))
    try:
        async with staged(lambda tell: inside, opening) as shown:
            await shown.shows("Connected")
            yield shown
    finally:
        await asyncio.wait_for(inside.close(), LIMIT_SECONDS)


@asynccontextmanager
async def staged(dialing: Dialing, opening: Opening | None = None) -> AsyncIterator[Stage]:
    """A chat over any dialer."""
    app = ChatApp(dialing, opening or Opening())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        yield Stage(app, pilot)


def asked(request: Any) -> list[tuple[str, str]]:
    """What the host was asked, without the system's words."""
    return [(each["role"], each["content"]) for each in request.json["messages"] if each["role"] != "system"]
