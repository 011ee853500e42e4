from __future__ import annotations

import pytest

from lsp_llm.chat.titling import TITLE_CHARACTERS, title_of


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
