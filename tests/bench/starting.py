"""Start-up: from spawning the server to its answer to initialize, and the memory it holds then."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.client import SERVER, STOCK, Program, initialize_params, running, spawned
from tests.bench.report import Goal, Row

ROUNDS = 11


def measure() -> list[Row]:
    """Three programs in turns, then the memory of two."""
    subjects: dict[str, Callable[[], float]] = {
        "python": _python_seconds,
        "ours": lambda: _initialize_seconds(SERVER),
        "stock": lambda: _initialize_seconds(STOCK),
        "our command": lambda: _command_seconds(SERVER),
        "stock command": lambda: _command_seconds(STOCK),
    }
    found: dict[str, list[float]] = {name: [] for name in subjects}
    for _ in range(ROUNDS):
        for name, subject in subjects.items():
            found[name].append(subject())
    python, ours, stock, our_command, stock_command = (statistics.median(found[name]) * 1000 for name in subjects)
    mine, others = map(_resident_megabytes, (SERVER, STOCK))
    return [
        Row("start to initialize, to stock", f"{ours:.0f} ms", f"{stock:.0f} ms", ours / stock, Goal(0.6, "×")),
        Row("  to `python -c pass`", f"{ours:.0f} ms", f"{python:.0f} ms", ours / python, Goal(1.5, "×")),
        Row("  to the first command's answer", f"{our_command:.0f} ms", f"{stock_command:.0f} ms"),
        Row("memory after the first command", f"{mine:.1f} MB", f"{others:.1f} MB", mine, Goal(46, "MB")),
    ]


def _python_seconds() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    return time.perf_counter() - began


def _initialize_seconds(program: Program) -> float:
    began = time.perf_counter()
    with spawned(program) as client:
        client.request("initialize", initialize_params(None))
        seconds = time.perf_counter() - began
        client.request("shutdown", None)
        client.notify("exit", None)
    return seconds


def _command_seconds(program: Program) -> float:
    began = time.perf_counter()
    with running(program) as client:
        client.settle()
        return time.perf_counter() - began


def _resident_megabytes(program: Program) -> float:
    """What it holds once everything that an idle server needs is loaded."""
    with running(program) as client:
        client.settle()
        status = Path(f"/proc/{client.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
