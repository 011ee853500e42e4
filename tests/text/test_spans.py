"""Rows of spans, and chains of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.text.spans import Kind, Span, add, chained, extended, split_at, without

SPANS = st.lists(
    st.builds(
        lambda kind, length: Span(kind, 0, "x" * length) if kind is Kind.REMOVED else Span(kind, length),
        st.sampled_from(list(Kind)),
        st.integers(1, 3),
    ),
    max_size=6,
)


def test_a_span_is_split_at_a_place_and_zero_lengths_stay_before_it() -> None:
    spans = [Span(Kind.KEPT, 2), Span(Kind.REMOVED, 0, "x"), Span(Kind.OURS, 3)]
    assert split_at(spans, 2) == 2
    assert split_at(spans, 4) == 3
    assert spans[2:] == [Span(Kind.OURS, 2), Span(Kind.OURS, 1)]


def test_neighbours_of_one_kind_are_joined() -> None:
    spans = [Span(Kind.REMOVED, 0, "x")]
    add(spans, Span(Kind.REMOVED, 0, "y"))
    assert spans == [Span(Kind.REMOVED, 0, "xy")]
    chain = chained([Span(Kind.OURS, 1), Span(Kind.OURS, 2)])
    assert chain is not None
    assert (chain.span, chain.end, chain.before) == (Span(Kind.OURS, 3), 3, None)


def test_a_chain_that_is_built_on_stays_as_it_was() -> None:
    before = chained([Span(Kind.OURS, 1)])
    after = extended(before, Span(Kind.OURS, 2))
    assert (before, after) == (chained([Span(Kind.OURS, 1)]), chained([Span(Kind.OURS, 3)]))


@given(SPANS, st.integers(0, 9), st.integers(0, 9))
def test_a_cut_takes_what_lies_between_and_nothing_that_was_removed(spans: list[Span], first: int, second: int) -> None:
    low, high = sorted((first, second))
    letters = [span.kind for span in spans for _ in range(span.length)]
    left = without(spans, low, high)
    assert [span.kind for span in left for _ in range(span.length)] == letters[:low] + letters[high:]
    assert "".join(span.text for span in left) == "".join(span.text for span in spans)
