"""The messages of a conversation as hosts take them: calls paired, what one side said in a row joined; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lsp_llm.chat.conversation import Turn, messages_of
from lsp_llm.chat.tool_pairs import paired
from lsp_llm.exchange.messages import Message, Replay


def outgoing(system: str, turns: Sequence[Turn], replay_of: Callable[[Turn], Replay | None]) -> tuple[Message, ...]:
    """The messages for these turns. What the user said in a row, as after a stopped answer, is one message."""
    return tuple(_joined(messages_of(system, tuple(paired(turns)), replay_of)))


def _joined(messages: Iterable[Message]) -> Iterator[Message]:
    held: Message | None = None
    for message in messages:
        if held is not None and held.role == message.role == "user":
            # Only the first can have results, as those stand behind calls; every dialect puts them before the text.
            held = replace(held, text="\n\n".join(filter(None, (held.text, message.text))))
            continue
        if held is not None:
            yield held
        held = message
    if held is not None:
        yield held
