from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.stream.filters.base import Piece
from lsp_llm.stream.filters.chain import FilterChain
from lsp_llm.stream.filters.code_fence import CodeFence
from lsp_llm.stream.filters.indentation import Indentation
from lsp_llm.stream.filters.line_ends import LineEnds
from lsp_llm.stream.filters.thinking import ThinkingTags
from tests.every_way import filter_every_way


def chain() -> FilterChain:
    """What a replaced selection of whole lines goes through."""
    return FilterChain(
        (ThinkingTags, CodeFence, lambda: Indentation("    old()\n", "", "    "), lambda: LineEnds("\n", "\n"))
    )


def filtered(answer: str) -> str:
    return filter_every_way(chain, answer)


def test_every_filter_has_its_turn() -> None:
    assert filtered("<think>hm</think>\n\n```python\nif a:\n    b()\n```\nBye.") == "    if a:\n        b()\n"


def test_what_is_behind_a_restart_begins_afresh() -> None:
    assert filtered("```\nI think\n\n</think>\n```python\nx\n```") == "    x\n"
    assert filtered("deep\n  thought\n</think>\nx\n  y\n\n") == "    x\n      y\n"


def test_a_restart_at_the_very_end_leaves_nothing() -> None:
    assert filtered("only thoughts</think>") == ""


def test_a_restart_is_told_at_once() -> None:
    running = chain()
    assert running.push("thought") == Piece("    thought")
    assert running.push("</think>\n") == Piece("", restart=True)
    assert running.push("x") == Piece("    x")
    assert running.finish() == Piece("\n")


def test_a_chain_without_filters_and_a_chain_of_chains() -> None:
    assert filter_every_way(lambda: FilterChain(()), "as it is\n") == "as it is\n"
    assert filter_every_way(lambda: FilterChain((chain, CodeFence)), "a</think>\n```\nx\n```") == "    x\n"


PARTS = st.sampled_from(["<think>", "</think>", "```", "\n", "\r\n", "  ", "x", "é😀\u2028"])


@given(st.lists(PARTS, max_size=10).map("".join))
def test_cuts_do_not_matter(answer: str) -> None:
    filtered(answer)
