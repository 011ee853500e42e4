"""The turns of a chat, one below the other; it stays at its end until the user scrolls up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static
from textual.widgets.markdown import MarkdownFence

from lsp_llm.tui.turns import Turn
from lsp_llm.tui.widgets.turn_view import TurnView

MOST_TURNS: Final = 100
"""Of a longer chat the last ones are shown: every turn costs memory and time to draw."""


class Transcript(VerticalScroll, can_focus=False):
    """`show` it the page whenever that is another one."""

    DEFAULT_CSS = """
    Transcript { height: 1fr; padding: 0; scrollbar-size-vertical: 1; }
    Transcript > Vertical { height: auto; min-height: 100%; }
    Transcript .earlier { color: $text-muted; padding: 0 2; }
    """

    def __init__(self) -> None:
        # What is shorter than the screen begins at its top: an anchor alone would push it down.
        self._turns = Vertical()
        super().__init__(self._turns)
        self._views: list[TurnView] = []
        self._skipped = 0

    async def show(self, page: Sequence[Turn]) -> None:
        """Show the turns in the place of those that are there."""
        if not self._views:
            await self._begin(len(page))
        turns = page[self._skipped :]
        for place, turn in enumerate(turns):
            if place < len(self._views) and self._views[place].turn.role != turn.role:
                await self._cut(place)
            if place == len(self._views):
                self._views.append(TurnView(turn))
                await self._turns.mount(self._views[place])
                await self._views[place].show(turn)
            elif self._views[place].turn != turn:
                await self._views[place].show(turn)
        await self._cut(len(turns))

    async def clear(self) -> None:
        """Another chat comes."""
        await self._cut(0)

    def follow(self) -> None:
        """Go to the end and stay there, until the user scrolls up."""
        self.anchor()

    @property
    def last(self) -> TurnView | None:
        """The last turn."""
        return self._views[-1] if self._views else None

    @property
    def code_blocks(self) -> list[str]:
        """The blocks of code that are shown, the last one first."""
        return [fence.code for fence in self.query(MarkdownFence)][::-1]

    async def _begin(self, count: int) -> None:
        self._skipped = max(0, count - MOST_TURNS)
        await self.query(".earlier").remove()
        if self._skipped:
            await self._turns.mount(Static(f"{self._skipped} earlier turns are in the chat's file", classes="earlier"))
        self.follow()

    async def _cut(self, place: int) -> None:
        for view in self._views[place:]:
            await view.remove()
        del self._views[place:]
