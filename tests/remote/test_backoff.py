from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.remote.backoff import LONGEST_SECONDS, Backoff

JUST_BELOW_ONE = 1 - 2**-53


@pytest.mark.parametrize(("number", "longest"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (7, 30), (10_000, 30)])
def test_each_wait_is_twice_as_long_up_to_a_limit(number: int, longest: float) -> None:
    backoff = Backoff(1, 9)
    assert backoff.wait_seconds(number, 0) == longest / 2
    assert backoff.wait_seconds(number, JUST_BELOW_ONE) == pytest.approx(longest)


@given(st.floats(0.001, 86_400), st.integers(1, 10_000), st.floats(0, JUST_BELOW_ONE))
def test_a_wait_is_never_nothing_and_never_endless(first: float, number: int, chance: float) -> None:
    waited = Backoff(first, 5).wait_seconds(number, chance)
    assert first / 2 <= waited <= max(first, LONGEST_SECONDS) or waited <= LONGEST_SECONDS
    assert 0 < waited <= max(first, LONGEST_SECONDS)
