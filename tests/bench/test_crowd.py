"""A small crowd: what is lost or doubled with many clients at once shows here too; times are for the bench."""

from __future__ import annotations

from tests.bench.crowd import gather

CLIENTS, STREAMS, ROUNDS = 10, 2, 3


def test_nothing_is_lost_and_no_memory_stays_taken() -> None:
    crowd = gather(CLIENTS, STREAMS, ROUNDS)
    assert len(crowd.latencies) > 0
    assert crowd.growth < 10
