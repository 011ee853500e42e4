"""What the screen shows of a conversation, as values: from the turns of `lsp-llm/chat/get`, and as an answer comes.

An answer in several rounds, with calls between, is one turn here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import Any, Literal

from lsp_llm.commands.chat_shapes import MessageShape, ResultShape

CallState = Literal["running", "waiting", "done", "failed"]
TurnState = Literal["whole", "queued", "coming", "cut off", "cancelled", "failed", "unknown", "interrupted"]
"""Queued: typed, and not in the chat's file yet. Interrupted: the connection to the server broke meanwhile."""


@dataclass(frozen=True, slots=True)
class Words:
    """Markdown."""

    text: str


@dataclass(frozen=True, slots=True)
class Thoughts:
    """A model's reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model called; `question` is what the user is to decide while it waits."""

    call_id: str
    name: str
    arguments: str
    state: CallState = "running"
    result: str = ""
    question: str = ""


Part = Words | Thoughts | Call


@dataclass(frozen=True, slots=True)
class Tokens:
    """What an answer used; `cost` is None where no prices are set."""

    sent: int = 0
    received: int = 0
    cost: float | None = None

    def __add__(self, other: Tokens) -> Tokens:
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Tokens(self.sent + other.sent, self.received + other.received, sum(costs) if costs else None)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn."""

    role: Literal["user", "assistant"]
    parts: tuple[Part, ...] = ()
    message_id: str = ""
    model: str = ""
    state: TurnState = "whole"
    tokens: Tokens = Tokens()

    @property
    def text(self) -> str:
        """Its words alone."""
        return "\n\n".join(part.text.strip() for part in self.parts if isinstance(part, Words))


def turns_of(messages: Iterable[MessageShape]) -> tuple[Turn, ...]:
    """The turns of a chat's file; results stand with their calls."""
    turns: list[Turn] = []
    goes_on = False
    for message in messages:
        if message.tool_results and turns:
            turns[-1] = _with_results(turns[-1], message.tool_results)
            goes_on = True
        elif message.role == "assistant" and goes_on:
            turns[-1] = _joined(turns[-1], _turn_of(message))
            goes_on = False
        elif message.role == "assistant" or message.text:
            turns.append(_turn_of(message))
            goes_on = False
    return tuple(turns)


def _turn_of(message: MessageShape) -> Turn:
    parts: list[Part] = [Thoughts(message.thinking)] if message.thinking else []
    if message.text:
        parts.append(Words(message.text))
    parts += [Call(call.call_id, call.name, call.arguments) for call in message.tool_calls]
    usage = message.usage
    return Turn(
        "user" if message.role == "user" else "assistant",
        tuple(parts),
        message.message_id,
        message.model,
        _state(message.status),
        Tokens(usage.input_tokens, usage.output_tokens, usage.cost) if usage else Tokens(),
    )


def _state(status: str) -> TurnState:
    match status:
        case "" | "done":
            return "whole"
        case "cut off" | "cancelled" | "failed":
            return status
        case _:
            return "unknown"


def _with_results(turn: Turn, results: Iterable[ResultShape]) -> Turn:
    given = {result.call_id: result for result in results}

    def ended(part: Part) -> Part:
        result = given.get(part.call_id) if isinstance(part, Call) else None
        if result is None or not isinstance(part, Call):
            return part
        return replace(part, state="failed" if result.is_error else "done", result=result.text)

    return replace(turn, parts=tuple(map(ended, turn.parts)))


def _joined(first: Turn, then: Turn) -> Turn:
    parts, tokens = first.parts + then.parts, first.tokens + then.tokens
    return replace(then, parts=parts, tokens=tokens)


@dataclass(slots=True)
class Coming:
    """An answer that is coming, from the partial results of its send; it may go on from a `former` one."""

    former: Turn = Turn("assistant")
    _parts: list[Call | _Pieces] = field(default_factory=list)

    @property
    def has_begun(self) -> bool:
        """Whether anything has come."""
        return bool(self._parts)

    @property
    def waiting(self) -> Call | None:
        """The first call that waits for the user."""
        calls = (part for part in self._parts if isinstance(part, Call))
        return next((call for call in calls if call.state == "waiting"), None)

    def take(self, value: Mapping[str, Any]) -> None:
        """One partial result; a kind that is not known says nothing."""
        match value:
            case {"kind": "text" | "thinking" as kind, "delta": str(delta)}:
                self._add(kind, delta)
            case {"kind": "toolCall", "callId": str(call_id), "name": str(name), "arguments": str(arguments)}:
                waits = value.get("needsApproval") is True
                question = str(value.get("text", "")) if waits else ""
                self._put(Call(call_id, name, arguments, "waiting" if waits else "running", "", question))
            case {"kind": "toolResult", "callId": str(call_id), "text": str(text)}:
                self._end(call_id, text, "failed" if value.get("isError") else "done")
            case _:
                pass

    def decided(self, call_id: str) -> None:
        """The user has decided on a call; what comes of it is still to come."""
        self._replace(call_id, lambda call: replace(call, state="running", question=""))

    def turn(self, state: TurnState) -> Turn:
        """What there is of it."""
        return replace(self.former, parts=_grown(self.former.parts, list(map(_part, self._parts))), state=state)

    @property
    def _goes_on(self) -> bool:
        """Whether the next word is still one of the former answer's."""
        has_words = any(isinstance(part, Words) for part in self.former.parts[-1:])
        return has_words and all(isinstance(part, _Pieces) and part.kind == "thinking" for part in self._parts)

    def _add(self, kind: str, delta: str) -> None:
        last = self._parts[-1] if self._parts else None
        if not isinstance(last, _Pieces) or last.kind != kind:
            # Between the answers of a send there are blank lines, which are none at the beginning of a part.
            if kind == "thinking" or not self._goes_on:
                delta = delta.lstrip("\n")
            last = _Pieces(kind)
            if not delta:
                return
            self._parts.append(last)
        last.pieces.append(delta)

    def _put(self, call: Call) -> None:
        if not self._replace(call.call_id, lambda known: call):
            self._parts.append(call)

    def _end(self, call_id: str, text: str, state: CallState) -> None:
        self._replace(call_id, lambda call: replace(call, state=state, result=text, question=""))

    def _replace(self, call_id: str, change: Callable[[Call], Call]) -> bool:
        for place, part in enumerate(self._parts):
            if isinstance(part, Call) and part.call_id == call_id:
                self._parts[place] = change(part)
                return True
        return False


@dataclass(slots=True)
class _Pieces:
    kind: str
    pieces: list[str] = field(default_factory=list)


def _grown(former: tuple[Part, ...], new: Sequence[Part]) -> tuple[Part, ...]:
    """An answer with what has come since: its words go on where they end, and what led to them stands above them."""
    if not former or not isinstance(former[-1], Words):
        return (*former, *new)
    last = former[-1]
    thoughts = list(takewhile(lambda part: isinstance(part, Thoughts), new))
    rest = new[len(thoughts) :]
    if rest and isinstance(rest[0], Words):
        last, rest = Words(last.text + rest[0].text), rest[1:]
    return (*former[:-1], *thoughts, last, *rest)


def _part(part: Call | _Pieces) -> Part:
    if isinstance(part, Call):
        return part
    text = "".join(part.pieces)
    # Joined once a frame, and not again for what is there already.
    part.pieces[:] = [text]
    return Words(text) if part.kind == "text" else Thoughts(text)
