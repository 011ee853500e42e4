"""The line at the top: the chat, the preset, and how the connection stands, in words and colour."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from lsp_llm.tui.states import Connecting, State, colour, words


class Masthead(Horizontal):
    """One line."""

    DEFAULT_CSS = """
    Masthead { height: 1; background: $panel; padding: 0 1; }
    Masthead > Static { width: auto; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Masthead > #title { width: 1fr; text-style: bold; }
    Masthead > #preset { margin: 0 2; color: $text-muted; max-width: 40%; }
    Masthead > #state.success { color: $text-success; }
    Masthead > #state.warning { color: $text-warning; }
    Masthead > #state.error { color: $text-error; }
    """

    def compose(self) -> ComposeResult:
        """Title, preset, connection."""
        yield Static("lsp-llm chat", id="title", markup=False)
        yield Static("", id="preset", markup=False)
        yield Static("", id="state", markup=False)

    def on_mount(self) -> None:
        """Nothing is known yet."""
        self.stand(Connecting())

    def name_chat(self, title: str, preset: str) -> None:
        """What is talked about, and with whom."""
        self.query_one("#title", Static).update(Content(title or "New chat"))
        self.query_one("#preset", Static).update(Content(preset))

    def stand(self, state: State) -> None:
        """How the connection stands."""
        shown = self.query_one("#state", Static)
        shown.set_classes(colour(state))
        shown.update(Content(f"● {words(state)}"))
