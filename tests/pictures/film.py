"""A film of a terminal as one SVG: each line is drawn once for as long as it stands there; it knows no terminal.

Film and picture are text: no font, no script, nothing that is fetched. Where SVG does not move, one moment is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from lsp_llm.cli.demo.picture import FONT, THEME

CELL_WIDTH, LINE_HEIGHT, FONT_SIZE = 8.4, 18.0, 14
"""Pixels; a cell's width is that of most fixed-width fonts at this size."""
MARGIN, BAR = 12.0, 30.0
_BLANK = "\u00a0"
"""Other blanks are drawn as one, whatever their number."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a terminal showed from a moment on."""

    second: float
    rows: tuple[tuple[Segment, ...], ...]
    cursor: tuple[int, int] | None
    """Column and row, from 0."""


@dataclass(frozen=True, slots=True)
class _Spell:
    """Something drawn, from one second to another."""

    drawn: str
    begin: float
    end: float


def film(frames: Sequence[Frame], title: str, seconds: float, poster_second: float) -> str:
    """The frames as SVG that begins again after so many seconds; `poster_second` is shown where nothing moves."""
    columns = max(sum(segment.cell_length for segment in row) for frame in frames for row in frame.rows)
    width = columns * CELL_WIDTH + 2 * MARGIN
    height = len(frames[0].rows) * LINE_HEIGHT + BAR + MARGIN
    background = THEME.background_color.hex
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'font-family="{FONT}" font-size="{FONT_SIZE}">\n<title>{escape(title)}</title>\n'
            f'<rect width="{width:.0f}" height="{height:.0f}" rx="8" fill="{background}"/>\n'
            f'<text x="{width / 2:.0f}" y="20" text-anchor="middle" fill="#8a92a0">{escape(title)}</text>\n',
            *(_shown(spell, seconds, poster_second) for spell in _spells(frames, seconds)),
            "</svg>\n",
        ]
    )


def _spells(frames: Sequence[Frame], seconds: float) -> Iterator[_Spell]:
    """Equal neighbours in time become one, row by row; the cursor is a row of its own."""
    views = [[*map(_row, range(len(frame.rows)), frame.rows), _cursor(frame)] for frame in frames]
    ends = [frame.second for frame in frames[1:]] + [seconds]
    for place in range(len(views[0])):
        begin = 0.0
        for number, end in enumerate(ends):
            if number + 1 == len(views) or views[number + 1][place] != views[number][place]:
                if views[number][place]:
                    yield _Spell(views[number][place], begin, end)
                begin = end


def _shown(spell: _Spell, seconds: float, poster_second: float) -> str:
    if spell.begin <= 0 and spell.end >= seconds:
        return f"<g>{spell.drawn}</g>\n"
    still = "visible" if spell.begin <= poster_second < spell.end else "hidden"
    moments = [(0.0, "hidden"), (spell.begin / seconds, "visible"), (spell.end / seconds, "hidden")]
    moments = [moment for moment in moments if moment[0] < 1][1 if spell.begin <= 0 else 0 :]
    times, values = (";".join(words) for words in zip(*((f"{at:.4f}", how) for at, how in moments), strict=True))
    animation = f'values="{values}" keyTimes="{times}" dur="{seconds:g}s" calcMode="discrete" repeatCount="indefinite"'
    return f'<g visibility="{still}"><animate attributeName="visibility" {animation}/>{spell.drawn}</g>\n'


def _row(number: int, segments: Sequence[Segment]) -> str:
    drawn, column = [], 0
    for segment in segments:
        drawn.append(_segment(segment, column, number))
        column += segment.cell_length
    return "".join(drawn)


def _segment(segment: Segment, column: int, row: int) -> str:
    style = segment.style or Style()
    ink, paper = _rgb(style.color, front=True), _rgb(style.bgcolor, front=False)
    if style.reverse:
        ink, paper = paper, ink
    x, y, width = MARGIN + column * CELL_WIDTH, BAR + row * LINE_HEIGHT, segment.cell_length * CELL_WIDTH
    drawn = ""
    if paper != THEME.background_color.hex:
        drawn += f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{LINE_HEIGHT}" fill="{paper}"/>'
    if segment.text.strip():
        manner = (' font-weight="bold"' if style.bold else "") + (' font-style="italic"' if style.italic else "")
        manner += ' text-decoration="underline"' if style.underline else ""
        drawn += (
            f'<text x="{x:.1f}" y="{y + 13:.1f}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs" '
            f'fill="{ink}"{manner}>{escape(segment.text).replace(" ", _BLANK)}</text>'
        )
    return drawn


def _rgb(color: Color | None, *, front: bool) -> str:
    return (color or Color.default()).get_truecolor(THEME, foreground=front).hex


def _cursor(frame: Frame) -> str:
    if frame.cursor is None:
        return ""
    x, y = MARGIN + frame.cursor[0] * CELL_WIDTH, BAR + frame.cursor[1] * LINE_HEIGHT
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{CELL_WIDTH}" height="{LINE_HEIGHT}" fill="#d6dae2" opacity="0.55"/>'
