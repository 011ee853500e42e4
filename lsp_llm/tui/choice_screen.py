"""A list to choose from, above the chat: what is typed looks for lines in it; it knows nothing of what they mean."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from lsp_llm.errors import LspLlmError

Choice = tuple[str, str]
"""What is given back, and the line that is shown for it."""
Find = Callable[[str], Awaitable[Sequence[Choice]]]
"""The lines for some words; raises LspLlmError."""


def among(choices: Sequence[Choice]) -> Find:
    """Find in lines that are all there."""

    async def find(words: str) -> Sequence[Choice]:
        return [choice for choice in choices if words.casefold() in choice[1].casefold()]

    return find


class ChoiceScreen(ModalScreen[str]):
    """Gives the chosen one, "" for none."""

    DEFAULT_CSS = """
    ChoiceScreen { align: center middle; }
    ChoiceScreen > Vertical { width: 90%; max-width: 100; height: 80%; border: round $border; background: $surface; }
    ChoiceScreen OptionList { height: 1fr; border: none; text-wrap: nowrap; text-overflow: ellipsis; }
    ChoiceScreen Input { border: none; height: 1; padding: 0 1; margin: 0 0 1 0; }
    ChoiceScreen #said { padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down", "move('down')", "Down", show=False, priority=True),
        Binding("up", "move('up')", "Up", show=False, priority=True),
    ]

    def __init__(self, title: str, find: Find, keys: str = "") -> None:
        """`keys` says what else can be done here."""
        super().__init__()
        self._title = title
        self._keys = keys
        self._find = find
        self._found: Sequence[Choice] = ()
        self._looked_for = ""

    def compose(self) -> ComposeResult:
        """What is looked for, and what is found."""
        with Vertical() as frame:
            frame.border_title, frame.border_subtitle = self._title, self._keys
            yield Input(placeholder="type to search", compact=True)
            yield OptionList(markup=False)
            yield Static("", id="said", markup=False)

    def on_mount(self) -> None:
        """All there is."""
        self._look("")

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        self._look(event.value)

    @on(Input.Submitted)
    async def _submitted(self, event: Input.Submitted) -> None:
        if event.value != self._looked_for:
            # Who types fast means what is found for all of the words.
            await self._look(event.value).wait()
        self._choose(self.query_one(OptionList).highlighted)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    def action_leave(self) -> None:
        """Nothing was chosen."""
        self.dismiss("")

    def action_move(self, direction: str) -> None:
        """Move in the list while the words keep the focus."""
        options = self.query_one(OptionList)
        if direction == "down":
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    @property
    def marked(self) -> str:
        """What Enter would give, "" for nothing."""
        place = self.query_one(OptionList).highlighted
        return self._found[place][0] if place is not None else ""

    def say(self, text: str) -> None:
        """A sentence below the list."""
        self.query_one("#said", Static).update(Content(text))

    def look_again(self) -> None:
        """The lines are other ones now."""
        self._look(self._looked_for)

    def _choose(self, place: int | None) -> None:
        if place is not None:
            self.dismiss(self._found[place][0])

    @work(exclusive=True, group="looking")
    async def _look(self, words: str) -> None:
        """The latest words count."""
        try:
            self._found = await self._find(words)
            self._looked_for = words
        except LspLlmError as error:
            self._found = ()
            self.say(str(error))
            return
        self.say("" if self._found else "nothing found")
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(Content(line)) for _, line in self._found])
        options.highlighted = 0 if self._found else None
