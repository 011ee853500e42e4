from __future__ import annotations

from pathlib import Path

from rich.segment import ControlType, Segment
from rich.style import Style
from textual.color import Color

from lsp_llm.tui.controls import NoControls
from tests.fakes.host import FakeHost
from tests.tui.stage import stage

BLACK = Color(0, 0, 0)
EVIL = "a\x1b]52;c;ZXZpbA==\x07b\x9b31mc\x7fd"


def test_what_a_terminal_would_obey_is_taken_out_and_all_else_stays() -> None:
    bold = Style(bold=True)
    kept = Segment("plain 漢 👩‍👩‍👧 é", bold)
    move = Segment("\x1b[H", None, [(ControlType.HOME,)])
    assert NoControls().apply([kept, Segment(EVIL, bold), move], BLACK) == [
        kept,
        Segment("a]52;c;ZXZpbA==b31mcd", bold),
        move,
    ]


async def test_nothing_that_is_said_drives_the_terminal(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say(f"asked {EVIL}")
        exchange = await host.request()
        assert EVIL in exchange.json["messages"][-1]["content"]
        await exchange.say(f"said {EVIL}\n\n    code {EVIL}")
        await exchange.done()
        await shown.shows("said a]52;c;ZXZpbA==b31mcd", "code a]52", "asked a]52")
        shown.app.notify(f"told {EVIL}", markup=False)
        await shown.shows("told a]52")
        await shown.press("ctrl+o")
        await shown.shows("Chats")
        assert [character for character in shown.screen if not character.isprintable()] == ["\n"] * 23
