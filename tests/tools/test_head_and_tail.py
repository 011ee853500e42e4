from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.tools.head_and_tail import HeadAndTail


def kept(chunks: list[bytes], limit: int) -> str:
    collected = HeadAndTail(limit)
    for chunk in chunks:
        collected.push(chunk)
    return collected.finish()


@given(st.binary(max_size=200), st.integers(1, 60), st.lists(st.integers(0, 200), max_size=6))
def test_the_cuts_do_not_matter(printed: bytes, limit: int, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(printed)) for cut in cuts), len(printed)]
    pieces = [printed[start:end] for start, end in pairwise(places)]
    assert kept(pieces, limit) == kept([printed], limit)


@given(st.text(alphabet="ab\n", max_size=100))
def test_what_fits_comes_whole(printed: str) -> None:
    assert kept([printed.encode()], 50) == printed


def test_of_much_the_beginning_and_the_end_are_kept_by_whole_lines() -> None:
    printed = b"".join(b"line %d\n" % number for number in range(1000))
    assert kept([printed], 20) == "line 0\nline 1\n[... 8858 bytes cut ...]\nline 998\nline 999\n"


def test_a_line_that_is_cut_is_not_shown_by_its_end() -> None:
    text = kept([b"begin\n" + b"x" * 100 + b"SECRET\nend\n"], 12)
    assert "SEC" not in text
    assert text.startswith("begin\n[...")
    assert text.endswith("\nend\n")


def test_a_flood_takes_no_room() -> None:
    collected = HeadAndTail(100)
    for _ in range(2000):
        collected.push(b"y" * 65_536)
    assert len(collected.finish()) < 300
