"""One turn of the assistant as it comes: onto the page, to the listener, and kept; it asks no model.

Nothing stands on the page before there is something to write. What the page does not take ends no answer: it is told
once, and the page tries again with the next words.

An answer that goes on gets its former text once more, above what comes. So that it stays one text, what the model
thinks before its first new words stands above all of it, and is not on the page before them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from lsp_llm.chat.conversation import Turn, TurnStatus, gap_behind, tidy
from lsp_llm.chat.ports import Listener, Page
from lsp_llm.chat.turn_writer import TurnWriter, turn_body
from lsp_llm.errors import UserError
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall

Complain = Callable[[str], None]


class Draft:
    """The turn in the making; `model` may be set until something has come.

    With a `former` turn it is that one, which goes on: the page is where it began, and gets its text once more.
    """

    def __init__(
        self, page: Page, listener: Listener, message_id: str, complain: Complain, former: Turn | None = None
    ) -> None:
        self.model = ""
        self.characters = 0
        """Of the text, so far."""
        self._page = page
        self._listener = listener
        self._message_id = message_id
        self._complain = complain
        self._former = former
        self._gap = former.gap if former else ""
        """What belongs before the first new words."""
        self._writer: TurnWriter | None = None
        self._text: list[str] = []
        self._thinking: list[str] = []

    @property
    def is_begun(self) -> bool:
        """Whether anything has come; of an answer that goes on, a word or a call."""
        return self._writer is not None

    def text(self, delta: str) -> None:
        """More of the answer."""
        if delta:
            writer = self._begun()
            delta, self._gap = self._gap + delta, ""
            self._text.append(delta)
            self.characters += len(delta)
            self._write(writer.text(delta))
            self._listener.text(delta)

    def thinking(self, delta: str) -> None:
        """More of the reasoning."""
        if not delta:
            return
        if self._former is None or self.is_begun:
            self._write(self._begun().thinking(delta))
        self._thinking.append(delta)
        self._listener.thinking(delta)

    def asked_again(self) -> None:
        """The same request went out once more: the reasoning begins anew below what is there of it."""
        if self._thinking:
            self.thinking("\n\n")

    def end(
        self,
        status: TurnStatus,
        timestamp: str,
        usage: Usage | None = None,
        calls: Sequence[ToolCall] = (),
        keep: Callable[[Turn], Turn] = lambda turn: turn,
    ) -> Turn:
        """The turn is over; `keep` may give it the key of its replay. An empty one is not written."""
        whole, thinking = "".join(self._text), tidy("".join(self._thinking))
        turn = Turn(
            self._message_id, "assistant", tidy(whole), thinking, tuple(calls), (), usage, self.model, timestamp, status
        )
        turn = keep(replace(turn, gap=gap_behind(whole)) if turn.is_cut_off else turn)
        if self.is_begun or calls:
            writer = self._begun()
            self._write("".join([*map(writer.call, calls), writer.finish(turn)]))
            attempt(self._page.settle, self._complain)
        return turn

    def _begun(self) -> TurnWriter:
        if self._writer is None:
            attempt(lambda: self._page.begin(Turn("", "assistant", model=self.model)), self._complain)
            self._writer = TurnWriter(self._page.line_end)
            if self._former is not None:
                self._repeat(self._former, self._writer)
        return self._writer

    def _repeat(self, former: Turn, writer: TurnWriter) -> None:
        new = "".join(self._thinking)
        self._thinking = ["\n\n".join(filter(None, (former.thinking, new)))]
        self._text.insert(0, former.text)
        self._write(writer.thinking(self._thinking[0]) + writer.text(former.text))

    def _write(self, written: str) -> None:
        if written:
            attempt(lambda: self._page.add(written), self._complain)


def add_turn(page: Page, turn: Turn, complain: Complain) -> None:
    """Write a whole turn; what the page does not take now it takes with what follows."""
    attempt(lambda: page.begin(turn), complain)
    attempt(lambda: page.add(turn_body(turn, page.line_end)), complain)
    attempt(page.settle, complain)


def attempt(step: Callable[[], None], complain: Complain) -> None:
    """Do it; a UserError is told and ends nothing."""
    try:
        step()
    except UserError as error:
        complain(str(error))
