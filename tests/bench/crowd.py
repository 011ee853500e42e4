"""One server process and fifty clients with four answers each: is all there, how late, and what memory stays taken.

Server, host and clients are processes of their own, and share the machine's cores.
"""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.client import SERVER, cpu_seconds
from tests.bench.crowd_load import APART_SECONDS, CROWD
from tests.bench.host import running_host
from tests.bench.report import Goal, Row, Weight

CLIENTS, STREAMS, ROUNDS = 50, 4, 3
TOKEN = "the-token-of-the-bench"


@dataclass(frozen=True, slots=True)
class Crowd:
    """What the rounds have shown."""

    latencies: list[float]
    """Of the last round, token by token, in milliseconds."""
    cpu_percent: float
    mebibytes: list[float]
    """What the server takes while nobody is there: before the first round, and after each one."""
    most_mebibytes: float

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.latencies)

    @property
    def p99(self) -> float:
        """All but the slowest hundredth."""
        return statistics.quantiles(self.latencies, n=100)[98]

    @property
    def growth(self) -> float:
        """How many MiB more stay taken after the last round than after the first, which has loaded what is needed."""
        return self.mebibytes[-1] - self.mebibytes[1]


def measure() -> list[Row]:
    """The crowd."""
    crowd = gather(CLIENTS, STREAMS, ROUNDS)
    name = f"{CLIENTS} clients × {STREAMS} streams × {CROWD.per_second:g} tok/s, p99"
    latencies = f"p50 {crowd.p50:.1f} ms, p99 {crowd.p99:.1f} ms"
    taken = ", ".join(f"{mebibytes:.0f}" for mebibytes in crowd.mebibytes)
    return [
        Row(name, latencies, "", crowd.p99, Goal(50, "ms")),
        Row("  CPU", f"{crowd.cpu_percent:.0f} %"),
        Row("  memory without clients", f"{taken} MiB, at most {crowd.most_mebibytes:.0f}", "", crowd.growth,
            Goal(10, "MiB", Weight.MUST)),
    ]  # fmt: skip


def gather(clients: int, streams: int, rounds: int) -> Crowd:
    """So many rounds against one server; fails where a token is lost."""
    with running_host() as base_url, _server() as (server, address), ExitStack() as stack:
        command = [sys.executable, "-m", "tests.bench.crowd_load", address, base_url, str(clients), str(streams)]
        pipe = subprocess.PIPE
        environ = {**os.environ, "LSP_LLM_TOKEN": TOKEN}
        load = stack.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environ))
        assert load.stdin
        mebibytes = [_mebibytes(server, "VmRSS")]
        latencies: list[float] = []
        seconds = CROWD.tokens / CROWD.per_second + clients * streams * APART_SECONDS
        used = 0.0
        for _ in range(rounds):
            _ordered(load, "come")
            used = cpu_seconds(server.pid)
            latencies = _ordered(load, "stream")
            used = cpu_seconds(server.pid) - used
            assert len(latencies) == clients * streams * CROWD.tokens, "a token was lost"
            _ordered(load, "go")
            mebibytes.append(_mebibytes(server, "VmRSS"))
        load.stdin.close()
        return Crowd(latencies, 100 * used / seconds, mebibytes, _mebibytes(server, "VmHWM"))


def _ordered(load: subprocess.Popen[str], part: str) -> Any:
    """Have the clients do something, and give their answer."""
    assert load.stdin
    assert load.stdout
    load.stdin.write(f"{part}\n")
    load.stdin.flush()
    answer = load.stdout.readline()
    assert answer, f"the clients have failed: {part}"
    return json.loads(answer)


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on a port of its own, and its address."""
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"}
    command = [*SERVER.command, "serve", "--ws", ":0"]
    environ["LSP_LLM_TOKEN"] = TOKEN
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environ) as server:
        try:
            assert server.stderr
            yield server, server.stderr.readline().split()[-1]
            server.terminate()
            assert server.wait(10) == 0
            assert server.stderr.read() == ""
        finally:
            server.kill()


def _mebibytes(process: subprocess.Popen[str], name: str) -> float:
    """A figure of the process's memory."""
    found = re.search(rf"^{name}:\s+(\d+) kB$", Path(f"/proc/{process.pid}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) / 1024
