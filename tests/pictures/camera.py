"""Films a terminal while a story is played in it: looks at the screen many times a second, from a thread of its own."""

from __future__ import annotations

import threading
import time
from typing import Self

from rich.ansi import AnsiDecoder
from rich.console import Console
from rich.segment import Segment

from tests.editors.terminal import Terminal
from tests.pictures.film import Frame

LOOKS_A_SECOND = 20


class Camera:
    """Takes a frame whenever the screen has changed; leaving the context stops it."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._console = Console(width=1000, color_system="truecolor", force_terminal=True)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._film)
        self.frames: list[Frame] = []

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._began

    def _film(self) -> None:
        last = None
        while not self._over.wait(1 / LOOKS_A_SECOND):
            seen = self._terminal.picture(), self._terminal.cursor()
            if seen != last:
                # What was there before the first look was there from the beginning.
                second = time.monotonic() - self._began if self.frames else 0.0
                self.frames.append(Frame(second, self._rows(seen[0]), seen[1]))
                last = seen

    def _rows(self, lines: list[str]) -> tuple[tuple[Segment, ...], ...]:
        # One decoder for all lines: tmux says a colour once, and lets it hold beyond a line's end.
        texts = map(AnsiDecoder().decode_line, lines)
        return tuple(tuple(Segment.simplify(text.render(self._console))) for text in texts)
