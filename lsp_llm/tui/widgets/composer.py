"""Where the user types: Enter sends, Ctrl+J begins a new line; it grows with its text, up to some lines."""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

PLACEHOLDER: Final = "Write a message: Enter sends, Ctrl+J begins a new line"


class Composer(TextArea):
    """A text of some lines."""

    DEFAULT_CSS = """
    Composer { height: auto; min-height: 3; max-height: 8; border: round $border-blurred; padding: 0 1; }
    Composer:focus { border: round $border; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send"),
        Binding("ctrl+j", "break_line", "New line", show=False),
        Binding("tab", "leave", "Leave", show=False),
    ]

    class Sent(Message):
        """The user has pressed Enter; the text may be empty."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The user wants to go somewhere else."""

    class Looked(Message):
        """The user wants to see what was typed before."""

    def __init__(self) -> None:
        super().__init__(placeholder=PLACEHOLDER, highlight_cursor_line=False)

    def render_line(self, y: int) -> Strip:
        """A line; in a terminal of nearly no width there is none, where Textual would fail at the placeholder."""
        return super().render_line(y) if self.content_size.width else Strip.blank(0)

    def action_send(self) -> None:
        """Give the text away."""
        self.post_message(self.Sent(self.text))
        self.clear()

    def action_break_line(self) -> None:
        """A line end at the cursor."""
        self.insert("\n")

    def action_leave(self) -> None:
        """Go to what wants an answer, or to the conversation."""
        self.post_message(self.Left())

    def put(self, text: str) -> None:
        """A text to go on with, before what is there."""
        if text:
            self.load_text("\n\n".join(filter(None, [text, self.text])))
            self.move_cursor(self.document.end)

    async def on_key(self, event: events.Key) -> None:
        """Enter sends; up, in an empty composer, is no movement in it.

        As a binding with priority, Enter would overtake the letters that were typed right before it.
        """
        if event.key == "enter":
            self.action_send()
        elif event.key == "up" and not self.text:
            self.post_message(self.Looked())
        else:
            return
        event.prevent_default()
        event.stop()
