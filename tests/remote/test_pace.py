from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.remote.pace import Pace


def test_some_may_come_at_once_and_then_each_has_to_wait() -> None:
    pace = Pace(10, 5, now=100)
    assert [pace.wait_seconds(100) for _ in range(5)] == [0, 0, 0, 0, 0]
    assert pace.wait_seconds(100) == pytest.approx(0.1)
    assert pace.wait_seconds(100.1) == pytest.approx(0.1)
    assert pace.wait_seconds(100.9) == 0


def test_who_was_silent_for_long_has_no_more_than_the_others() -> None:
    pace = Pace(10, 5, now=0)
    assert [pace.wait_seconds(1000) for _ in range(5)] == [0, 0, 0, 0, 0]
    assert pace.wait_seconds(1000) > 0


@given(st.lists(st.floats(0, 2), max_size=200))
def test_over_any_time_no_more_come_than_are_allowed(pauses: list[float]) -> None:
    """Whoever waits as he is told says no more than the rate and what may come at once."""
    pace, now = Pace(10, 5, now=0), 0.0
    for count, pause in enumerate(pauses, 1):
        now += pause
        now += pace.wait_seconds(now)
        assert count <= 10 * now + 5 + 1e-6
