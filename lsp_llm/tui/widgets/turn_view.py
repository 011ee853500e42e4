"""One turn on the screen: who says it, and its parts; it can be moved to, copied from, and a user's be edited."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from lsp_llm.tui.turns import Part, Turn, Words
from lsp_llm.tui.widgets.parts import Folded, PlainView, WordsView
from lsp_llm.tui.wording import heading

PartView = WordsView | PlainView | Folded


class TurnView(Vertical, can_focus=True):
    """A turn; `show` it, again whenever it is another one."""

    DEFAULT_CSS = """
    TurnView { height: auto; padding: 0 1; margin: 0 0 1 0; border-left: blank; }
    TurnView:focus { border-left: thick $accent; }
    TurnView > .heading { text-style: bold; color: $text-primary; width: 1fr; }
    TurnView.user > .heading { color: $text-accent; }
    TurnView.queued { opacity: 60%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Up", show=False),
        Binding("down", "app.focus_next", "Down", show=False),
        Binding("e", "edit", "Edit"),
        Binding("c", "copy", "Copy"),
    ]

    class Edited(Message):
        """The user wants other words in this turn."""

        def __init__(self, turn: Turn) -> None:
            super().__init__()
            self.turn = turn

    def __init__(self, turn: Turn) -> None:
        super().__init__(classes=turn.role)
        self.turn = turn
        self._heading = Static(markup=False, classes="heading")
        self._parts: list[PartView] = []

    def compose(self) -> ComposeResult:
        """The heading alone; parts come with `show`."""
        yield self._heading

    async def show(self, turn: Turn) -> None:
        """Show a turn of the same role."""
        self.turn = turn
        self.set_class(turn.state == "queued", "queued")
        self._heading.update(Content(heading(turn)))
        for place, part in enumerate(turn.parts):
            await (await self._view_at(place, part)).show(part)  # type: ignore[arg-type]
        for view in self._parts[len(turn.parts) :]:
            await view.remove()
        del self._parts[len(turn.parts) :]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Only the user's own words can be others."""
        return action != "edit" or (self.turn.role == "user" and bool(self.turn.message_id))

    def action_edit(self) -> None:
        """Other words are wanted."""
        self.post_message(self.Edited(self.turn))

    def action_copy(self) -> None:
        """The words, into the clipboard of the terminal."""
        self.app.copy_to_clipboard(self.turn.text)
        self.notify("copied", timeout=2)

    async def _view_at(self, place: int, part: Part) -> PartView:
        """The view at a place, of the kind that the part needs."""
        kind = self._kind(part)
        if place < len(self._parts) and type(self._parts[place]) is kind:
            return self._parts[place]
        for view in self._parts[place:]:
            await view.remove()
        del self._parts[place:]
        view = kind()
        self._parts.append(view)
        await self.mount(view)
        return view

    def _kind(self, part: Part) -> type[PartView]:
        if not isinstance(part, Words):
            return Folded
        return WordsView if self.turn.role == "assistant" else PlainView
