"""Whatever breaks and whenever: every message is in the chat once, in its order, and the screen shows the chat.

So does every word of an answer that was cut off and goes on, however often that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lsp_llm.commands.chat_shapes import MessageShape
from lsp_llm.tui.faults import Fault
from lsp_llm.tui.orders import Continue, Create, Load, Order, Orders, Send
from lsp_llm.tui.talk import Talk
from lsp_llm.tui.turns import turns_of
from tests.tui.shapes import answer, chat, question, sent

REFUSED = Fault("refused", "no")


@dataclass
class Server:
    """A chat's file, and the rule that a message is taken once."""

    messages: list[MessageShape]

    words: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, order: Send | Continue) -> bool:
        """Whether it is accepted."""
        if isinstance(order, Continue):
            last = self.messages[-1]
            return last.role == "assistant" and last.status != "done"
        if order.message is not None:
            if order.message.message_id in {message.message_id for message in self.messages}:
                return False
            self.messages.append(question(order.message.message_id, order.message.text))
        return True

    def write(self, order: Send | Continue, status: str) -> str:
        """An answer, or more of the last one; gives what has come, of which no word is like another."""
        word = f" word{next(self.words)}"
        if isinstance(order, Continue):
            last = self.messages[-1]
            self.messages[-1] = msgspec.structs.replace(last, text=last.text + word, status=status)
        else:
            self.messages.append(answer(f"a{len(self.messages)}", word, status=status))
        return word


class BrokenConnections(RuleBasedStateMachine):
    """`order` is on its way to the server; `late` are those that a broken connection still holds."""

    def __init__(self) -> None:
        super().__init__()
        numbers = count(1)
        self.talk = Talk(lambda: f"id{next(numbers)}")
        self.server = Server([])
        self.order: Order | None = None
        self.late: list[Send | Continue] = []
        self.is_connected = False
        self.typed: list[str] = []

    def want(self, orders: Orders) -> None:
        for order in orders:
            assert self.is_connected and self.order is None, "one thing at a time, and only over a connection"
            self.order = order

    @rule()
    def type(self) -> None:
        self.typed.append(f"message {len(self.typed)}")
        self.want(self.talk.type(self.typed[-1]))

    @rule()
    def press_enter(self) -> None:
        self.want(self.talk.type(""))

    @rule()
    def go_on(self) -> None:
        self.want(self.talk.go_on())

    @precondition(lambda self: not self.is_connected)
    @rule()
    def connect(self) -> None:
        self.is_connected = True
        self.want(self.talk.connected())

    @precondition(lambda self: self.is_connected)
    @rule(fate=st.sampled_from(["before", "after", "in the middle", "late"]))
    def lose(self, fate: str) -> None:
        """The connection breaks before, while or after the server does what it was asked, or it comes late."""
        if isinstance(self.order, Send | Continue) and fate != "before":
            if fate == "late":
                self.late.append(self.order)
            elif self.server.take(self.order) and fate == "in the middle":
                word = self.server.write(self.order, "cancelled")
                self.talk.progress(self.order.token, {"kind": "text", "delta": word})
        self.order, self.is_connected = None, False
        self.talk.lost()

    @precondition(lambda self: self.late)
    @rule(has_begun=st.booleans())
    def arrive_late(self, has_begun: bool) -> None:
        """The client is gone by then, and the server stops soon."""
        order = self.late.pop()
        if self.server.take(order) and has_begun and isinstance(order, Continue):
            self.server.write(order, "cancelled")

    @precondition(lambda self: self.order is not None)
    @rule(status=st.sampled_from(["done", "cut off"]))
    def answer(self, status: str = "done") -> None:
        order, self.order = self.order, None
        match order:
            case Create():
                self.want(self.talk.created(order, "c"))
            case Load():
                self.want(self.talk.loaded(order, chat(*self.server.messages)))
            case Send() | Continue() if self.server.take(order):
                word = self.server.write(order, status)
                self.talk.progress(order.token, {"kind": "text", "delta": word})
                self.want(self.talk.answered(order, sent(word)))
            case Send() | Continue():
                self.want(self.talk.failed(order, REFUSED))

    @precondition(lambda self: isinstance(self.order, Send | Continue))
    @rule(is_taken=st.booleans())
    def refuse(self, is_taken: bool) -> None:
        """The host of the model fails, or the server does not even take the message."""
        order, self.order = self.order, None
        assert isinstance(order, Send | Continue)
        if is_taken:
            self.server.take(order)
        self.want(self.talk.failed(order, REFUSED))

    @invariant()
    def no_message_is_in_the_chat_twice_or_out_of_order(self) -> None:
        there = [message.text for message in self.server.messages if message.role == "user"]
        assert there == self.typed[: len(there)]

    @invariant()
    def every_message_is_on_the_screen_once(self) -> None:
        shown = [turn.text for turn in self.talk.page if turn.role == "user"]
        assert shown == self.typed

    @invariant()
    def no_word_of_an_answer_is_on_the_screen_twice(self) -> None:
        words = " ".join(turn.text for turn in self.talk.page if turn.role == "assistant").split()
        assert len(words) == len(set(words))

    def teardown(self) -> None:
        """Now that nothing breaks any more, all is answered, and the screen shows the chat."""
        if not self.is_connected:
            self.connect()
        for _ in range(3):
            while self.order is not None:
                self.answer()
            self.press_enter()
        while self.order is not None:
            self.answer()
        there = [message.text for message in self.server.messages if message.role == "user"]
        assert there == self.typed
        assert self.talk.page == turns_of(self.server.messages)
        assert not self.typed or self.talk.page[-1].role == "assistant"


TestBrokenConnections = BrokenConnections.TestCase
TestBrokenConnections.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
