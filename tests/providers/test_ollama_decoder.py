from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.errors import BadResponse, ProviderError, Truncated, Unavailable
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.providers.ollama import ollama_decoder
from lsp_llm.stream.events import Event, Failed, Finish, ReplayGiven, Text, ToolCalled, Unknown, UsageReported
from tests.every_way import decode_every_way, text_of, thinking_of
from tests.providers.recorded import body_of

STOP = Finish(FinishReason.STOP)
GREETING = "Hello größe 日本語 😀 from aimock. This is the streamed answer."
DONE: dict[str, object] = {"done": True, "done_reason": "stop"}


def ndjson(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def said(content: str | None = "", **fields: object) -> dict[str, object]:
    return {"model": "m", "message": {"role": "assistant", "content": content, **fields}, "done": False}


def called(name: object, arguments: object = None, **fields: object) -> dict[str, object]:
    return {"function": {"name": name, "arguments": arguments}, **fields}


def decoded(body: bytes) -> list[Event]:
    """Every way, and always with exactly one ending, which is the last event."""
    events = decode_every_way(ollama_decoder, body)
    assert [type(event) in (Finish, Failed) for event in events] == [False] * (len(events) - 1) + [True]
    return events


def failure(events: list[Event]) -> ProviderError:
    assert isinstance(events[-1], Failed)
    return events[-1].error


def calls(events: list[Event]) -> list[ToolCall]:
    return [event.call for event in events if isinstance(event, ToolCalled)]


@pytest.mark.parametrize(
    ("name", "words", "thinking"),
    [
        ("aimock/ollama_chat", GREETING, ""),
        ("aimock/ollama_generate", GREETING, ""),
        ("aimock/ollama_think", "The answer is 42.", "Let me think about this carefully."),
    ],
)
def test_recordings(name: str, words: str, thinking: str) -> None:
    events = decoded(body_of(name))
    assert (text_of(events), thinking_of(events), events[-2:]) == (words, thinking, [UsageReported(Usage()), STOP])
    assert not [event for event in events if isinstance(event, Unknown)]


def test_recorded_calls() -> None:
    events = decoded(body_of("aimock/ollama_tools"))
    assert calls(events) == [
        ToolCall("call_1", "add", '{"first": 1, "second": 22}'),
        ToolCall("call_2", "read_file", '{"path": "src/main.py"}'),
    ]
    assert (text_of(events), events[-1]) == ("", Finish(FinishReason.TOOL_USE))


def test_calls_of_one_tool_stay_apart_whatever_ids_they_bear() -> None:
    lines = (
        said(tool_calls=[called("add", {"a": 1}, id="same"), called("add", {"a": 2}, id="same")]),
        said(tool_calls=[called("add"), called("add", '{"a": 3}')]),
        said(tool_calls=[called("größe", {"a": "ö"})]),
    )
    assert calls(decoded(ndjson(*lines, DONE))) == [
        ToolCall("call_1", "add", '{"a": 1}'),
        ToolCall("call_2", "add", '{"a": 2}'),
        ToolCall("call_3", "add", "{}"),
        ToolCall("call_4", "add", '{"a": 3}'),
        ToolCall("call_5", "größe", '{"a": "ö"}'),
    ]


def test_a_strange_call_does_not_cost_the_answer() -> None:
    events = decoded(ndjson(said("a", tool_calls=[{"function": {}}]), DONE))
    assert events == [Text("a"), Unknown("a tool call: {'function': {}}"), STOP]


def test_the_thinking_before_a_call_is_kept_and_other_thinking_is_not() -> None:
    thoughts = (said(thinking="Hm, "), said(thinking="add."))
    events = decoded(ndjson(*thoughts, said(tool_calls=[called("add", {})]), DONE))
    assert thinking_of(events) == "Hm, add."
    assert ReplayGiven(Replay("ollama", {"thinking": "Hm, add."})) in events
    assert not [event for event in decoded(ndjson(*thoughts, DONE)) if isinstance(event, ReplayGiven)]


def test_the_last_line_counts_tokens_and_may_say_something() -> None:
    last = {**said("b"), "done": True, "done_reason": "length", "prompt_eval_count": 9, "eval_count": 4, "context": [1]}
    assert decoded(ndjson(said("a"), last)) == [
        Text("a"),
        Text("b"),
        UsageReported(Usage(9, 4)),
        Finish(FinishReason.LENGTH),
    ]


def test_an_answer_in_one_line_is_an_answer() -> None:
    assert decoded(ndjson({**said("a"), **DONE}).rstrip()) == [Text("a"), STOP]


def test_trap_18_an_answer_spread_over_lines_is_an_answer() -> None:
    assert decoded(json.dumps({**said("a"), **DONE}, indent=2).encode()) == [Text("a"), STOP]


def test_a_completion_may_think_too() -> None:
    lines = ({"thinking": "Hm.", "response": ""}, {"response": "a"}, {"response": "", **DONE})
    events = decoded(ndjson(*lines))
    assert (thinking_of(events), text_of(events), events[-1]) == ("Hm.", "a", STOP)


def test_trap_9_the_last_line_needs_no_end() -> None:
    assert decoded(ndjson(said("a"), DONE).rstrip()) == [Text("a"), STOP]


def test_trap_11_unknown_lines_and_fields_are_ignored() -> None:
    odd = {"model": "m", "new": [1]}
    events = decoded(ndjson({**said("a", new=1), "created_at": 0}, odd, DONE))
    assert events == [Text("a"), Unknown('a line without a message: {"model": "m", "new": [1]}'), STOP]


def test_trap_13_a_line_that_says_nothing_yields_nothing() -> None:
    nothing = said(None, thinking=None, tool_calls=None)
    assert decoded(ndjson(nothing, said("a"), nothing, DONE)) == [Text("a"), STOP]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        ({"error": "boom"}, Unavailable, "The host is not available: boom"),
        ({"detail": "Boom"}, Unavailable, "The host is not available: Boom"),
        ([], BadResponse, "The host answered (200) with nothing instead of a stream."),
    ],
)
def test_trap_17_an_error_with_status_200_is_an_error(
    body: object, kind: type, sentence: str, indent: int | None
) -> None:
    for end in ("", "\n"):
        error = failure(decoded((json.dumps(body, indent=indent) + end).encode()))
        assert (type(error), str(error)) == (kind, sentence)


