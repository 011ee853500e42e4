from __future__ import annotations

import json
import stat
from pathlib import Path

from lsp_llm.records import journal
from lsp_llm.records.left import Departure, LeftLog


def test_a_line_for_each_request_that_only_its_owner_may_read(tmp_path: Path) -> None:
    log = LeftLog(tmp_path)
    for tokens in (5, 6):
        log.add(Departure("p", "m", "fast", ("a.py", "b.py"), tokens, 1, "/project"))
    path = tmp_path / "left.jsonl"
    first, second = map(json.loads, path.read_text().splitlines())
    assert (first["tokens"], second["tokens"]) == (5, 6)
    assert first.pop("timestamp").endswith("+00:00")
    assert first == {
        "provider": "p", "model": "m", "preset": "fast", "files": ["a.py", "b.py"], "tokens": 5, "secrets": 1,
        "workspace": "/project",
    }  # fmt: skip
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_bounded(tmp_path: Path) -> None:
    limit = journal.MAX_BYTES
    (tmp_path / "left.jsonl").write_bytes(b"x" * limit)
    LeftLog(tmp_path).add(Departure("p", "m", "fast", (), 5))
    assert (tmp_path / "left.jsonl").stat().st_size < 1_000
    assert (tmp_path / "left.jsonl.1").stat().st_size == limit
