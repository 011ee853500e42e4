from __future__ import annotations

from lsp_llm.providers.breaker import FAILURES, REST_SECONDS, Breaker


def failing(count: int, now: float = 100.0) -> Breaker:
    breaker = Breaker()
    for _ in range(count):
        breaker.failed(now)
    return breaker


def test_a_few_failures_are_nothing() -> None:
    assert not failing(FAILURES - 1).is_resting(100.0)


def test_after_some_in_a_row_it_rests_and_is_then_tried_once() -> None:
    breaker = failing(FAILURES)
    assert breaker.is_resting(100.0)
    assert not breaker.is_resting(100.0 + REST_SECONDS)
    breaker.failed(200.0)
    assert breaker.is_resting(200.0)


def test_an_answer_makes_it_well() -> None:
    breaker = failing(FAILURES)
    breaker.succeeded()
    breaker.failed(101.0)
    assert not breaker.is_resting(101.0)
