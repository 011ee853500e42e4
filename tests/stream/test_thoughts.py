from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.thoughts import Thoughts
from tests.every_way import every_cut, text_of, thinking_of


def told_apart(answer: str) -> tuple[str, str]:
    """Reasoning and answer, the same for every cut."""
    results = set()
    for chunks in every_cut(answer):
        thoughts = Thoughts()
        parts = [part for chunk in chunks for part in thoughts.push(chunk)] + thoughts.finish()
        assert all(part.delta for part in parts)
        results.add((thinking_of(parts), text_of(parts)))
    assert len(results) == 1, results
    return results.pop()


@pytest.mark.parametrize(
    ("answer", "thinking", "text"),
    [
        ("<think>\nLet me see.\n</think>\n\n    x = 1\n", "Let me see.\n", "    x = 1\n"),
        ("\n <thinking>a</think>b</thinking>\r\n\r\nx", "a</think>b", "x"),
        ("<think>\n\n</think>\n\nx", "", "x"),
        ("<think></think>x", "", "x"),
        ("<think>only</think>\n \n", "only", ""),
        ("<think>a < b </thin </think>c", "a < b </thin ", "c"),
        ("<think>a</think>\nx </think>\n<think>y</think>\n", "a", "x </think>\n<think>y</think>\n"),
        ("<think>never closed </th", "never closed </th", ""),
    ],
)
def test_reasoning_at_the_start_is_told_apart(answer: str, thinking: str, text: str) -> None:
    assert told_apart(answer) == (thinking, text)


@pytest.mark.parametrize(
    "answer", ["", "x = 1\n", "  <thin", " \n", "<thinker>\n", "see <think>this</think> tag", "a</think>\nb", "<br>\n"]
)
def test_anything_else_is_answer_as_it_is(answer: str) -> None:
    assert told_apart(answer) == ("", answer)


@given(st.text(alphabet="<>/thinkg \nx", max_size=60))
def test_cuts_do_not_matter(rest: str) -> None:
    thinking, text = told_apart(f"<think>{rest}")
    if "</think>" not in rest:
        assert (thinking, text) == (rest.lstrip(), "")


def test_reasoning_comes_as_it_is_written() -> None:
    thoughts = Thoughts()
    assert thinking_of(thoughts.push("<think>Let ")) == "Let "
    assert thinking_of(thoughts.push("me see")) == "me see"
