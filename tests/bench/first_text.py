"""The first text: how much later than the provider's first token it is at the client, and what comes before it."""

from __future__ import annotations

import statistics
import time

from tests.bench.client import SERVER, running
from tests.bench.host import running_host, stamps
from tests.bench.report import Goal, Row

FIRST_TOKEN_SECONDS = 0.5
ROUNDS = 9


def measure() -> list[Row]:
    """The first job of a server apart, because it loads what only jobs need."""
    with running_host() as base_url:
        cold = [_rounds(base_url, 1)[0] for _ in range(3)]
        warm = _rounds(base_url, ROUNDS)[1:]
    late = statistics.median(first - token for _, token, first in warm)
    asked = [
        statistics.median(token - began - FIRST_TOKEN_SECONDS for began, token, _ in rounds) for rounds in (cold, warm)
    ]
    ratio = 1 + late / FIRST_TOKEN_SECONDS
    said = f"{late * 1000:.2f} ms later than the token"
    return [
        Row("first text to the provider's first token", said, f"{FIRST_TOKEN_SECONDS:g} s", ratio, Goal(1.01, "×")),
        Row("  command to request at the provider", f"{asked[1] * 1000:.1f} ms, first job {asked[0] * 1000:.0f} ms"),
    ]


def _rounds(base_url: str, count: int) -> list[tuple[float, float, float]]:
    """When the command was sent, when the first token, and when its text was read, in seconds."""
    found = []
    with running(SERVER, _options(base_url)) as client:
        for _ in range(count):
            buffer = client.open(f"file:///bench/{time.monotonic_ns()}.py", "x = 1\n")
            client.settle()
            place = {"line": 0, "character": 5}
            began = time.monotonic()
            argument = {"uri": buffer.uri, "range": {"start": place, "end": place}}
            client.ended(client.command("lsp-llm.yap", argument)["jobId"])
            arrivals = list(buffer.arrivals())
            token = stamps("".join(text for _, text in arrivals))[0]
            found.append((began, token / 1e9, arrivals[0][0] / 1e9))
    return found


def _options(base_url: str) -> object:
    params = {"bench": {"tokens": 1, "per_second": 0, "first_token_seconds": FIRST_TOKEN_SECONDS}}
    return {
        "preset": "first",
        "providers": {"bench": {"base_url": base_url, "auth": "none"}},
        "presets": {"first": {"provider": "bench", "model": "bench", "params": params}},
    }
