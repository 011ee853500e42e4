"""The chat on the screen: keys become what the talk is told, and the talk becomes what is shown, a frame at a time.

Whatever comes from the server only marks the screen as old. It is drawn anew some times a second, however fast that
is.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on, work
from textual.app import App, ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.filter import LineFilter
from textual.screen import Screen
from textual.widget import MountError
from textual.widgets import Footer

from lsp_llm.errors import LspLlmError
from lsp_llm.tui.chat_list import ChatListScreen
from lsp_llm.tui.choice_screen import ChoiceScreen, Find
from lsp_llm.tui.choices import Choices, blocks_of
from lsp_llm.tui.connection import PULSE_SECONDS
from lsp_llm.tui.controls import NoControls
from lsp_llm.tui.faults import Fault
from lsp_llm.tui.session import Dialer, Session
from lsp_llm.tui.states import Connected, Connecting, Error, State
from lsp_llm.tui.talk import Talk
from lsp_llm.tui.turns import Turn
from lsp_llm.tui.widgets.composer import Composer
from lsp_llm.tui.widgets.masthead import Masthead
from lsp_llm.tui.widgets.question_bar import QuestionBar
from lsp_llm.tui.widgets.status_line import StatusLine
from lsp_llm.tui.widgets.transcript import Transcript
from lsp_llm.tui.widgets.turn_view import TurnView
from lsp_llm.tui.wording import activity, fault_words, meter

FRAME_SECONDS: Final = 0.05
TICK_SECONDS: Final = 0.25
LATEST: Final = "latest"
COMMANDS: Final = (
    ("New chat", "Begin another conversation", "new"),
    ("Chats", "Go on with an earlier conversation", "chats"),
    ("Preset", "Choose who answers", "presets"),
    ("Model", "Choose another model for the preset", "models"),
    ("Copy code", "Copy a block of code", "copy_code"),
    ("Edit the last message", "Say it in other words, in a branch", "edit_last"),
    ("Go on", "Have an answer go on that was cut off", "go_on"),
    ("Stop", "Stop the answer that is coming", "stop"),
    ("Reconnect", "Connect to the server anew", "reconnect"),
)
"""What the palette has beside the keys: a title, what it does, and the action."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the chat begins with: a chat's id, `LATEST`, or "" for a new one; and a preset, or ""."""

    chat: str = ""
    preset: str = ""
    pulse_seconds: float = PULSE_SECONDS


