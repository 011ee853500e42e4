"""The demo in a terminal: the scene is drawn anew with every word, at a pace that can be read; it measures nothing.

The recital takes some milliseconds for what takes seconds to read. The client does not wait for this screen: an edit
is in the client's document, answered and reported, before its words begin to appear here.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from lsp_llm.cli.demo.drawing import diff_drawn, drawn
from lsp_llm.cli.demo.moments import Asked, Edited, Ended, Moment, Over
from lsp_llm.cli.demo.scene import Scene, word_by_word
from lsp_llm.cli.demo.wording import NEXT_STEPS

_WORD_SECONDS = 0.09
_LOOK_SECONDS = 1.2
"""Long enough to see where a fill begins and what came of it."""
_ROWS_AROUND = 8
_MOST_ROWS = 36
_FEWEST_ROWS = 6


class TerminalScreen:
    """`with TerminalScreen(console) as screen`: the last picture stays."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._scene = Scene()
        self._live = Live(console=console, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    async def show(self, moment: Moment) -> None:
        """Show one moment, and let it be seen."""
        match moment:
            case Edited():
                await self._write(moment)
            case Over(diff):
                self._live.stop()
                self._console.print("", diff_drawn(diff), "", *NEXT_STEPS, sep="\n", soft_wrap=True)
            case _:
                self._scene.take(moment)
                self._draw()
                if isinstance(moment, (Asked, Ended)):
                    await asyncio.sleep(_LOOK_SECONDS)

    async def _write(self, edited: Edited) -> None:
        for change in edited.changes:
            for piece in word_by_word(change):
                self._scene.change(piece)
                self._draw()
                await asyncio.sleep(_WORD_SECONDS)

    def _draw(self) -> None:
        rows = max(_FEWEST_ROWS, min(_MOST_ROWS, self._console.height - _ROWS_AROUND))
        self._live.update(drawn(self._scene, rows), refresh=True)
