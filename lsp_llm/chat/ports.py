"""What an answer in a chat needs of the world outside: a page, a listener, someone who prepares requests; no behaviour.

The page is where the words go: the chat's file, or a document that is open in an editor.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.jobs.answering import Prepared
from lsp_llm.tools.desk import Audience


class Page(Protocol):
    """The end of a chat document, which grows turn by turn (`ChatWriter` is one)."""

    @property
    def line_end(self) -> str:
        """That of the document, known since the last `begin`."""
        ...

    def begin(self, turn: Turn) -> None:
        """A turn of this role and model begins: end what is open, write its heading; raises UserError as `add`.

        An empty turn of the user's is where the next one is to be typed.
        """
        ...

    def add(self, text: str) -> None:
        """More of the turn; raises UserError where it cannot be written now, and keeps it for the next time."""
        ...

    def settle(self) -> None:
        """The turn is whole; raises UserError where it cannot be made safe."""
        ...


class Listener(Protocol):
    """Whoever follows an answer as it comes; what tools do is told to an `Audience`."""

    def text(self, delta: str) -> None:
        """More of the answer."""
        ...

    def thinking(self, delta: str) -> None:
        """More of the model's reasoning."""
        ...


class Requests(Protocol):
    """Makes requests of conversations: templates, budget, secrets, key."""

    async def prepared(self, chat: Conversation, tools: Sequence[ToolSpec]) -> Prepared:
        """The answer to the last turn, ready to be asked for; raises LspLlmError.

        An assistant's turn at the end is one that the model is to go on from. What the filters give goes to the page
        as it is, so they never withdraw anything.
        """
        ...


class Follower(Listener, Audience, Protocol):
    """Whoever follows a send: its words, and what its tools do."""
