"""The words and signs of the chat on the screen; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, assert_never

from lsp_llm.commands.chat_shapes import SummaryShape
from lsp_llm.providers.discovery_presets import PresetRow
from lsp_llm.tui.faults import Fault
from lsp_llm.tui.states import Connected, State
from lsp_llm.tui.talk import Talk
from lsp_llm.tui.turns import Call, Tokens, Turn

MARKS: Final[Mapping[str, str]] = {
    "queued": "not sent yet",
    "cut off": "cut off: Ctrl+G has it go on",
    "cancelled": "stopped: Ctrl+G has it go on",
    "failed": "failed: Ctrl+G has it go on",
    "unknown": "it may not be whole: Ctrl+G has it go on",
    "interrupted": "the connection broke here: Ctrl+G has it go on",
}
INDICATOR: Final = ("●∙∙", "∙●∙", "∙∙●", "∙●∙")
LONGEST_RESULT: Final = 4000
LONGEST_TITLE: Final = 60


def heading(turn: Turn) -> str:
    """Who says a turn, and what there is to know about it."""
    who = "You" if turn.role == "user" else turn.model or "Answer"
    mark = MARKS.get(turn.state, "")
    return f"{who} · {mark}" if mark else who


def activity(talk: Talk, status: Mapping[str, Any], state: State, seconds: float) -> str:
    """What goes on, in a line, "" where nothing does; `seconds`: for how long it has been waited for."""
    if not isinstance(state, Connected):
        return _queued(talk, "until there is a connection")
    if talk.question is not None:
        return "a tool waits for your word: Tab"
    if not talk.is_answering:
        return _resting(talk)
    match status:
        case {"kind": "rateLimitWait", "remainingSeconds": remaining}:
            said = f"rate limit: asked again in {remaining} s"
        case {"kind": "connectionIssue", "errorType": error, "retryAttempt": attempt, "maxAttempts": of}:
            said = f"the host of the model is not reached ({error}): attempt {attempt} of {of}"
        case {"kind": "thinking"}:
            said = f"{indicator(seconds)} thinking"
        case _ if not talk.has_begun:
            said = f"{indicator(seconds)} waiting for the first word, {seconds:.0f} s"
        case _:
            said = f"{indicator(seconds)} writing"
    return ", ".join(filter(None, [f"{said} · Esc stops", _queued(talk, "until then")]))


def indicator(seconds: float) -> str:
    """A sign that moves."""
    return INDICATOR[int(seconds * 4) % len(INDICATOR)]


def _resting(talk: Talk) -> str:
    if talk.queue and talk.fault is not None:
        return _queued(talk, f"{'until then, or ' if talk.fault.seconds else ''}until you press Enter")
    if talk.is_unanswered:
        return "the last message has no answer: Enter asks again"
    return ""


def _queued(talk: Talk, until: str) -> str:
    count = sum(1 for turn in talk.page if turn.state == "queued")
    if not count:
        return ""
    return f"{count} message{'s wait' if count > 1 else ' waits'} {until}"


def fault_words(fault: Fault, remaining_seconds: float, place: str) -> str:
    """A failure with its kind; `place`: where a key would have to be."""
    match fault.kind:
        case "rate limit" if remaining_seconds > 0:
            return f"Rate limit: {fault.sentence} Asked again in {remaining_seconds:.0f} s."
        case "invalid key" if place:
            return f"Invalid key: {fault.sentence} It is looked for in {place}."
        case "network" | "rate limit" | "invalid key" | "timeout" | "malformed answer":
            return f"{fault.kind.capitalize()}: {fault.sentence}"
        case "refused":
            return fault.sentence
        case _:
            assert_never(fault.kind)


def meter(tokens: Tokens) -> str:
    """What the chat has used, "" for nothing."""
    if tokens == Tokens():
        return ""
    counts = f"{_short(tokens.sent)} in · {_short(tokens.received)} out"
    return counts if tokens.cost is None else f"{counts} · cost {tokens.cost:.4f}"


def _short(count: int) -> str:
    return str(count) if count < 10_000 else f"{count / 1000:.0f}k"


def call_title(call: Call) -> str:
    """A call in a line."""
    subject = " ".join(call.arguments.split())
    shown = subject if len(subject) <= LONGEST_TITLE else f"{subject[:LONGEST_TITLE]}…"
    return f"{call.name} {shown} · {call.state}"


def call_text(call: Call) -> str:
    """A call with what came of it."""
    result = call.result
    if len(result) > LONGEST_RESULT:
        result = f"{result[:LONGEST_RESULT]}\n… and {len(result) - LONGEST_RESULT} characters more, in the chat's file"
    return "\n\n".join(filter(None, [call.arguments, result]))


def chat_line(chat: SummaryShape) -> str:
    """A chat in a list."""
    return f"{chat.updated[:16].replace('T', ' ')}  {chat.title or '(without a title)'}"


def preset_line(preset: PresetRow) -> str:
    """A preset in a list."""
    lack = preset.problem or (f"no key in {preset.key_place}" if preset.key == "missing" else "")
    return f"{preset.name}  {preset.model} ({preset.provider})" + (f"  · {lack}" if lack else "")
