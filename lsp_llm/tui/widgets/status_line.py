"""The lines above the composer: what failed, what goes on, and what it has cost."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static


class StatusLine(Vertical):
    """A failure takes as many lines as it needs, up to a few."""

    DEFAULT_CSS = """
    StatusLine { height: auto; max-height: 6; }
    StatusLine > #fault { height: auto; max-height: 5; padding: 0 1; color: $text-error; display: none; }
    StatusLine > #fault.shown { display: block; }
    StatusLine > Horizontal { height: 1; padding: 0 1; }
    StatusLine #activity { width: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    StatusLine #meter { width: auto; color: $text-muted; }
    """

    def compose(self) -> ComposeResult:
        """The failure above, activity and meter below."""
        yield Static("", id="fault", markup=False)
        with Horizontal():
            yield Static("", id="activity", markup=False)
            yield Static("", id="meter", markup=False)

    def say(self, activity: str, meter: str) -> None:
        """What goes on, and what was used."""
        self.query_one("#activity", Static).update(Content(activity))
        self.query_one("#meter", Static).update(Content(meter))

    def complain(self, text: str) -> None:
        """What failed; "" when nothing has."""
        fault = self.query_one("#fault", Static)
        fault.set_class(bool(text), "shown")
        fault.update(Content(text))