class ChatApp(App[None]):
    """`dialing` makes the dialer, which is given where to tell how it stands."""

    TITLE = "lsp-llm chat"
    CSS = """
    Footer { height: 1; }
    /* Below the masthead: at the bottom it would hide what is being typed. */
    ToastRack { dock: top; margin: 1 0 0 0; }
    /* Frames and long words make room for what is typed. */
    .-short Composer, .-short Composer:focus { border: none; min-height: 1; max-height: 2; }
    .-short #fault { max-height: 3; }
    .-short QuestionBar { border: none; }
    .-short QuestionBar > VerticalScroll { max-height: 2; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-short"), (16, "-tall")]  # noqa: RUF012  Textual takes it for an instance's.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop"),
        Binding("ctrl+n", "new", "New"),
        Binding("ctrl+o", "chats", "Chats"),
        Binding("ctrl+t", "presets", "Preset"),
        Binding("ctrl+l", "models", "Model"),
        Binding("ctrl+b", "copy_code", "Copy code"),
        Binding("ctrl+g", "go_on", "Go on", show=False),
        Binding("ctrl+r", "reconnect", "Reconnect", show=False),
    ]

    def __init__(self, dialing: Callable[[Callable[[State], None]], Dialer], opening: Opening) -> None:
        super().__init__()
        self.talk = Talk(lambda: f"m-{secrets.token_hex(8)}", opening.preset)
        self.session = Session(self.talk, self, dialing(self.stand), opening.pulse_seconds)
        self._choices = Choices(self.session)
        self._no_controls = NoControls()
        self._opening = opening.chat
        self._state: State = Connecting()
        self._news = asyncio.Event()
        self._is_fresh = False
        """Another chat is to be shown than before."""
        self._editing: Turn | None = None
        self._since_seconds: tuple[object, float] = None, 0.0
        """What is waited for, and since when."""

    def compose(self) -> ComposeResult:
        """From the top to the bottom."""
        yield Masthead()
        yield Transcript()
        yield QuestionBar()
        yield StatusLine()
        yield Composer()
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Begin to connect, and to draw."""
        if self._opening == LATEST:
            self.talk.open_latest()
        else:
            self.talk.open(self._opening)
        self.query_one(Composer).focus()
        self._draw_frames()
        self.set_interval(TICK_SECONDS, self._tick)
        self.run_worker(self.session.run())

    # --- the view of the session --------------------------------------------------------------------------------------

    def stand(self, state: State) -> None:
        """How the connection stands."""
        self._state = state
        if isinstance(state, Connected):
            self._arrive()
        self.change()

    def change(self) -> None:
        """Draw it soon."""
        self._news.set()

    def tell(self, text: str, *, is_warning: bool) -> None:
        """A sentence above everything, for some seconds."""
        self.notify(text, severity="warning" if is_warning else "information", markup=False)

    @work
    async def _arrive(self) -> None:
        """There is a server: ask it which presets it has."""
        try:
            await self._choices.refresh()
        except LspLlmError as error:
            self.tell(str(error), is_warning=True)
        self.change()

    # --- frames -------------------------------------------------------------------------------------------------------

    @work
    async def _draw_frames(self) -> None:
        while self.is_running:
            await self._news.wait()
            self._news.clear()
            try:
                await self._draw()
            except (NoMatches, MountError):
                # The chat may be left in the middle of a frame.
                if self.is_running:
                    raise
            await asyncio.sleep(FRAME_SECONDS)

    async def _draw(self) -> None:
        talk, transcript = self.talk, self.query_one(Transcript)
        if self._is_fresh:
            self._is_fresh = False
            await transcript.clear()
        await transcript.show(talk.page)
        self.query_one(Masthead).name_chat(talk.title, self._choices.in_use(talk))
        self.query_one(Masthead).stand(self._state)
        self.query_one(QuestionBar).ask(talk.question)
        said = activity(talk, self.session.status, self._state, self._waited_seconds)
        self.query_one(StatusLine).say(said, meter(talk.tokens))
        self.query_one(StatusLine).complain(self._complaint)
        self.query_one(Composer).put(talk.take_back())

    @property
    def _complaint(self) -> str:
        """What is wrong: with the connection, else with the last answer."""
        match self._state, self.talk.fault:
            case Error(reason), _:
                return f"{reason} · Ctrl+R tries again"
            case _, Fault() as fault:
                remaining_seconds = fault.seconds - self._waited_seconds
                return fault_words(fault, remaining_seconds, self._choices.key_place(self.talk))
            case _:
                return ""

    @property
    def _waited_seconds(self) -> float:
        """How long the failure, or the answer, has been there or waited for."""
        now_seconds = asyncio.get_running_loop().time()
        awaited = self.talk.fault or self.talk.is_answering
        if awaited != self._since_seconds[0]:
            self._since_seconds = awaited, now_seconds
        return now_seconds - self._since_seconds[1]

    def _tick(self) -> None:
        """Signs move and seconds pass only while something is waited for."""
        fault = self.talk.fault
        if fault is not None and 0 < fault.seconds <= self._waited_seconds:
            self.session.carry_out(self.talk.type(""))
        if fault is not None or self.talk.is_answering:
            self.change()

    # --- what the user does -------------------------------------------------------------------------------------------

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        editing, self._editing = self._editing, None
        self.query_one(Composer).border_title = ""
        if editing is not None:
            self.session.carry_out(self.talk.edit(editing.message_id, event.text))
        else:
            self.session.carry_out(self.talk.type(event.text))
        self.query_one(Transcript).follow()

    @on(Composer.Left)
    def _left(self) -> None:
        if not self.query_one(QuestionBar).enter():
            self._enter_transcript()

    @on(Composer.Looked)
    def _looked(self) -> None:
        self.talk.recall()
        if self.talk.returned:
            self.change()
        else:
            self._enter_transcript()

    @on(QuestionBar.Answered)
    def _answered(self, event: QuestionBar.Answered) -> None:
        self.session.carry_out(self.talk.decide(event.call_id, event.decision))
        self.query_one(Composer).focus()

    @on(TurnView.Edited)
    def _edited(self, event: TurnView.Edited) -> None:
        if self.talk.is_answering:
            self.tell("an answer is coming: Esc stops it", is_warning=True)
            return
        composer = self.query_one(Composer)
        self._editing = event.turn
        composer.border_title = "Other words for this message, in a branch: Esc leaves it as it is"
        composer.load_text(event.turn.text)
        composer.move_cursor(composer.document.end)
        composer.focus()

    def action_stop(self) -> None:
        """Leave what is being edited, else stop the answer; the composer has the focus afterwards."""
        composer = self.query_one(Composer)
        if self._editing is not None:
            self._editing, composer.border_title = None, ""
            composer.clear()
        elif composer.has_focus:
            self.session.carry_out(self.talk.stop())
        composer.focus()

    def action_edit_last(self) -> None:
        """The last message in other words."""
        questions = [view for view in self.query(TurnView) if view.turn.role == "user" and view.turn.state == "whole"]
        if questions:
            questions[-1].action_edit()

    def action_go_on(self) -> None:
        """Have an answer go on that was cut off."""
        self.session.carry_out(self.talk.go_on())

    async def action_reconnect(self) -> None:
        """Connect anew."""
        await self.session.reconnect()

    def action_new(self) -> None:
        """Another conversation."""
        self._open("")

    @work
    async def action_chats(self) -> None:
        """Go on with an earlier conversation."""
        chat_id = await self.push_screen_wait(ChatListScreen(self._choices, self.talk))
        self.change()
        if chat_id:
            self._open(chat_id)

    @work
    async def action_presets(self) -> None:
        """Choose who answers."""
        if preset := await self._chosen("Presets", self._choices.presets):
            self.talk.preset = preset
            self.change()

    @work
    async def action_models(self) -> None:
        """Choose another model."""
        preset = self._choices.row(self.talk)
        if preset is None:
            return
        if model := await self._chosen(f"Models of {preset.provider}", self._choices.models(preset)):
            await self._choices.use(preset, model)
            self.change()

    @work
    async def action_copy_code(self) -> None:
        """Copy a block of code: the only one, or the one that is chosen."""
        blocks = self.query_one(Transcript).code_blocks
        if not blocks:
            self.tell("there is no block of code here", is_warning=True)
            return
        place = "0" if len(blocks) == 1 else await self._chosen("Copy", blocks_of(blocks))
        if place:
            self.copy_to_clipboard(blocks[int(place)])
            self.tell("copied", is_warning=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Ours, and Textual's: themes, keys, screenshot."""
        for title, help_text, action in COMMANDS:
            yield SystemCommand(title, help_text, getattr(self, f"action_{action}"))
        yield from super().get_system_commands(screen)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is drawn."""
        return [self._no_controls, *super().get_line_filters()]

    async def _chosen(self, title: str, find: Find) -> str:
        return await self.push_screen_wait(ChoiceScreen(title, find)) or ""

    def _open(self, chat_id: str) -> None:
        if self.talk.is_answering:
            self.tell("an answer is coming: Esc stops it", is_warning=True)
            return
        preset, self._is_fresh = self.talk.preset, True
        orders = self.talk.open(chat_id)
        # A chat has a preset of its own.
        self.talk.preset = "" if chat_id else preset
        self.session.carry_out(orders)
        self.query_one(Composer).focus()

    def _enter_transcript(self) -> None:
        last = self.query_one(Transcript).last
        if last is not None:
            last.focus()
