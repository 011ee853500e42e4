"""The front matter of a chat: three keys are ours, the rest is kept to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.chat.conversation import tidy
from lsp_llm.chat.head import Head, head_text, read_head, with_key
from lsp_llm.errors import UserError
from tests.chat.making import LINES, TEXT

# Half characters are in no file.
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=12)
ODD = ("true", "12", "0x1", "~", "null", "- a", "a: b", "#", "'", '"', "é😀", "a #b", "…", "yes", "1.5")
VALUES = ANY | TEXT | st.sampled_from(ODD)


@given(VALUES, VALUES, VALUES, st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_is_read(title: str, preset: str, system: str, line_end: str) -> None:
    assert read_head(head_text(title, preset, system, line_end)) == Head(title, preset, tidy(system))


OTHERS = """\
---
# The project's chat.
mood: "calm"   # as ever
title: old
  # Nothing.

# About the tags:
tags: [a, b]
system: |
  one
  two
---

## User
"""


@given(VALUES)
def test_a_key_is_changed_and_nothing_else(value: str) -> None:
    changed = with_key(OTHERS, "title", value)
    assert read_head(changed).title == value
    before, after = OTHERS.split("title: old\n")
    assert changed.startswith(before)
    assert changed.endswith(after.removeprefix("  # Nothing.\n"))


def test_a_key_of_many_lines_gives_way_as_a_whole() -> None:
    assert with_key(OTHERS, "system", "three") == OTHERS.replace("system: |\n  one\n  two\n", "system: three\n")


def test_a_key_that_is_not_there_comes_last() -> None:
    assert with_key("---\r\na: b\r\n---\r\nx", "preset", "c") == "---\r\na: b\r\npreset: c\r\n---\r\nx"


def test_front_matter_comes_to_the_top() -> None:
    assert with_key("\ufeff## User\r\n", "title", "a") == "\ufeff---\r\ntitle: a\r\n---\r\n\r\n## User\r\n"


@given(st.lists(LINES, max_size=8).map("\n".join), VALUES)
def test_a_text_is_refused_or_changed(text: str, value: str) -> None:
    try:
        changed = with_key(text, "title", value)
    except UserError:
        return
    assert read_head(changed).title == value


@pytest.mark.parametrize("text", ["---\ntitle: [\n---\n", "---\ntitle: a\n", "---\n{title: a, preset: b}\n---\n"])
def test_what_cannot_be_read_is_not_changed(text: str) -> None:
    with pytest.raises(UserError, match="cannot be changed"):
        with_key(text, "title", "b")


def test_values_are_texts() -> None:
    head = read_head("---\ntitle: 2026\npreset: [a]\nsystem: true\n---\n")
    assert (head.title, head.preset, head.system) == ("2026", "", "true")
    assert [(problem.line, problem.sentence) for problem in head.problems] == [(2, '"preset" must be text')]
