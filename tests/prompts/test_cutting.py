import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lsp_llm.prompts.cutting import head, is_boundary, tail

FAMILY = "👩\u200d👩\u200d👧"
PIECES = ["a", "é", "e", "\u0301", "\r", "\n", " ", FAMILY, "🇩🇪", "👍🏽", "각", "नि", "\ud83d", "\ude00"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join) | st.text(max_size=60)


@given(TEXTS, st.integers(-3, 70))
@example("\r\n" * 30, 31)
def test_a_part_is_a_part_within_the_limit_and_cut_at_a_boundary(text: str, limit: int) -> None:
    start, end = head(text, limit), tail(text, limit)
    assert text.startswith(start)
    assert text.endswith(end)
    assert max(len(start), len(end)) <= max(0, limit)
    assert is_boundary(text, len(start))
    assert is_boundary(text, len(text) - len(end))


@given(TEXTS, st.integers(1, 70))
def test_no_part_begins_with_what_belongs_to_a_character_before(text: str, limit: int) -> None:
    end = tail(text, limit)
    if len(end) < len(text) and end:
        last = text[-len(end) - 1]
        # An accent after a line end has no letter to stand on.
        assert last in "\r\n" or not unicodedata.combining(end[0])
        assert last + end[0] != "\r\n"


@given(TEXTS)
def test_what_fits_is_whole(text: str) -> None:
    assert (head(text, len(text)), tail(text, len(text))) == (text, text)


@pytest.mark.parametrize(
    "character",
    [
        "e\u0301",
        "\r\n",
        FAMILY,
        "👍🏽",
        "🇩🇪",
        "각",
        "नि",
        "🏴\U000e0067\U000e0062\U000e007f",
        "❤\ufe0f",
        "\ud83d\ude00",
    ],
)
def test_a_character_is_never_cut(character: str) -> None:
    text = "x" + character + "y"
    for limit in range(1, len(character) + 1):
        assert head(text, limit) == "x"
        assert tail(text, limit) == "y"


def test_a_cut_moves_to_the_end_of_a_near_line() -> None:
    text = "one line\n" * 100
    assert head(text, 405) == "one line\n" * 45
    assert tail(text, 410) == "one line\n" * 45


def test_a_cut_does_not_move_far() -> None:
    text = "short\n" + "x" * 10_000
    assert head(text, 5_000) == text[:5_000]
    assert len(tail("x" * 10_000 + "\nshort", 5_000)) == 5_000
