"""How scripts become tokens; that they are recited is shown with the real engine in test_local."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.providers.recital import SCRIPTS, Script
from lsp_llm.providers.recital_model import cut_into_pieces, recital_gguf

REPETITIVE = st.text(alphabet="ab \n日😀", min_size=1, max_size=60)


@given(REPETITIVE)
def test_pieces_joined_are_the_text_and_none_comes_twice(text: str) -> None:
    pieces = cut_into_pieces(text, set())
    assert "".join(pieces) == text
    assert len(set(pieces)) == len(pieces)


def test_a_word_of_another_script_is_joined_with_the_next_one() -> None:
    taken: set[str] = set()
    assert cut_into_pieces("the total is", taken) == ["the", " total", " is"]
    assert cut_into_pieces("the total is small", taken) == ["the total", " is small"]


def test_a_known_word_at_the_end_is_joined_with_the_one_before() -> None:
    assert cut_into_pieces("one two two three three", {" two two"}) == ["one", " two", " two three", " three"]
    assert cut_into_pieces("one two one two two", {" one"}) == ["one", " two", " one two two"]


def test_the_scripts_of_the_demo_stream_word_by_word() -> None:
    taken: set[str] = set()
    for script in SCRIPTS[:2]:
        assert max(len(piece) for piece in cut_into_pieces(script.text, taken)) < 25


def test_the_file_is_small_and_always_the_same() -> None:
    data = recital_gguf(SCRIPTS)
    assert data == recital_gguf(SCRIPTS)
    assert data.startswith(b"GGUF")
    assert len(data) < 6_000_000


def test_the_size_follows_the_scripts() -> None:
    assert len(recital_gguf([Script("", "Hello")])) < 500_000
