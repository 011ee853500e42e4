"""The demo as a picture: the scene in the middle of the first answer, as SVG that needs no other file."""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console, RenderableType
from rich.terminal_theme import TerminalTheme

from lsp_llm.cli.demo.drawing import drawn
from lsp_llm.cli.demo.moments import Edited, Moment, Over
from lsp_llm.cli.demo.scene import Scene, word_by_word
from lsp_llm.errors import UserError

_COLUMNS = 100
_ROWS = 26
_TITLE = "lsp-llm demo"
# rich's template loads its font from a web site; any fixed-width font will do.
_WEB_FONT = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
FONT = "ui-monospace, SFMono-Regular, Menlo, Consolas, DejaVu Sans Mono, Liberation Mono"
THEME = TerminalTheme(
    (22, 24, 29),
    (214, 218, 226),
    [(60, 64, 72), (242, 110, 110), (98, 202, 116), (226, 183, 92), (98, 160, 246), (196, 140, 240), (92, 200, 210),
     (190, 196, 206)],
    [(130, 137, 150), (255, 140, 135), (134, 222, 140), (240, 205, 120), (130, 182, 255), (214, 168, 250),
     (124, 216, 226), (240, 243, 248)],
)  # fmt: skip


def with_own_font(svg: str) -> str:
    """The picture, without what rich would fetch for it."""
    return _WEB_FONT.sub("", svg).replace("Fira Code", FONT)


class PictureScreen:
    """A screen that keeps what it would show, and writes one view of it to a file at the end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._scene = Scene()
        self._views: list[RenderableType] = []

    async def show(self, moment: Moment) -> None:
        """Keep one moment; raises UserError when the file cannot be written."""
        if isinstance(moment, Edited):
            for change in moment.changes:
                for piece in word_by_word(change):
                    self._scene.change(piece)
                    self._keep()
            return
        self._scene.take(moment)
        if isinstance(moment, Over):
            self._save()

    def _keep(self) -> None:
        if len(self._scene.fills) == 1:
            self._views.append(drawn(self._scene, _ROWS))

    def _save(self) -> None:
        console = Console(
            width=_COLUMNS, record=True, force_terminal=True, color_system="truecolor", file=io.StringIO()
        )
        console.print(self._views[len(self._views) // 2])
        svg = with_own_font(console.export_svg(title=_TITLE, theme=THEME, unique_id="demo"))
        try:
            self._file.write_text(svg, encoding="utf-8")
        except OSError as error:
            raise UserError(f"--svg: {self._file} cannot be written: {error.strerror}") from None
        print(f"written: {self._file}")
