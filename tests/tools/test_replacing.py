import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.tools.replacing import Place, place_of

TEXTS = st.text(alphabet="ab \n", max_size=40)


@given(TEXTS, st.text(alphabet="xy\n", min_size=1, max_size=6), TEXTS, TEXTS)
def test_what_stands_once_is_replaced_there(before: str, old: str, after: str, new: str) -> None:
    text = before + old + after
    place = place_of(text, old, new)
    if isinstance(place, Place):
        assert text.count(old) == 1
        assert text[: place.start] + place.replacement + text[place.end :] == text.replace(old, new)


def test_overlapping_places_are_more_than_one() -> None:
    assert "more than once (at lines 1, 1)" in str(place_of("aaa", "aa", "b"))


@pytest.mark.parametrize(
    ("text", "old", "said"),
    [
        ("a\nb\na\n", "a", "more than once (at lines 1, 3)"),
        ("x\n" * 9, "x", "(at lines 1, 2, 3, 4, 5, ...)"),
        ("a\n", "c", "does not stand in the file; read it again"),
        ("def f():\n\treturn 1\n", "    return 1", "line 2 differs from it in blanks only"),
        ("a", "a", "are the same"),
    ],
)
def test_no_place_is_said_with_a_reason(text: str, old: str, said: str) -> None:
    new = "a" if old == "a" and text == "a" else "new"
    assert said in str(place_of(text, old, new))


def test_line_feeds_mean_the_line_ends_of_the_file() -> None:
    assert place_of("a\r\nb\r\nc\r\n", "a\nb", "x\ny\r\nz") == Place(0, 4, "x\r\ny\r\nz")
    assert place_of("a\r\nb", "a\r\nb", "x\ny") == Place(0, 4, "x\ny")


def test_an_empty_file_takes_any_text() -> None:
    assert place_of("", "", "new") == Place(0, 0, "new")
