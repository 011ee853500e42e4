"""A turn as it is written, whole and in pieces."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.document import read_chat
from lsp_llm.chat.turn_writer import TurnWriter, heading_of, turn_body, turn_text
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult
from tests.chat.making import ANSWERS, TEXT

ANSWER = """\
## Assistant (gpt-5)

<details><summary>Thinking</summary>

Look at it.

</details>

I see:

```py
## User
```

<details data-id="c1"><summary>Tool call: read_file</summary>

```json
{"path": "a.py"}
```

</details>

<!-- lsp-llm {"messageId":"m2","usage":{"inputTokens":3},"status":"cut off","closed":["text"]} -->
"""


def test_a_turn_is_markdown_that_folds() -> None:
    calls = (ToolCall("c1", "read_file", '{"path": "a.py"}'),)
    text = "I see:\n\n```py\n## User"
    turn = Turn("m2", "assistant", text, "Look at it.", calls, (), Usage(3), "gpt-5", status="cut off")
    assert turn_text(turn) == ANSWER
    assert turn_text(turn, "\r\n") == ANSWER.replace("\n", "\r\n")


def test_results_have_a_heading_and_a_fence_that_holds_them() -> None:
    turn = Turn("", "user", tool_results=(ToolResult("c1", "read_file", "````\n## User", is_error=True),))
    assert turn_text(turn) == (
        '## Tools\n\n<details data-id="c1"><summary>Tool error: read_file</summary>\n\n'
        "`````\n````\n## User\n`````\n\n</details>\n"
    )


def test_what_says_nothing_more_has_no_comment() -> None:
    assert turn_text(Turn("", "user")) == "## User\n\n"
    assert turn_text(Turn("", "user", "Hello")) == "## User\n\nHello\n"
    assert turn_body(Turn("", "assistant", "Hi", status="unknown")) == "Hi\n"
    assert turn_body(Turn("", "assistant", "Hi")) == "Hi\n\n<!-- lsp-llm {} -->\n"


def test_a_model_that_would_break_the_heading_is_named_in_the_comment() -> None:
    assert heading_of(Turn("", "assistant", model="a (b)")) == "## Assistant"
    assert turn_body(Turn("", "assistant", model="a -->")) == "<!-- lsp-llm {} -->\n"
    assert '"model":"a (b)"' in turn_body(Turn("", "assistant", model="a (b)"))


@given(ANSWERS, st.randoms(use_true_random=False))
def test_pieces_give_what_the_whole_turn_gives(turn: Turn, chance: random.Random) -> None:
    writer = TurnWriter()
    pieces = [
        *map(writer.thinking, cut(turn.thinking, chance)),
        *map(writer.text, cut(turn.text, chance)),
        *map(writer.call, turn.tool_calls),
        writer.finish(turn),
    ]
    assert "".join(pieces) == turn_body(turn)


@given(TEXT, TEXT)
def test_thinking_may_come_again(first: str, second: str) -> None:
    writer = TurnWriter()
    text = "".join(
        [writer.text(first), writer.thinking("hm"), writer.text(second), writer.finish(Turn("m", "assistant"))]
    )
    assert text.count("<details><summary>Thinking</summary>\n\nhm\n\n</details>\n") == 1


def test_text_goes_on_behind_a_call() -> None:
    writer = TurnWriter()
    turn = Turn("m", "assistant")
    pieces = [writer.text("```\na"), writer.call(ToolCall("1", "x")), writer.text("## User\n```\nb\n```")]
    read, problems = read_chat("## Assistant\n\n" + "".join([*pieces, writer.finish(turn)]), "c")
    assert problems == ()
    assert [turn.text for turn in read.turns] == ["```\na\n```\n\n## User\n```\nb\n```"]


def cut(text: str, chance: random.Random) -> list[str]:
    places = sorted(chance.randrange(len(text) + 1) for _ in range(4))
    return [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
