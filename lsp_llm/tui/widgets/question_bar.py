"""The question whether a tool may be called: what it would do, and three answers; no key answers it by accident.

It does not take the focus: who is typing goes on typing, and comes here with Tab.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from lsp_llm.tui.orders import Decision
from lsp_llm.tui.question import LineKind, question_lines
from lsp_llm.tui.turns import Call

STYLES: Final[Mapping[LineKind, str]] = {"plain": "", "removed": "$text-error", "added": "$text-success"}
BUTTONS: Final[Mapping[str, Decision]] = {"allow": "allow", "always": "always", "deny": "deny"}


class QuestionBar(Vertical):
    """Hidden while there is no question."""

    DEFAULT_CSS = """
    QuestionBar { height: auto; max-height: 60%; border: round $warning; padding: 0 1; display: none; }
    QuestionBar.asking { display: block; }
    QuestionBar > VerticalScroll { height: auto; max-height: 8; }
    QuestionBar Static { height: auto; width: 1fr; }
    QuestionBar > Horizontal { height: 1; }
    QuestionBar Button { margin: 0 1 0 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "answer('allow')", "Allow"),
        Binding("l", "answer('always')", "Always"),
        Binding("d", "answer('deny')", "Deny"),
        Binding("left", "app.focus_previous", "Left", show=False),
        Binding("right", "app.focus_next", "Right", show=False),
    ]

    class Answered(Message):
        """What the user says."""

        def __init__(self, call_id: str, decision: Decision) -> None:
            super().__init__()
            self.call_id = call_id
            self.decision = decision

    def __init__(self) -> None:
        super().__init__()
        self._call: Call | None = None

    def compose(self) -> ComposeResult:
        """The question and its answers."""
        with VerticalScroll(can_focus=False):
            yield Static("", markup=False)
        with Horizontal():
            yield Button("Allow (a)", id="allow", compact=True, variant="success")
            yield Button("Always in this chat (l)", id="always", compact=True)
            yield Button("Deny (d)", id="deny", compact=True, variant="error")

    def ask(self, call: Call | None) -> None:
        """Ask about a call; None: about none."""
        if call == self._call:
            return
        self._call = call
        self.set_class(call is not None, "asking")
        if call is not None:
            lines = [Content.styled(text, STYLES[kind]) for kind, text in question_lines(call)]
            self.query_one(Static).update(Content("\n").join(lines))
            self.app.bell()

    def enter(self) -> bool:
        """Take the focus, if there is a question."""
        if self._call is not None:
            self.query_one("#allow", Button).focus()
        return self._call is not None

    def action_answer(self, decision: str) -> None:
        """Give the answer."""
        if self._call is not None:
            self.post_message(self.Answered(self._call.call_id, BUTTONS[decision]))

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_answer(event.button.id or "deny")
