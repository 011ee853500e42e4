"""An answer that comes all at once: how long until the document shows all of it."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from tests.bench.client import SERVER, BenchClient, range_of, running
from tests.bench.host import running_host
from tests.bench.report import Goal, Row, Weight

TOKENS = 5_000
LINES = 1_000
ROUNDS = 9
PIECES_A_LINE = TOKENS // LINES


def measure() -> list[Row]:
    """A burst that is inserted, and one that replaces a thousand lines."""
    answer = "".join(f"    total_{line} = {_term(line)}\n" for line in range(LINES))
    original = "".join(f"    total_{line} = compute({line})\n" for line in range(LINES))
    with running_host() as base_url, running(SERVER, _options(base_url, _pieces(answer))) as client:
        inserted = [_round(client, "yap", answer, "", "") for _ in range(ROUNDS)]
        replaced = [_round(client, "replace", answer, original, "end = 1\n") for _ in range(ROUNDS)]
    return [
        _row(f"{TOKENS} tokens at once, inserted", inserted, Weight.MUST),
        _row(f"  replacing {LINES} lines", replaced, Weight.AIM),
    ]


def _row(name: str, rounds: Sequence[tuple[float, int]], weight: Weight) -> Row:
    seconds = statistics.median(seconds for seconds, _ in rounds)
    edits = statistics.median(edits for _, edits in rounds)
    return Row(name, f"{edits:.0f} edits, {TOKENS / seconds:,.0f} tok/s", "", seconds, Goal(0.5, "s", weight))


def _round(client: BenchClient, verb: str, answer: str, original: str, after: str) -> tuple[float, int]:
    """Seconds from the first edit's request to the end, and how many edits it took."""
    buffer = client.open(f"file:///bench/{time.monotonic_ns()}.py", f"begin = 0\n{original}{after}")
    end = 1 + original.count("\n")
    began = time.monotonic()
    job = client.command(f"lsp-llm.{verb}", {"uri": buffer.uri, "range": range_of(1, end)})
    client.ended(job["jobId"])
    seconds, edits = time.monotonic() - began, len(buffer.edits)
    assert buffer.text == f"begin = 0\n{answer}{after}", "the document is not what the host said"
    client.close(buffer)
    return seconds, edits


def _term(line: int) -> str:
    """Two lines of three are other than before."""
    return f"compute({line})" if line % 3 == 0 else f"{line} * price({line})"


def _pieces(answer: str) -> list[str]:
    """Each line in five tokens."""
    pieces: list[str] = []
    for line in answer.splitlines(keepends=True):
        size = -(-len(line) // PIECES_A_LINE)
        cuts = [line[at : at + size] for at in range(0, len(line), size)]
        pieces += cuts
    return pieces


def _options(base_url: str, pieces: Sequence[str]) -> object:
    return {
        "preset": "burst",
        "providers": {"bench": {"base_url": base_url, "auth": "none"}},
        "presets": {"burst": {"provider": "bench", "model": "bench", "params": {"bench": {"pieces": pieces}}}},
    }
