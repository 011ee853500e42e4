from typing import get_args

from lsp_llm.exchange.tools import ToolCall
from lsp_llm.prompts.redaction import Redaction
from lsp_llm.tools.approval import Verdict
from lsp_llm.tools.redactor import Redactor
from lsp_llm.tools.results import MAX_CHARACTERS, failure_of, refusal, result_of
from tests.tools.worlds import KEY

CALL = ToolCall("1", "read_file")


def test_what_comes_out_is_bounded_with_a_mark() -> None:
    text = result_of(CALL, "x" * 10 * MAX_CHARACTERS, Redactor(Redaction())).text
    assert text == "x" * MAX_CHARACTERS + f"\n[... cut after {MAX_CHARACTERS} characters ...]"
    assert result_of(CALL, "x" * MAX_CHARACTERS, Redactor(Redaction())).text == "x" * MAX_CHARACTERS


def test_a_secret_at_the_cut_is_not_shown_by_half() -> None:
    text = "x" * (MAX_CHARACTERS - 13) + f" {KEY} " + "y" * 5 * MAX_CHARACTERS
    assert "sk-proj" not in result_of(CALL, text, Redactor(Redaction())).text


def test_errors_have_their_secrets_taken_out_too() -> None:
    failure = failure_of(CALL, f"401 for {KEY}", Redactor(Redaction()))
    assert (failure.text, failure.is_error) == ("401 for REDACTED_SECRET_1", True)


def test_nothing_is_said_as_such_and_odd_characters_can_be_sent() -> None:
    assert result_of(CALL, "", Redactor(Redaction())).text == "(no output)"
    assert failure_of(CALL, "", Redactor(Redaction())).text == "It failed."
    assert result_of(CALL, "a\udcffb", Redactor(Redaction())).text == "a?b"


def test_every_verdict_but_a_yes_is_a_sentence() -> None:
    said = {verdict: refusal(verdict) for verdict in get_args(Verdict)}
    assert [verdict for verdict, sentence in said.items() if not sentence] == ["approved"]
    assert len(set(said.values())) == len(said)
