from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.cli.setup.marked_block import block_in, with_block, without_blocks

BLOCK = "one\ntwo\n"
MARKED = "# lsp-llm: begin\none\ntwo\n# lsp-llm: end\n"


@pytest.mark.parametrize(
    ("text", "merged"),
    [
        ("", MARKED),
        ("mine\n", f"mine\n\n{MARKED}"),
        ("mine", f"mine\n\n{MARKED}"),
        (f"a\n{MARKED}b\n", f"a\n{MARKED}b\n"),
        ("a\n# lsp-llm: begin\nold\n# lsp-llm: end\nb\n", f"a\n{MARKED}b\n"),
        ("a\n# lsp-llm: begin\nold\n# lsp-llm: end", f"a\n{MARKED}"),
        (f"pasted\n{BLOCK}by hand\n", f"pasted\n{BLOCK}by hand\n"),
    ],
)
def test_the_block_is_there_once_and_all_else_stays(text: str, merged: str) -> None:
    assert with_block(text, BLOCK, "#") == merged


@given(st.text(alphabet="ab#\n\\").filter(lambda text: BLOCK not in text))
def test_a_second_time_changes_nothing_and_it_can_be_taken_out(text: str) -> None:
    merged = with_block(text, BLOCK, "#")
    assert with_block(merged, BLOCK, "#") == merged
    assert block_in(merged, "#") == BLOCK
    assert without_blocks(merged, "#").rstrip("\n") == text.rstrip("\n")
