"""One round of a paced answer: into documents through a server, or through curl, and how late every token was.

The stamp is in the token; the reader's clock is taken when a read returns. An answer that is not whole fails the run.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.bench.client import READ_BYTES, BenchClient, cpu_seconds
from tests.bench.host import stamps


@dataclass(frozen=True, slots=True)
class Pace:
    """How an answer comes."""

    name: str
    tokens: int
    per_second: float

    @property
    def body(self) -> dict[str, object]:
        """The request's parameters that ask for it."""
        return {"bench": {"tokens": self.tokens, "per_second": self.per_second}}


SLOW = Pace("200", 100, 200)
FAST = Pace("2000", 600, 2000)
ONE_OF_MANY = Pace("many", 75, 250)
PACES = (SLOW, FAST, ONE_OF_MANY)


@dataclass(slots=True)
class Latencies:
    """All rounds of one subject."""

    rounds: list[list[float]] = field(default_factory=list)
    """Microseconds from the stamp to the read, token by token."""
    cpu_seconds: float = 0.0
    seconds: float = 0.0

    @property
    def p50(self) -> float:
        """The median of the rounds' medians."""
        return statistics.median(map(statistics.median, self.rounds))

    @property
    def p99(self) -> float:
        """Over all tokens."""
        return statistics.quantiles((value for values in self.rounds for value in values), n=100)[98]

    @property
    def cpu_percent(self) -> float:
        """What the process used of one core while tokens came."""
        return 100 * self.cpu_seconds / self.seconds

    def __str__(self) -> str:
        return f"p50 {self.p50:.0f} µs, p99 {self.p99 / 1000:.2f} ms"


def options(base_url: str) -> object:
    """Settings with one preset for every pace."""
    presets = {pace.name: {"provider": "bench", "model": "bench", "params": pace.body} for pace in PACES}
    return {"preset": "200", "providers": {"bench": {"base_url": base_url, "auth": "none"}}, "presets": presets}


def fill(client: BenchClient, pace: Pace, lines: int, into: Latencies, documents: int = 1) -> None:
    """One round: the same answer into the middle of so many new documents at once."""
    text = "".join(f"value_{line} = {line}\n" for line in range(lines))
    place = {"line": lines // 2, "character": 0}
    buffers = [client.open(f"file:///bench/{time.monotonic_ns()}.py", text) for _ in range(documents)]
    client.settle()
    arguments = [{"uri": b.uri, "range": {"start": place, "end": place}, "preset": pace.name} for b in buffers]
    jobs = [client.command("lsp-llm.yap", argument)["jobId"] for argument in arguments]
    client.read_until(lambda: any(buffer.edits for buffer in buffers))
    began, used = time.monotonic(), cpu_seconds(client.process.pid)
    for job_id in jobs:
        client.ended(job_id)
    into.seconds += time.monotonic() - began
    into.cpu_seconds += cpu_seconds(client.process.pid) - used
    for buffer in buffers:
        into.rounds.append(_latencies(list(buffer.arrivals()), pace))
        assert re.sub(r"(?:\d{9,}\s)+=\w{8}", "", buffer.text) == text, "text beside the answer was changed"
        client.close(buffer)


def fill_stock(base_url: str, client: BenchClient, pace: Pace, lines: int, into: Latencies) -> None:
    """The same round by the stock server."""
    text = "".join(f"value_{line} = {line}\n" for line in range(lines))
    buffer = client.open(f"file:///bench/{time.monotonic_ns()}.py", text)
    argument = {"uri": buffer.uri, "line": lines // 2, "url": f"{base_url}/chat/completions", "body": pace.body}
    number = client.post("workspace/executeCommand", {"command": "stock.yap", "arguments": [argument]})
    client.read_until(lambda: bool(buffer.edits))
    began, used = time.monotonic(), cpu_seconds(client.process.pid)
    client.result(number)
    into.seconds += time.monotonic() - began
    into.cpu_seconds += cpu_seconds(client.process.pid) - used
    into.rounds.append(_latencies(list(buffer.arrivals()), pace))
    client.close(buffer)


def read_curl(base_url: str, pace: Pace, into: Latencies) -> None:
    """The same answer through `curl -N` into a pipe that this process reads."""
    command = ["curl", "--silent", "--no-buffer", "--max-time", "60", "--data", json.dumps(pace.body)]
    arrivals: list[tuple[int, str]] = []
    with subprocess.Popen([*command, f"{base_url}/chat/completions"], stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdout
        while data := os.read(process.stdout.fileno(), READ_BYTES):
            arrivals.append((time.monotonic_ns(), data.decode()))
    into.rounds.append(_latencies([(read_at, _contents(text)) for read_at, text in arrivals], pace))


def _contents(events: str) -> str:
    """The text of whole events (the host sends each in one piece)."""
    return "".join(json.loads(f'"{text}"') for text in re.findall(r'"content":"([^"]*)"', events))


def _latencies(arrivals: Sequence[tuple[int, str]], pace: Pace) -> list[float]:
    """Microseconds from every stamp to the read that brought it; fails where the answer is not whole."""
    expected = stamps("".join(text for _, text in arrivals))
    assert len(expected) == pace.tokens
    assert all(early < late for early, late in pairwise(expected))
    found = [(read_at - int(word)) / 1000 for read_at, text in arrivals for word in re.findall(r"\d{9,}(?=\s)", text)]
    assert len(found) == pace.tokens, "a token was torn apart"
    return found
