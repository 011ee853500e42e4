from __future__ import annotations

import datetime
import json
from pathlib import Path

from lsp_llm.records.history import Entry, History


def test_every_job_is_a_line_with_its_time(tmp_path: Path) -> None:
    history = History(tmp_path)
    for number in (1, 2):
        history.add(
            Entry("file:///a.py", "replace", "claude", f"words {number}", "finished", "", "größe\n", ("thinking",))
        )
    first, second = map(json.loads, (tmp_path / "history.jsonl").read_text(encoding="utf-8").splitlines())
    assert datetime.datetime.fromisoformat(first.pop("timestamp")).tzinfo is not None
    assert first == {
        "uri": "file:///a.py",
        "kind": "replace",
        "preset": "claude",
        "query": "words 1",
        "outcome": "finished",
        "reason": "",
        "answer": "größe\n",
        "statuses": ["thinking"],
    }
    assert second["query"] == "words 2"


def test_a_secret_that_a_host_repeated_is_not_kept(tmp_path: Path) -> None:
    history = History(tmp_path, lambda text: text.replace("s3cret", "[redacted]"))
    history.add(Entry("file:///a.py", "replace", "claude", "", "failed", "not s3cret", "a = s3cret", ("no s3cret",)))
    text = (tmp_path / "history.jsonl").read_text(encoding="utf-8")
    assert "s3cret" not in text
    assert text.count("[redacted]") == 3
