"""One conversation as a state machine: what is typed, what the server says, and connections that come and go; pure.

The chat's file is the truth. A message leaves the queue when the file has it and not before, under an id that the
server takes once. So it is sent as often as it takes, and it is in the chat once. After every send and every new
connection the file is read; an answer that a lost connection took away is asked for again where nothing of it had come,
else marked. So is what an answer is to go on with, which the server adds to what its file has by then.

It is told what happens, and gives back what it wants of the server. An answer to what it wants no more says nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lsp_llm.chat.terms import ENDING
from lsp_llm.commands.chat_shapes import ChatShape, Sent
from lsp_llm.tui.faults import Fault
from lsp_llm.tui.orders import (
    Asking,
    Branch,
    Continue,
    Create,
    Decide,
    Decision,
    Latest,
    Load,
    Message,
    Order,
    Orders,
    Send,
    Stop,
)
from lsp_llm.tui.turns import Call, Coming, Tokens, Turn, TurnState, Words, turns_of


class Talk:
    """`new_id` makes ids that are used once, for messages and for tokens."""

    def __init__(self, new_id: Callable[[], str], preset: str = "") -> None:
        self.preset = preset
        """"" is the chat's own, else the one in use."""
        self.own_preset = ""
        self.chat_id = ""
        self.title = ""
        self.queue: deque[Message] = deque()
        self.fault: Fault | None = None
        self.returned = ""
        """Words that could not be sent and are the user's again, until `take_back`."""
        self._new_id = new_id
        self._turns: tuple[Turn, ...] = ()
        self._known: frozenset[str] = frozenset()
        """The ids of all messages in the file, as it was last read."""
        self._is_connected = False
        self._wants_latest = False
        self._is_stale = False
        self._is_held = False
        """After a failure nothing goes out by itself."""
        self._asks_again = False
        self._goes_on = False
        """The last answer is to go on, which comes before what is queued."""
        self._was_interrupted = False
        self._sent: Message | None = None
        self._coming: Coming | None = None
        self._coming_state: TurnState = "coming"
        self._model = ""
        """What answers now."""
        self._order: Order | None = None
        """What is under way."""
        self._before_branch: tuple[str, tuple[Turn, ...]] | None = None

    # --- what there is to see -----------------------------------------------------------------------------------------

    @property
    def page(self) -> tuple[Turn, ...]:
        """All turns as they are to be shown, the oldest first."""
        shown = list(self._turns)
        sent = self._sent
        if sent is not None and sent.message_id not in self._known:
            shown.append(Turn("user", (Words(sent.text),), sent.message_id))
        if self._coming is not None and (self._coming.has_begun or self.is_answering):
            turn = self._coming.turn(self._coming_state)
            if turn.message_id:
                # It goes on in its place.
                shown.pop()
            shown.append(replace(turn, model=turn.model or self._model))
        waiting = (message for message in self.queue if message is not sent)
        shown += [Turn("user", (Words(message.text),), message.message_id, state="queued") for message in waiting]
        return tuple(shown)

    @property
    def is_answering(self) -> bool:
        """Whether an answer is awaited or coming."""
        return isinstance(self._order, Asking)

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer has come."""
        return self._coming is not None and self._coming.has_begun

    @property
    def question(self) -> Call | None:
        """The call that waits for the user."""
        return self._coming.waiting if self._coming is not None and self.is_answering else None

    @property
    def tokens(self) -> Tokens:
        """What all answers in the chat have used, and cost."""
        return sum((turn.tokens for turn in self._turns), Tokens())

    @property
    def is_unanswered(self) -> bool:
        """Whether the last turn in the chat waits for an answer that nobody has asked for."""
        return bool(self._turns) and self._turns[-1].role == "user" and self._order is None

    @property
    def is_cut(self) -> bool:
        """Whether the last answer is not whole, and can go on."""
        last = self._turns[-1] if self._turns else None
        if last is None or last.role != "assistant" or not last.parts or isinstance(last.parts[-1], Call):
            return False
        return last.state != "whole" and not self.is_answering

    @property
    def _has_not_grown(self) -> bool:
        """Whether the last answer is still what it was when it was to go on."""
        former = self._coming.former if self._coming is not None else Turn("assistant")
        return bool(former.parts) and former.parts == self._turns[-1].parts

    # --- what the user does -------------------------------------------------------------------------------------------

    def type(self, text: str) -> Orders:
        """A message, or, without a word, another attempt at what did not work."""
        if text.strip():
            self.queue.append(Message(self._new_id(), text.strip("\n")))
            if self.fault is not None and self.fault.seconds:
                # The host wants to be left alone, and is asked again when that is over.
                return ()
            if self._is_held:
                # What failed is not what is wanted now.
                self._goes_on = False
        self._is_held, self.fault = False, None
        if not text.strip():
            self._asks_again, self._is_stale = self.is_unanswered, bool(self.chat_id)
        return self._next()

    def go_on(self) -> Orders:
        """Have the last answer go on where it was cut off."""
        if not self.is_cut:
            return ()
        self._goes_on = True
        if self.fault is not None and self.fault.seconds:
            return ()
        self._is_held, self.fault = False, None
        return self._next()

    def edit(self, message_id: str, text: str) -> Orders:
        """A branch in which a message has other words; only while there is nothing else to do."""
        if not self._is_connected or self._order is not None or message_id not in self._known or not text.strip():
            self.returned = text
            return ()
        place = next(place for place, turn in enumerate(self._turns) if turn.message_id == message_id)
        order = Branch(self.chat_id, message_id, text, self.preset, self._new_id())
        self._before_branch = self.chat_id, self._turns
        self._turns, self.fault = self._turns[:place], None
        self._is_held = self._goes_on = False
        self._sent, self.chat_id = Message("", text), ""
        self._begin(order, Coming())
        return (order,)

    def stop(self) -> Orders:
        """No more of this answer, please."""
        return (Stop(self.chat_id),) if self.is_answering and self.chat_id else ()

    def decide(self, call_id: str, decision: Decision) -> Orders:
        """The user's word on a call."""
        if self._coming is None or not self.is_answering:
            return ()
        self._coming.decided(call_id)
        return (Decide(self.chat_id, call_id, decision),)

    def open(self, chat_id: str) -> Orders:
        """Another chat, "" for a new one, unless an answer is coming; what is queued is the user's again."""
        if self.is_answering:
            return ()
        self.returned = "\n\n".join(message.text for message in self.queue)
        self.queue.clear()
        self._forget()
        self._order, self.fault = None, None
        self._is_held = self._asks_again = self._goes_on = self._wants_latest = False
        self.chat_id, self.title, self.own_preset = chat_id, "", ""
        self._turns, self._known = (), frozenset()
        self._is_stale = bool(chat_id)
        return self._next()

    def open_latest(self) -> None:
        """The chat that was changed last, as soon as it is known; a new one where there is none."""
        self._wants_latest = True

    def recall(self) -> None:
        """Take back what was typed last and has not gone out."""
        if self.queue and self.queue[-1] is not self._sent:
            self.returned = self.queue.pop().text

    def take_back(self) -> str:
        """The words that are the user's again, once."""
        text, self.returned = self.returned, ""
        return text

    # --- what the server says -----------------------------------------------------------------------------------------

    def connected(self) -> Orders:
        """There is a server that knows nothing of what was wanted before."""
        self._is_connected = True
        self._is_stale = bool(self.chat_id)
        return self._next()

    def lost(self) -> None:
        """The connection is no more."""
        self._is_connected = False
        if self.is_answering:
            self._was_interrupted = self._asks_again = True
            self._coming_state = "interrupted"
        self._undo_branch()
        self._order = None

    def found(self, order: Latest, chat_id: str) -> Orders:
        """The chat that was changed last, "" for none."""
        if order is not self._order:
            return ()
        self._order, self._wants_latest = None, False
        self.chat_id, self._is_stale = chat_id, bool(chat_id)
        return self._next()

    def created(self, order: Create, chat_id: str) -> Orders:
        """The new chat is there."""
        if order is not self._order:
            return ()
        self._order, self.chat_id = None, chat_id
        return self._next()

    def loaded(self, order: Load, chat: ChatShape) -> Orders:
        """The chat as its file has it."""
        if order is not self._order:
            return ()
        self._order, self._is_stale = None, False
        self.title, self.own_preset = chat.title, chat.preset
        self._turns = turns_of(chat.messages)
        self._known = frozenset(message.message_id for message in chat.messages)
        self.queue = deque(message for message in self.queue if message.message_id not in self._known)
        if self._sent is not None and self._sent.message_id and self._sent.message_id not in self._known:
            # It never arrived: it is sent again, and not what was left unanswered before it.
            self._asks_again = False
        if self._was_interrupted and self.is_cut:
            self._goes_on |= self._has_not_grown
            self._turns = (*self._turns[:-1], replace(self._turns[-1], state="interrupted"))
        self._forget()
        return self._next()

    def progress(self, token: object, value: Mapping[str, Any]) -> None:
        """A partial result; what belongs to an earlier send says nothing any more."""
        order = self._order
        if isinstance(order, Asking) and token == order.token and self._coming is not None:
            self._coming.take(value)

    def begun(self, file_name: str) -> None:
        """A send has begun in this file, which is how a branch is known before it is answered."""
        if isinstance(self._order, Branch) and not self.chat_id and file_name.endswith(ENDING):
            self.chat_id = file_name.removesuffix(ENDING)

    def asked(self, model: str) -> None:
        """The request is on its way to a model."""
        self._model = model

    def answered(self, order: Asking, sent: Sent) -> Orders:
        """The answer is whole, or was stopped."""
        if order is not self._order:
            return ()
        self.chat_id, self._coming_state = sent.chat_id, "whole"
        # What was answered is in the file, which is read only now.
        self.queue = deque(message for message in self.queue if message is not self._sent)
        self._order, self._is_stale = None, True
        return self._next()

    def failed(self, order: Order, fault: Fault) -> Orders:
        """What was under way was refused: it is told, and nothing goes out before the user says so."""
        if order is not self._order:
            return ()
        self._undo_branch()
        # A chat that cannot be read is not read again at once.
        self._is_stale, self._coming_state = self.is_answering and bool(self.chat_id), "failed"
        self._wants_latest = False
        self._order, self.fault, self._is_held, self._asks_again = None, fault, True, False
        self._goes_on |= isinstance(order, Continue)
        return self._next()

    # --- what is next -------------------------------------------------------------------------------------------------

    def _next(self) -> Orders:
        if not self._is_connected or self._order is not None:
            return ()
        if self._wants_latest:
            return self._ordered(Latest())
        if self._is_stale:
            return self._ordered(Load(self.chat_id))
        if self._is_held:
            return ()
        if self._asks_again and self.is_unanswered:
            return self._send(None)
        self._asks_again = False
        if self._goes_on and self.is_cut:
            return self._more()
        self._goes_on = False
        if not self.queue:
            return ()
        return self._send(self.queue[0]) if self.chat_id else self._ordered(Create(self.preset))

    def _send(self, message: Message | None) -> Orders:
        self._sent, self._asks_again = message, False
        order = Send(self.chat_id, message, self.preset, self._new_id())
        self._begin(order, Coming())
        return (order,)

    def _more(self) -> Orders:
        self._sent, self._goes_on = None, False
        order = Continue(self.chat_id, self.preset, self._new_id())
        self._begin(order, Coming(self._turns[-1]))
        return (order,)

    def _begin(self, order: Asking, coming: Coming) -> None:
        self._order, self._coming, self._coming_state = order, coming, "coming"
        self._was_interrupted, self._model = False, ""

    def _ordered(self, order: Create | Latest | Load) -> Orders:
        self._order = order
        return (order,)

    def _forget(self) -> None:
        """The file has it now, if it came at all."""
        self._sent = self._coming = self._before_branch = None
        self._was_interrupted = False

    def _undo_branch(self) -> None:
        """Whether there is a branch is not known: the words are the user's again, and the chat is the one before."""
        if isinstance(self._order, Branch) and not self.chat_id and self._before_branch and self._sent:
            (self.chat_id, self._turns), self.returned = self._before_branch, self._sent.text
            self._asks_again = False
            self._forget()
