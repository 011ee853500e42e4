"""One turn as it is read, also when hands have been at it."""

from __future__ import annotations

from hypothesis import given

from lsp_llm.chat.blocks import prompt_block
from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.signature import note_line
from lsp_llm.chat.turn_reader import Fold, Problem, ReadTurn, read_turn
from lsp_llm.chat.turn_writer import turn_text
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.text.document import split_lines
from tests.chat.making import ANSWERS, DOCUMENTS
from tests.chat.test_turn_writer import ANSWER


def read(text: str) -> ReadTurn:
    return read_turn(split_lines(text))


def test_a_turn_is_read_with_its_places() -> None:
    found = read(ANSWER)
    assert found.turn.text == "I see:\n\n```py\n## User"
    assert found.folds == (Fold("thinking", "", 2, 6), Fold("tool call", "read_file", 14, 20))
    lines = ANSWER.split("\n")
    assert lines[found.signature_line or 0].startswith("<!-- lsp-llm")
    assert lines[found.closed_fence_line or 0] == "```"
    assert (found.text_end_line, lines[found.text_end_line]) == (12, "```")
    assert found.problems == ()


def test_a_turn_without_comment_says_nothing_of_its_end() -> None:
    assert read("## Assistant\n\nHi\n").turn == Turn("", "assistant", "Hi", status="unknown")
    assert read("# user: \nHi").turn == Turn("", "user", "Hi")


def test_text_around_a_block_is_one_text() -> None:
    text = "## Assistant\na\n<details><summary>Thinking</summary>\nhm\n</details>\n\n\nb\n"
    assert (read(text).turn.text, read(text).turn.thinking) == ("a\n\nb", "hm")


def test_a_block_without_end_ends_with_the_turn() -> None:
    found = read("## Assistant\n\n<details><summary>Thinking</summary>\n\nhm\n")
    assert found.turn.thinking == "hm"
    assert found.problems == (Problem(2, "this block has no </details> at its end, so it takes in what follows"),)
    assert found.folds == (Fold("thinking", "", 2, 5),)


def test_a_block_may_begin_in_one_that_has_no_end() -> None:
    text = "<details><summary>Thinking</summary>\nhm\n<details><summary>Tool call: x</summary>\n{}\n</details>"
    found = read(f"## Assistant\n{text}")
    assert (found.turn.thinking, found.turn.tool_calls) == ("hm", (ToolCall("", "x", "{}"),))
    assert [problem.line for problem in found.problems] == [1]


def test_only_the_first_fence_of_a_tool_is_read() -> None:
    text = "## Tools\n<details><summary>Tool result: x</summary>\nnote\n```\na\n```\n~~~\nb\n~~~\n</details>"
    found = read(text)
    assert found.turn.tool_results == (ToolResult("", "x", "a"),)
    assert found.problems == (Problem(2, "text beside the fence of a tool's block is not read"),)


def test_a_call_whose_arguments_are_none_is_reported() -> None:
    for payload, lines in (("{}", []), ('{"a": ', [2]), ("[]", [2])):
        found = read(f"## Assistant\n\n<details><summary>Tool call: x</summary>\n```\n{payload}\n```\n</details>\n")
        assert found.turn.tool_calls == (ToolCall("", "x", payload),)
        assert [problem.line for problem in found.problems] == lines


def test_what_stands_in_the_wrong_turn_is_not_read() -> None:
    call, result = (
        "<details><summary>Tool call: x</summary>\n</details>",
        "<details><summary>Tool result: x</summary>\n</details>",
    )
    for heading, block in (("## User", call), ("## Assistant", result)):
        found = read(f"{heading}\n\n{block}\n")
        assert found.turn.is_empty
        assert [problem.line for problem in found.problems] == [2]


def test_comments_that_cannot_be_read_are_reported() -> None:
    found = read(
        '## Assistant\nHi\n<!-- lsp-llm {"status": 1} -->\n<!-- lsp-llm {"messageId":"a"} -->\n<!-- lsp-llm {} -->'
    )
    assert [problem.line for problem in found.problems] == [2, 4]
    assert found.turn == Turn("", "assistant", "Hi")


def test_a_fence_that_a_person_has_closed_already_stays() -> None:
    comment = '<!-- lsp-llm {"closed":["text"]} -->'
    assert read(f"## Assistant\n```\na\n```\nmore\n{comment}").turn.text == "```\na\n```\nmore"
    assert read(f"## Assistant\n{comment}").turn.text == ""


@given(ANSWERS)
def test_a_written_turn_is_read_as_it_was(turn: Turn) -> None:
    found = read(turn_text(turn))
    assert found.turn == turn
    assert found.problems == ()


@given(DOCUMENTS)
def test_anything_below_a_heading_is_read(text: str) -> None:
    lines = split_lines(f"## Assistant\n{text}")
    found = read_turn(lines)
    assert all(0 <= problem.line < len(lines) for problem in found.problems)
    assert all(0 < fold.first_line <= fold.last_line < len(lines) for fold in found.folds)
    assert 1 <= found.text_end_line <= len(lines)


def test_notes_and_prompts_are_there_to_be_read_and_are_no_part_of_a_turn() -> None:
    shown = f"{prompt_block('## Assistant')}\n{note_line('waiting')}"
    found = read(f"## User\n\nWhy?\n\n{shown}\nNow!\n")
    assert (found.turn, found.problems) == (Turn("", "user", "Why?\n\nNow!"), ())
    assert found.folds == (Fold("rendered prompt", "", 4, 10),)
    for line in shown.split("\n")[0], note_line("waiting"):
        said = Turn("", "assistant", f"{line}\nx", status="unknown")
        assert read(turn_text(said)).turn == said, "a model that says so means it"