def test_trap_19_a_web_page_is_named() -> None:
    error = failure(decoded(b"<html>\n<body>Log in</body>\n</html>\n"))
    assert str(error) == "The host answered (200) with a web page instead of a stream: Log in"


@pytest.mark.parametrize("tail", [b"", b'{"model": "m", "message": {"role"', b'{"done":'])
def test_trap_21_an_end_without_the_last_line_is_never_a_success(tail: bytes) -> None:
    events = decoded(ndjson(said("a")) + tail)
    assert events[0] == Text("a")
    assert isinstance(failure(events), Truncated)
    if tail:
        assert str(failure(decoded(tail))) == "The host ended the answer in the middle."


def test_trap_25_an_error_inside_the_stream() -> None:
    for error in ("the model ran out of memory", {"message": "the model ran out of memory"}):
        events = decoded(ndjson(said("a"), {"error": error}, said("never"), DONE))
        assert events[0] == Text("a")
        assert len(events) == 2
        assert str(failure(events)) == "The host is not available: the model ran out of memory"


def test_trap_26_malformed_json_fails_and_is_named() -> None:
    events = decoded(ndjson(said("a")) + b'{"message": oops}\n' + ndjson(DONE))
    assert events[0] == Text("a")
    assert str(failure(events)) == 'The host sent JSON that is malformed at character 12, near: {"message": oops}'


def test_another_shape_fails() -> None:
    assert "of an unknown shape: Expected" in str(failure(decoded(ndjson({"message": "a"}, DONE))))


def test_trap_32_a_character_cut_over_two_lines() -> None:
    assert text_of(decoded(ndjson(said("a\ud83d"), said("\ude00"), said("b\ud83d"), DONE))) == "a😀b\ufffd"


def test_trap_39_what_follows_the_last_line_is_ignored() -> None:
    assert decoded(ndjson(said("a"), DONE, said("b"), {"error": "late"})) == [Text("a"), STOP]


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_trap_43_an_empty_answer_is_truncated(body: bytes) -> None:
    error = failure(decoded(body))
    assert isinstance(error, Truncated)
    assert str(error) == "The host closed the connection without an answer."


@given(st.lists(st.text(max_size=8), max_size=6), st.booleans())
def test_any_text_arrives_whole_however_it_is_cut(deltas: list[str], escaped: bool) -> None:
    lines = "".join(json.dumps(said(delta), ensure_ascii=escaped) + "\r\n" for delta in deltas)
    events = decoded(lines.encode() + ndjson(DONE))
    assert (text_of(events), events[-1]) == ("".join(deltas), STOP)


@given(st.binary(max_size=60))
def test_any_bytes_end_in_one_failure_or_finish(noise: bytes) -> None:
    decoded(noise)
    decoded(ndjson(said("a")) + noise)
