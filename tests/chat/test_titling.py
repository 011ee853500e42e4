from __future__ import annotations

import pytest

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.titling import TITLE_CHARACTERS, title_of, title_of_turns


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("", ""),
        (" \n", ""),
        ("Why?", "Why?"),
        (" Why is\n\n\tthis so? ", "Why is this so?"),
        ("x" * TITLE_CHARACTERS, "x" * TITLE_CHARACTERS),
        ("x" * (TITLE_CHARACTERS + 1), "x" * TITLE_CHARACTERS + "…"),
    ],
)
def test_a_title_is_the_first_words_in_one_line(words: str, title: str) -> None:
    assert title_of(words) == title


def test_a_chat_is_called_by_what_the_user_said_first() -> None:
    turns = [Turn("a", "assistant", "Hello"), Turn("b", "user"), Turn("c", "user", " Why?\n"), Turn("d", "user", "So?")]
    assert title_of_turns(turns) == "Why?"
    assert title_of_turns(turns[:2]) == ""
