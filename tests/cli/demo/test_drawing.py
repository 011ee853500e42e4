"""The drawing as plain characters: rich's colours are not looked at."""

from __future__ import annotations

import io

from rich.console import Console

from lsp_llm.cli.demo.drawing import drawn
from lsp_llm.cli.demo.moments import Asked, Edited, Opened, Stated
from lsp_llm.cli.demo.scene import Scene
from lsp_llm.cli.demo.story import Step
from lsp_llm.text.edits import Change

SOURCE = "".join(f"line_{number} = {number}\n" for number in range(1, 31))


def lines_shown(scene: Scene, rows: int) -> list[str]:
    console = Console(file=io.StringIO(), width=60)
    with console.capture() as capture:
        console.print(drawn(scene, rows))
    return [line.rstrip() for line in capture.get().splitlines()]


def streaming() -> Scene:
    scene = Scene()
    scene.take(Opened("x.py", SOURCE))
    scene.take(Asked(Step("replace", "Count in words.", 9, 12, "")))
    scene.take(Stated("streaming"))
    scene.take(Edited([Change(scene.document.offset(9, 0), "", "ten = 10\n")]))
    return scene


def test_new_lines_and_lines_that_wait_are_marked_in_a_window_around_them() -> None:
    window = [line.strip("│").rstrip() for line in lines_shown(streaming(), 10)[1:11]]
    assert window[3:9] == [
        "   9   line_9 = 9",
        "  10 + ten = 10",
        "  11 ▌ line_10 = 10",
        "  12 ▌ line_11 = 11",
        "  13 ▌ line_12 = 12",
        "  14   line_13 = 13",
    ]


def test_below_the_document_stand_the_fill_and_that_it_is_no_model() -> None:
    told = "\n".join(lines_shown(streaming(), 10)[12:])
    assert "● replace “Count in words.”\n   streaming" in told
    assert "no model" in told


def test_the_frame_has_as_many_rows_as_asked_for_however_short_the_document() -> None:
    assert lines_shown(streaming(), 40)[41].startswith("╰")
