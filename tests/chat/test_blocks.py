"""Tool blocks there and back."""

from __future__ import annotations

from hypothesis import given

from lsp_llm.chat.blocks import call_block, prompt_block, result_block
from lsp_llm.chat.turn_reader import read_turn
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.text.document import split_lines
from tests.chat.making import CALLS, RESULTS


@given(CALLS)
def test_a_call_comes_back(call: ToolCall) -> None:
    assert read_turn(split_lines(f"## Assistant\n{call_block(call)}")).turn.tool_calls == (call,)


@given(RESULTS)
def test_a_result_comes_back(result: ToolResult) -> None:
    assert read_turn(split_lines(f"## Tools\n{result_block(result)}")).turn.tool_results == (result,)


def test_the_fence_is_longer_than_any_inside() -> None:
    assert "\n`````\na ```` b\n`````\n" in result_block(ToolResult("1", "x", "a ```` b"))


def test_line_ends_of_a_result_are_plain() -> None:
    assert "\na\nb\nc\n" in result_block(ToolResult("1", "x", "a\r\nb\rc"))


def test_the_problem_of_a_call_stays_with_it() -> None:
    call = ToolCall("1", "x", "{", 'no "JSON"')
    assert 'data-problem="no &quot;JSON&quot;"' in call_block(call)


def test_a_prompt_is_shown_as_it_is_and_no_part_of_the_turn() -> None:
    block = prompt_block("say:\r\n```py\n## User\n```")
    assert block.startswith("<details><summary>Rendered prompt</summary>\n\n````\nsay:\n```py\n## User\n```\n````\n")
    assert read_turn(split_lines(f"## User\n\na\n\n{block}\n")).turn.text == "a"
