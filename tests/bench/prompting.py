"""What a prompt costs while the user types: a didChange beside prompts that are made in a thread, and one alone.

The prompts have a buffer of 5 000 lines and 50 files of 10 kB, all read, looked at for secrets, rendered and shown.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from lsp_llm.lsp.framing import frame
from lsp_llm.lsp.messages import ContentChange, DidChange, Notification, Position, Range, VersionedDocument
from tests.bench.client import SERVER, BenchClient, Buffer, initialize_params, spawned
from tests.bench.report import Goal, Row

LINES, FILES, FILE_CHARACTERS = 5_000, 50, 10_000
CHANGES, PROMPTS = 300, 11
PAUSE_SECONDS = 0.003
"""Between two changes; faster than anyone types."""
LINE = "    total = sum(line.price * line.count for line in basket)  # {}\n"


def measure() -> list[Row]:
    """How long a prompt takes, and what it does to typing."""
    with tempfile.TemporaryDirectory(prefix="lsp-llm-bench-") as folder, _server(Path(folder)) as client:
        buffer = client.open((Path(folder) / "shop.py").as_uri(), "".join(map(LINE.format, range(LINES))))
        made = _made_ms(client, buffer)
        alone = _typed_ms(client, buffer, busy=None)
        beside = _typed_ms(client, buffer, busy=_params(buffer))
    once, again = (statistics.median(times) for times in (alone, beside))
    usual, late = (statistics.quantiles(times, n=100)[98] for times in (alone, beside))
    return [
        Row("make a prompt with 50 files, command to document", f"{made:.0f} ms"),
        Row("didChange beside prompts in the making, p50", f"{again:.2f} ms", f"{once:.2f} ms", again / once),
        Row("  p99", f"{late:.2f} ms", f"{usual:.2f} ms", late, Goal(16, "ms")),
    ]


@contextmanager
def _server(root: Path) -> Iterator[BenchClient]:
    context = root / ".lsp-llm" / "context"
    context.mkdir(parents=True)
    for number in range(FILES):
        text = "".join(LINE.format(f"{number} {line}") for line in range(FILE_CHARACTERS // len(LINE)))
        (context / f"part{number}.py").write_text(text, encoding="utf-8")
    options = {
        "preset": "bench",
        "providers": {"bench": {"base_url": "http://127.0.0.1:9/v1", "auth": "none"}},
        "presets": {"bench": {"provider": "bench", "model": "bench"}},
        "context": {"max_tokens": 1_000_000},
    }
    with spawned(SERVER) as client:
        params = initialize_params(options)
        client.request("initialize", {**params, "workspaceFolders": [{"uri": root.as_uri(), "name": "bench"}]})
        client.notify("initialized", {})
        yield client
        client.request("shutdown", None)
        client.notify("exit", None)


def _params(buffer: Buffer) -> dict[str, Any]:
    ends = {"start": {"line": 2_500, "character": 0}, "end": {"line": 2_520, "character": 0}}
    return {"uri": buffer.uri, "range": ends, "query": "make it faster"}


def _made_ms(client: BenchClient, buffer: Buffer) -> float:
    found = client.request("lsp-llm/prompt/render", _params(buffer))
    assert len(found["sections"]) > FILES, "not all files are in the prompt"
    times = []
    for number in range(PROMPTS):
        began = time.perf_counter()
        client.command("lsp-llm.showPrompt", _params(buffer))
        client.read_until(partial(_has_shown, client, number + 1))
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3


def _typed_ms(client: BenchClient, buffer: Buffer, busy: dict[str, Any] | None) -> list[float]:
    """From a change to the answer of the request behind it, which waits until the change was carried out."""
    times, asked = [], client.shown
    for number in range(CHANGES):
        if busy is not None and client.shown == asked:
            client.command("lsp-llm.showPrompt", busy)
            asked += 1
        time.sleep(PAUSE_SECONDS)
        began = time.perf_counter()
        client.send(_key(buffer, number))
        client.request("textDocument/diagnostic", {"textDocument": {"uri": buffer.uri}})
        times.append((time.perf_counter() - began) * 1e3)
    client.read_until(partial(_has_shown, client, asked))
    return times


def _has_shown(client: BenchClient, count: int) -> bool:
    return client.shown == count


def _key(buffer: Buffer, column: int) -> bytes:
    buffer.version += 1
    place = Position(10, column)
    params = DidChange(VersionedDocument(buffer.uri, buffer.version), [ContentChange("x", Range(place, place))])
    return frame(msgspec.json.encode(Notification("textDocument/didChange", params)))
