"""What chats are in the protocol: options and answers of the requests `lsp-llm/chat/…`; values alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.loop import Course
from lsp_llm.commands.base import Options
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.tools.approval import Decision


class _Shape(msgspec.Struct, frozen=True, rename="camel"):
    """A part of an answer."""


class OfferedTool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tool that the client itself offers; `parameters` is a JSON schema."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = {}


class CreateOptions(Options, frozen=True):
    """`context` is read by whoever knows positions; `document`: show it in the editor."""

    title: str = ""
    preset: str = ""
    system: str = ""
    context: tuple[Any, ...] = ()
    document: bool = False
    tools: tuple[OfferedTool, ...] = ()


class SendOptions(Options, frozen=True, kw_only=True):
    """Without a text, what waits for an answer is answered; `message_id` is what the client calls its turn."""

    chat_id: str
    text: str = ""
    message_id: Annotated[str, msgspec.Meta(pattern=r"^[\w-]{0,64}$")] = ""
    context: tuple[Any, ...] = ()
    preset: str = ""
    tools: bool = True
    work_done_token: int | str | None = None
    partial_result_token: int | str | None = None


class ContinueOptions(Options, frozen=True, kw_only=True):
    """More of the answer that was cut off."""

    chat_id: str
    preset: str = ""
    tools: bool = True
    work_done_token: int | str | None = None
    partial_result_token: int | str | None = None


class EditOptions(Options, frozen=True, kw_only=True):
    """Another text for a message of the user's."""

    chat_id: str
    message_id: str
    text: str
    preset: str = ""
    tools: bool = True
    work_done_token: int | str | None = None
    partial_result_token: int | str | None = None


class ChatOptions(Options, frozen=True):
    """Which chat."""

    chat_id: str


class ListOptions(Options, frozen=True):
    """What is looked for in titles and turns, "" for all."""

    query: str = ""


class RenameOptions(Options, frozen=True):
    """Another title."""

    chat_id: str
    title: str


class ToolResultOptions(Options, frozen=True):
    """What a tool of the client's gave."""

    chat_id: str
    call_id: str
    text: str
    is_error: bool = False


class ApproveOptions(Options, frozen=True):
    """The user's word on a call."""

    chat_id: str
    call_id: str
    decision: Decision


class CallShape(_Shape, frozen=True):
    """A call; `arguments` is JSON text as the model wrote it."""

    call_id: str
    name: str
    arguments: str


class ResultShape(_Shape, frozen=True):
    """What a call gave."""

    call_id: str
    name: str
    text: str
    is_error: bool


class UsageShape(_Shape, frozen=True, omit_defaults=True):
    """Token counts; all five are always there, the cost where prices are set."""

    input_tokens: int
    output_tokens: int
    cache_read_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: float | None = None


class MessageShape(_Shape, frozen=True, omit_defaults=True):
    """One turn; what a turn does not have is left out, but for its text."""

    message_id: str
    role: str
    text: str
    thinking: str = ""
    tool_calls: tuple[CallShape, ...] = ()
    tool_results: tuple[ResultShape, ...] = ()
    usage: UsageShape | None = None
    timestamp: str = ""
    model: str = ""
    status: str = ""


class ChatShape(_Shape, frozen=True):
    """A whole chat; `problems` are lines of its file that cannot be read as they stand, and what is not in it yet."""

    chat_id: str
    title: str
    preset: str
    messages: tuple[MessageShape, ...]
    problems: tuple[str, ...]


class SummaryShape(_Shape, frozen=True):
    """A chat in a list."""

    chat_id: str
    title: str
    preset: str
    updated: str


class Chatlist(_Shape, frozen=True):
    """The chats, those changed last first."""

    chats: tuple[SummaryShape, ...]


class Created(_Shape, frozen=True, omit_defaults=True):
    """A new chat, and its document where that was asked for."""

    chat_id: str
    uri: str = ""


class Sent(_Shape, frozen=True, omit_defaults=True):
    """What came of a send; the text is that of all its answers."""

    chat_id: str
    message_id: str
    text: str
    finish_reason: str
    usage: UsageShape
    thinking: str = ""
    tool_calls: tuple[CallShape, ...] = ()


class CancelledJobs(_Shape, frozen=True):
    """The jobs that were stopped."""

    cancelled: tuple[str, ...]


def chat_shape(chat: Conversation, problems: tuple[str, ...], cost_of: Callable[[Turn], float | None]) -> ChatShape:
    """A chat for the client."""
    messages = tuple(message_shape(turn, cost_of(turn)) for turn in chat.turns)
    return ChatShape(chat.chat_id, chat.title, chat.preset, messages, problems)


def message_shape(turn: Turn, cost: float | None) -> MessageShape:
    """A turn for the client."""
    return MessageShape(
        turn.message_id,
        turn.role,
        turn.text,
        turn.thinking,
        tuple(map(call_shape, turn.tool_calls)),
        tuple(map(result_shape, turn.tool_results)),
        None if turn.usage is None else usage_shape(turn.usage, cost),
        turn.timestamp,
        turn.model,
        "" if turn.role == "user" else turn.status,
    )


def sent_shape(chat_id: str, course: Course) -> Sent:
    """A send for the client."""
    return Sent(
        chat_id,
        course.message_id,
        course.text,
        str(course.finish),
        usage_shape(course.usage, course.cost),
        course.thinking,
        tuple(map(call_shape, course.calls)),
    )


def call_shape(call: ToolCall) -> CallShape:
    """A call for the client."""
    return CallShape(call.call_id, call.name, call.arguments)


def result_shape(result: ToolResult) -> ResultShape:
    """A result for the client."""
    return ResultShape(result.call_id, result.name, result.text, result.is_error)


def usage_shape(usage: Usage, cost: float | None) -> UsageShape:
    """Token counts for the client."""
    return UsageShape(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
        cost,
    )
