"""From the provider's socket to the edit at the client, beside curl into a reader: token by token, in one run.

All subjects take turns in every round.
"""

from __future__ import annotations

import statistics
from contextlib import ExitStack

from tests.bench.client import SERVER, STOCK, BenchClient, running
from tests.bench.host import running_host
from tests.bench.report import Goal, Row, Weight
from tests.bench.rounds import FAST, ONE_OF_MANY, SLOW, Latencies, fill, fill_stock, options, read_curl

SMALL_LINES, LARGE_LINES = 1_000, 100_000
STREAMS = 8
ROUNDS, FEW_ROUNDS = 16, 10


def measure() -> list[Row]:
    """The paced streams."""
    with running_host() as base_url, ExitStack() as stack:
        ours = stack.enter_context(running(SERVER, options(base_url)))
        stock = stack.enter_context(running(STOCK))
        return [*_slow(base_url, ours, stock), *_fast(base_url, ours), *_many(ours)]


def _slow(base_url: str, ours: BenchClient, stock: BenchClient) -> list[Row]:
    curl, small, large, plain = Latencies(), Latencies(), Latencies(), Latencies()
    for number in range(ROUNDS):
        read_curl(base_url, SLOW, curl)
        fill(ours, SLOW, SMALL_LINES, small)
        fill(ours, SLOW, LARGE_LINES, large)
        if number % 4 == 0:
            fill_stock(base_url, stock, SLOW, SMALL_LINES, plain)
    return [
        Row("200 tok/s, p50 to curl", str(small), str(curl), small.p50 / curl.p50, Goal(10, "×", Weight.MUST)),
        Row("  the goal beyond", "", "", small.p50 / curl.p50, Goal(2.5, "×")),
        Row("  p99", "", "", small.p99 / 1000, Goal(2, "ms")),
        Row("  CPU", "", "", small.cpu_percent, Goal(5, "%")),
        Row("  stock pygls", "", f"{plain}, {plain.cpu_percent:.0f} % CPU"),
        Row("  100k lines to 1k lines", str(large), str(small), large.p50 / small.p50, Goal(1.5, "×")),
    ]


def _fast(base_url: str, ours: BenchClient) -> list[Row]:
    curl, small = Latencies(), Latencies()
    for _ in range(ROUNDS):
        read_curl(base_url, FAST, curl)
        fill(ours, FAST, SMALL_LINES, small)
    return [
        Row("2000 tok/s, p50 to curl", str(small), str(curl), small.p50 / curl.p50, Goal(2.5, "×")),
        Row("  lateness of the last tokens", "", "", _behind(small) / 1000, Goal(2, "ms")),
        Row("  CPU", "", "", small.cpu_percent, Goal(15, "%")),
    ]


def _behind(latencies: Latencies) -> float:
    """The median over the rounds of how late the last twenty tokens are: a server that falls behind shows it here."""
    return statistics.median(statistics.median(values[-20:]) for values in latencies.rounds)


def _many(ours: BenchClient) -> list[Row]:
    latencies = Latencies()
    for _ in range(FEW_ROUNDS):
        fill(ours, ONE_OF_MANY, SMALL_LINES, latencies, STREAMS)
    return [
        Row(f"{STREAMS} streams × 250 tok/s, p99", str(latencies), "", latencies.p99 / 1000, Goal(3, "ms")),
        Row("  CPU", f"{latencies.cpu_percent:.0f} %"),
    ]
