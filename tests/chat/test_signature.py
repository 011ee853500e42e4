"""The comment below a turn."""

from __future__ import annotations

import pytest

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.signature import Signature, is_note, note_line, read_signature, signature_line, signature_of, usage_in
from lsp_llm.exchange.outcome import Usage


def test_it_says_only_what_there_is() -> None:
    assert signature_line(Signature()) == "<!-- lsp-llm {} -->"
    turn = Turn("m1", "assistant", usage=Usage(output_tokens=7), timestamp="2026-11-20T10:00:00Z")
    line = '<!-- lsp-llm {"messageId":"m1","timestamp":"2026-11-20T10:00:00Z","usage":{"outputTokens":7}} -->'
    assert signature_line(signature_of(turn, "", ())) == line


def test_nothing_in_it_ends_the_comment() -> None:
    line = signature_line(Signature(message_id="--> <b>"))
    assert line.count(">") == 1
    assert read_signature(f"  {line} \r\n") == Signature(message_id="--> <b>")


def test_usage_comes_back() -> None:
    said = signature_of(Turn("", "assistant", usage=Usage(1, 2, 3, 4, 5)), "", ())
    assert usage_in(said) == Usage(1, 2, 3, 4, 5)
    assert usage_in(Signature()) is None


def test_a_newer_version_may_say_more() -> None:
    assert read_signature('<!-- lsp-llm {"messageId":"a","mood":"fine"} -->') == Signature(message_id="a")


@pytest.mark.parametrize("content", ["", "-->", "{] -->", '{"messageId":1} -->', '{"status":"fine"} -->', "{} --> x"])
def test_what_cannot_be_read_is_none(content: str) -> None:
    assert read_signature(f"<!-- lsp-llm {content}") is None


def test_half_a_character_is_no_reason_to_fail() -> None:
    assert read_signature('<!-- lsp-llm {"messageId":"\udce9"} -->') is None


def test_a_note_is_one_line_that_ends_where_it_ends() -> None:
    line = note_line("failed:\n no key --> see\tthe <log>")
    assert line == "<!-- lsp-llm: failed: no key - -> see the <log> -->"
    assert is_note(f"  {line}\r\n")
    assert read_signature(line) is None
    assert not is_note(signature_line(Signature(message_id="x")))
