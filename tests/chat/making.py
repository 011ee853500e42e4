"""Conversations and texts for hypothesis: made of what a chat document gives a meaning to, so that it is met often."""

from __future__ import annotations

from hypothesis import strategies as st

from lsp_llm.chat.conversation import Conversation, Turn, tidy
from lsp_llm.chat.document import with_ids
from lsp_llm.exchange.outcome import Usage
from lsp_llm.exchange.tools import ToolCall, ToolResult
from lsp_llm.stream.tool_calls import problem_of

LINES = st.sampled_from(
    [
        "",
        " ",
        "\t",
        "words",
        "    indented",
        "## User",
        "# user",
        "###### ASSISTANT ##",
        "   ## Assistant (gpt-5)",
        "## Assistant: claude",
        "## Tools",
        "## User guide",
        "\\## User",
        "  \\\\## Assistant",
        "```",
        "````",
        "```py",
        "   ```",
        "~~~",
        "~~~~ text",
        "- ```py",
        "1. - ~~~",
        "  ```",
        "``` not a `fence`",
        "<details><summary>Thinking</summary>",
        '<details data-id="a"><summary>Tool call: search</summary>',
        "\\<details><summary>Thinking</summary>",
        "<details>",
        "</details>",
        "\\</details>",
        "<details><summary>Rendered prompt</summary>",
        "<!-- lsp-llm: a note -->",
        "<!-- lsp-llm {} -->",
        '<!-- lsp-llm {"messageId":"m"} -->',
        "<!-- lsp-llm",
        "<!-- a comment -->",
        "---",
        "...",
        "title: x",
        "ünï😀\u2028\x85\x0c",
    ]
)
FREE = st.text(st.sampled_from("ab#<>`~\\-.: \t(){}é😀"), max_size=8)
TEXT = st.lists(LINES | FREE, max_size=7).map("\n".join)
WORD = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
NAME = st.sampled_from(["read_file", "a b", "", '<&">', "tab\there", "two\nlines", " edges "]) | WORD
TIDY = TEXT.map(tidy)
COUNTS = st.builds(Usage, *[st.integers(0, 9)] * 5)


def called(call_id: str, name: str, arguments: str, problem: str) -> ToolCall:
    """A call as every dialect gives it: one that cannot be carried out says why."""
    return ToolCall(call_id, name, arguments, problem or problem_of(name, arguments))


CALLS = st.builds(called, NAME, NAME, st.just('{"path": "a.py"}') | TEXT, NAME)
RESULTS = st.builds(ToolResult, NAME, NAME, TEXT, st.booleans())
IDS = st.sampled_from(["", "m1", "m2", "--> m3"])
STATUS = st.sampled_from(["done", "cut off", "cancelled", "failed", "unknown"])

ANSWERS = st.builds(
    Turn,
    IDS,
    st.just("assistant"),
    TIDY,
    TIDY,
    st.lists(CALLS, max_size=2).map(tuple),
    usage=st.none() | COUNTS,
    model=st.sampled_from(["", "gpt-5", "a b", "odd (model)", "x\ny", "#"]) | WORD,
    timestamp=st.sampled_from(["", "2026-11-20T15:30:00Z"]),
    status=STATUS,
    replay_key=st.sampled_from(["", "0123abcd"]),
    gap=st.sampled_from(["", "\n\n", "\n    "]),
)
QUESTIONS = st.builds(Turn, IDS, st.just("user"), TIDY, tool_results=st.lists(RESULTS, max_size=2).map(tuple))
TURNS = st.lists(ANSWERS | QUESTIONS, max_size=4).map(lambda turns: tuple(with_ids(without_waiting(turns))))
CONVERSATIONS = st.builds(Conversation, st.just("c"), NAME | WORD, WORD, TIDY, TURNS)

DOCUMENTS = st.lists(LINES | FREE, max_size=16).flatmap(
    lambda lines: st.sampled_from(["\n", "\r\n", "\r"]).map(lambda end: end.join(lines))
)


def without_waiting(turns: list[Turn]) -> list[Turn]:
    """An empty turn of the user's at the end is where the user types, and no part of a conversation."""
    while turns and turns[-1].role == "user" and turns[-1].is_empty:
        turns = turns[:-1]
    return turns
