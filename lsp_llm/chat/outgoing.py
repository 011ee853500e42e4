"""The messages of a conversation as hosts take them: calls paired and judged, what one side said in a row joined.

It is pure, and changes no turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from lsp_llm.chat.conversation import Turn, messages_of
from lsp_llm.chat.tool_pairs import paired
from lsp_llm.exchange.messages import Message, Replay
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.stream.tool_calls import problem_of


def outgoing(system: str, turns: Sequence[Turn], replay_of: Callable[[Turn], Replay | None]) -> tuple[Message, ...]:
    """The messages for these turns. What the user said in a row, as after a stopped answer, is one message."""
    return tuple(map(_sound, _joined(messages_of(system, tuple(paired(turns)), replay_of))))


def _sound(message: Message) -> Message:
    """A call that somebody has edited in the document may have no arguments any more that a host takes."""
    return replace(message, tool_calls=tuple(map(_judged, message.tool_calls)))


def _judged(call: ToolCall) -> ToolCall:
    return replace(call, problem=call.problem or problem_of(call.name, call.arguments))


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
