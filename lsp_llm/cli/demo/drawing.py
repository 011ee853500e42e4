"""A scene as rich draws it: the highlighted document with its marks, and the fills below it; it keeps nothing."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.syntax import Syntax
from rich.text import Text

from lsp_llm.cli.demo.scene import Fill, Scene
from lsp_llm.cli.demo.wording import RECITAL

# The colours are the terminal's own: they suit its background.
_THEME = "ansi_dark"
_LINES_ABOVE = 4


def drawn(scene: Scene, rows: int) -> RenderableType:
    """The whole scene, its document in a window of so many rows."""
    lines = document_lines(scene)
    top = _top_line(scene, rows)
    window = [*lines[top : top + rows], *[Text()] * (top + rows - len(lines))]
    frame = Panel(Group(*window), title=f"[bold]{scene.file_name}[/]", title_align="left", border_style="dim")
    return Group(frame, *map(_fill_lines, scene.fills), Text(f"   {RECITAL}", style="yellow"))


def diff_drawn(diff: str) -> Syntax:
    """A unified diff in colours."""
    return Syntax(diff.rstrip("\n"), "diff", theme=_THEME, background_color="default")


def document_lines(scene: Scene) -> list[Text]:
    """Every line of the document: its number, its mark (new, or not reached by the running command) and its text."""
    code = Syntax("", "python", theme=_THEME).highlight("".join(scene.document.lines))
    texts = code.split("\n", allow_blank=True)
    if (cursor := scene.cursor) is not None:
        line, column = scene.document.point(cursor)
        _draw_cursor(texts[line], column)
    new, waiting = scene.new_lines(), scene.waiting_lines()
    return [_document_line(number, text, number in new, number in waiting) for number, text in enumerate(texts)]


def _document_line(number: int, text: Text, is_new: bool, is_waiting: bool) -> Text:
    mark = ("+ ", "green") if is_new else ("▌ ", "yellow") if is_waiting else "  "
    if is_waiting and not is_new:
        text.stylize("dim")
    return Text.assemble((f"{number + 1:3} ", "dim"), mark, text, no_wrap=True, overflow="ellipsis")


def _draw_cursor(line: Text, column: int) -> None:
    if column >= len(line):
        line.append(" ")
    line.stylize("reverse", column, column + 1)


def _fill_lines(fill: Fill) -> Text:
    """What was asked, and how it goes."""
    sign, style = ("✓", "green") if fill.is_done else ("●", "cyan")
    asked = f"“{fill.step.instruction}”"
    return Text.assemble((f" {sign} ", style), (fill.step.verb, "bold"), f" {asked}\n   ", (fill.state, style))


def _top_line(scene: Scene, rows: int) -> int:
    """The window begins a little above what the last command works on, and shows no more emptiness than it must."""
    place = scene.fills[-1].step.first_line if scene.fills else 0
    return max(0, min(place - _LINES_ABOVE, len(scene.document.lines) - rows))
