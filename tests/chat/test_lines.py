"""Which lines mean something in a chat document, and which only look like it."""

from __future__ import annotations

import pytest
from hypothesis import given

from lsp_llm.chat.lines import (
    BODY,
    FRONT,
    START,
    THINKING,
    TOOL,
    Block,
    Kind,
    State,
    after,
    block_start_parts,
    escaped,
    heading_parts,
    is_thinking_start,
    kind_of,
    unescaped,
)
from tests.chat.making import FREE, LINES


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("## User", ("user", "")),
        ("# USER:", ("user", "")),
        ("   ###### user ###", ("user", "")),
        ("## User (me)\r\n", ("user", "")),
        ("## Tools", ("tools", "")),
        ("### tool", ("tools", "")),
        ("## Assistant", ("assistant", "")),
        ("## Assistant (gpt-5, high)", ("assistant", "gpt-5, high")),
        ("## assistant [o3]", ("assistant", "o3")),
        ("#\tAssistant: claude ##", ("assistant", "claude")),
        ("## Assistant @local", ("assistant", "local")),
        ("## Assistant — gpt-5", ("assistant", "gpt-5")),
        ("## Assistant gpt-5", ("assistant", "gpt-5")),
    ],
)
def test_a_turn_is_headed_at_any_level_and_in_any_case(line: str, parts: tuple[str, str]) -> None:
    assert kind_of(line, BODY) is Kind.HEADING
    assert heading_parts(line) == parts


@pytest.mark.parametrize(
    "line",
    [
        "## User guide",
        "## User-defined types",
        "## Users",
        "## Assistant manager",
        "## Assistant - overview",
        "####### User",
        "##User",
        "    ## User",
        "User",
        "> ## User",
        "\\## User",
        "## uſer",
    ],
)
def test_other_headings_are_text(line: str) -> None:
    assert kind_of(line, BODY) is Kind.TEXT


def states(lines: list[str], state: State = BODY) -> list[State]:
    result = []
    for line in lines:
        state = after(line, state)
        result.append(state)
    return result


@pytest.mark.parametrize(
    ("lines", "is_open"),
    [
        (["```"], True),
        (["```", "```"], False),
        (["```py", "``", "~~~", "```py"], True),
        (["````", "```", "````  "], False),
        (["~~~ a `b`", "~~~~"], False),
        (["``` a `b`"], False),
        (["    ```"], False),
        (["```", "    ```"], True),
        (["- ```py", "  ```"], False),
        (["10. - ```py", "      ```"], False),
        (["```", "## User"], True),
    ],
)
def test_fences_are_those_of_commonmark(lines: list[str], is_open: bool) -> None:
    assert bool(states(lines)[-1].fence) is is_open


def test_the_line_that_closes_a_fence_stands_where_it_was_opened() -> None:
    assert after("1. ````py", BODY).closing_line == "   ````"
    assert BODY.closing_line == ""


def test_blocks_open_and_close() -> None:
    thinking, tool = "<details><summary>Thinking</summary>", "<details data-id='1'><summary>tool CALL: x</summary>\n"
    assert states([thinking, "```", "</details>", "```", "</details>"]) == [
        THINKING,
        State(Block.THINKING, "```"),
        State(Block.THINKING, "```"),
        THINKING,
        BODY,
    ]
    assert states([tool, "## User"]) == [TOOL, BODY]
    assert kind_of("</details>", BODY) is Kind.TEXT
    assert block_start_parts(tool) == ("tool call", " data-id='1'", "x")
    assert is_thinking_start(thinking)
    assert not is_thinking_start(tool)


def test_front_matter_is_only_at_the_top() -> None:
    assert states(["---", "# user", "  ## User", "---", "---"], START) == [FRONT, FRONT, FRONT, BODY, BODY]
    assert states(["\ufeff---\r\n", "...\r\n"], START) == [FRONT, BODY]
    assert states(["", "---"], START) == [BODY, BODY]
    assert states(["---", "title: a", "## User"], START)[-1] == BODY


@given(LINES | FREE)
def test_text_never_is_a_marker_and_comes_back(line: str) -> None:
    for state in (BODY, THINKING):
        written = escaped(line, state.block)
        assert kind_of(written, state) in (Kind.TEXT, Kind.FENCE)
        assert unescaped(written, state.block) == line


def test_as_little_as_possible_is_escaped() -> None:
    assert escaped("  ## User", Block.BODY) == "  \\## User"
    assert escaped("\\## User", Block.BODY) == "\\\\## User"
    assert escaped("## Use", Block.BODY) == "## Use"
    assert escaped("\\# x", Block.BODY) == "\\# x"
    assert escaped("</details>", Block.BODY) == "</details>"
    assert escaped("</details>", Block.THINKING) == "\\</details>"
    assert escaped("<!-- lsp-llm {} -->", Block.BODY) == "\\<!-- lsp-llm {} -->"
    assert escaped("<!-- lsp-llm-x -->", Block.BODY) == "<!-- lsp-llm-x -->"
