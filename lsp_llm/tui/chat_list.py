"""The list of the chats: one is opened as in any list, given another title, or deleted; it asks the server for that."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from lsp_llm.errors import LspLlmError
from lsp_llm.tui.choice_screen import ChoiceScreen
from lsp_llm.tui.choices import Choices
from lsp_llm.tui.talk import Talk

KEYS = "Enter opens · F2 renames · F8 deletes"


class ChatListScreen(ChoiceScreen):
    """Gives the id of the chosen chat, "" for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "rename", "Rename", priority=True),
        Binding("f8", "delete", "Delete", priority=True),
    ]

    def __init__(self, choices: Choices, talk: Talk) -> None:
        super().__init__("Chats", choices.chats, KEYS)
        self._choices = choices
        self._talk = talk
        self._doomed = ""
        """The chat that is deleted when it is said once more."""

    @work
    async def action_rename(self) -> None:
        """Give the marked chat another title."""
        chat_id = self.marked
        if not chat_id:
            return
        title = await self.app.push_screen_wait(TitleScreen(self._choices.title(chat_id)))
        if title:
            try:
                await self._choices.rename(self._talk, chat_id, title)
            except LspLlmError as error:
                self.say(str(error))
            else:
                self.look_again()

    @work
    async def action_delete(self) -> None:
        """Delete the marked chat, when that was said twice; the one on the screen stays."""
        chat_id = self.marked
        if not chat_id:
            return
        if chat_id == self._talk.chat_id:
            self.say("this chat is on the screen: begin another one with Ctrl+N, and then delete it")
        elif chat_id != self._doomed:
            self._doomed = chat_id
            self.say(f"F8 once more deletes “{self._choices.title(chat_id)}” for good")
        else:
            try:
                await self._choices.delete(chat_id)
            except LspLlmError as error:
                self.say(str(error))
            else:
                self.look_again()


class TitleScreen(ModalScreen[str]):
    """Gives a title, "" to leave the one that there is."""

    DEFAULT_CSS = """
    TitleScreen { align: center middle; }
    TitleScreen > Input { width: 80%; max-width: 90; height: 3; border: round $border; background: $surface; }
    TitleScreen > Static { width: 80%; max-width: 90; padding: 0 1; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Back")]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._former = title

    def compose(self) -> ComposeResult:
        """The title, to be changed."""
        yield Input(self._former, select_on_focus=False, compact=True)
        yield Static(Content("Enter takes this title, Esc leaves the former one"))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        """The former title stays."""
        self.dismiss("")
