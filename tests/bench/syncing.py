"""didChange through the whole stack: from bytes on the server's input to a replica that has moved.

So many changes and then a request are written at once; the time until its answer, less the time of the request alone,
is the changes'. The changes are a typist's: a line letter by letter, a new line, then on to another place. A server
that loses track of a document says so, which the client does not let pass.
"""

from __future__ import annotations

import random
import statistics
import time
from contextlib import ExitStack

import msgspec

from lsp_llm.lsp.framing import frame
from lsp_llm.lsp.messages import ContentChange, DidChange, Notification, Position, Range, VersionedDocument
from tests.bench.client import SERVER, STOCK, BenchClient, Buffer, running
from tests.bench.host import running_host
from tests.bench.report import Goal, Row, Weight
from tests.bench.rounds import options

SIZES = (100, 10_000, 100_000)
PLAIN, FILLED, STOCKS = 1_000, 200, 30
"""Changes a round."""
ROUNDS = 11
LETTERS_A_LINE = 24
FIRST_LINE = 90
"""Behind the text of a job that has written at the top."""


def measure() -> list[Row]:
    """Plain documents, documents with a job, and stock pygls."""
    with running_host() as base_url, ExitStack() as stack:
        ours = stack.enter_context(running(SERVER, options(base_url)))
        stock = stack.enter_context(running(STOCK))
        plain = {lines: _opened(ours, lines) for lines in SIZES}
        filled = {lines: _opened(ours, lines) for lines in SIZES}
        others = {lines: _opened(stock, lines) for lines in SIZES}
        for buffer in filled.values():
            _fill(ours, buffer)
        found: dict[tuple[str, int], list[float]] = {}
        for _ in range(ROUNDS):
            for lines in SIZES:
                found.setdefault(("plain", lines), []).append(_round(ours, plain[lines], lines, PLAIN))
                found.setdefault(("filled", lines), []).append(_round(ours, filled[lines], lines, FILLED))
                found.setdefault(("stock", lines), []).append(_round(stock, others[lines], lines, STOCKS))
    cost = {key: statistics.median(values) for key, values in found.items()}
    return _rows(cost)


def _rows(cost: dict[tuple[str, int], float]) -> list[Row]:
    rows = []
    for kind, name in (("plain", "didChange"), ("filled", "didChange beside a job's text")):
        figures = [cost[kind, lines] for lines in SIZES]
        said = ", ".join(f"{figure:.1f}" for figure in figures)
        ratio = figures[-1] / figures[0]
        rows.append(Row(f"{name}, 100k to 100 lines", f"{said} µs", "100, 10k, 100k lines", ratio, _growth(kind)))
    for lines in SIZES:
        mine, stock = cost["plain", lines], cost["stock", lines]
        goal = Goal(25, "×", is_floor=True)
        rows.append(
            Row(f"  {lines} lines, stock pygls to ours", f"{mine:.1f} µs", f"{stock:.0f} µs", stock / mine, goal)
        )
    return rows


def _growth(kind: str) -> Goal:
    return Goal(3, "×", Weight.MUST if kind == "plain" else Weight.AIM)


def _opened(client: BenchClient, lines: int) -> Buffer:
    text = "".join(f"value_{line} = {line}\n" for line in range(lines))
    return client.open(f"file:///bench/{time.monotonic_ns()}.py", text)


def _fill(client: BenchClient, buffer: Buffer) -> None:
    """Let a job write something, so that the document is watched from then on."""
    place = {"line": 0, "character": 0}
    argument = {"uri": buffer.uri, "range": {"start": place, "end": place}, "preset": "2000"}
    client.ended(client.command("lsp-llm.yap", argument)["jobId"])


def _round(client: BenchClient, buffer: Buffer, lines: int, changes: int) -> float:
    """Microseconds a change."""
    noted = _typed(buffer, lines, changes)
    alone = min(_timed(client, b"") for _ in range(3))
    return (_timed(client, noted) - alone) / changes * 1e6


def _timed(client: BenchClient, before: bytes) -> float:
    number, request = client.idle_request()
    began = time.perf_counter()
    client.send(before + request)
    client.result(number)
    return time.perf_counter() - began


def _typed(buffer: Buffer, lines: int, changes: int) -> bytes:
    """A typist's notifications as bytes."""
    places = random.Random(changes)
    line = column = 0
    written: list[bytes] = []
    for number in range(changes):
        if number % (2 * LETTERS_A_LINE) == 0:
            line, column = places.randrange(FIRST_LINE, lines), 0
        is_end = number % LETTERS_A_LINE == LETTERS_A_LINE - 1
        place = Position(line, column)
        line, column = (line + 1, 0) if is_end else (line, column + 1)
        change = ContentChange("\n" if is_end else "x", Range(place, place))
        buffer.version += 1
        params = DidChange(VersionedDocument(buffer.uri, buffer.version), [change])
        written.append(frame(msgspec.json.encode(Notification("textDocument/didChange", params))))
    return b"".join(written)
