"""The usage log: every request counts once, whoever writes beside, and what is old grows no more."""

from __future__ import annotations

import datetime
import json
import multiprocessing
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from lsp_llm.exchange.outcome import Usage
from lsp_llm.records.usage import UsageLog, UsageRow, cost_of

TODAY = datetime.date(2026, 11, 20)
USAGE = Usage(input_tokens=1000, output_tokens=100, cache_read_tokens=600, cache_write_tokens=200, reasoning_tokens=40)
PRICE = {"input": 3.0, "output": 15.0, "cache_read": 0.3, "cache_write": 3.75}


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def test_requests_of_a_day_and_model_are_one_row(tmp_path: Path) -> None:
    log = UsageLog(tmp_path)
    log.add("anthropic", "claude", USAGE, {}, TODAY)
    log.add("anthropic", "claude", USAGE, {}, TODAY)
    log.add("anthropic", "other", Usage(7), {}, TODAY)
    log.add("anthropic", "claude", USAGE, {}, days_ago(1))
    assert log.totals() == [
        UsageRow("2026-11-19", "anthropic", "claude", 1, 1000, 100, 600, 200, 40, 0.0, 1),
        UsageRow("2026-11-20", "anthropic", "claude", 2, 2000, 200, 1200, 400, 80, 0.0, 2),
        UsageRow("2026-11-20", "anthropic", "other", 1, 7, unpriced_requests=1),
    ]


def test_nothing_was_used_where_there_is_no_file(tmp_path: Path) -> None:
    assert UsageLog(tmp_path / "none").totals() == []


def test_files_and_folders_are_private(tmp_path: Path) -> None:
    UsageLog(tmp_path / "state").add("p", "m", USAGE, PRICE, TODAY)
    path = tmp_path / "state" / "usage" / "2026-11.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)} == {0o700}
    row = {"day": "2026-11-20", "provider": "p", "model": "m", "requests": 1, "inputTokens": 1000, "outputTokens": 100}
    row |= {"cacheReadTokens": 600, "cacheWriteTokens": 200, "reasoningTokens": 40, "unpricedRequests": 0}
    assert json.loads(path.read_text().strip()) == row | {"cost": pytest.approx(0.00303)}


@pytest.mark.parametrize(
    ("price", "cost"),
    [
        (PRICE, (200 * 3.0 + 100 * 15.0 + 600 * 0.3 + 200 * 3.75) / 1e6),
        ({"input": 3.0, "output": 15.0}, (1000 * 3.0 + 100 * 15.0) / 1e6),
        ({"input": 0.0, "output": 0.0}, 0.0),
        ({"input": 3.0}, None),
        ({"output": 3.0}, None),
        ({}, None),
    ],
)
def test_cached_tokens_cost_their_own_price_or_that_of_input(price: dict[str, float], cost: float | None) -> None:
    assert cost_of(USAGE, price) == (None if cost is None else pytest.approx(cost))


def test_a_host_that_counts_cached_tokens_beside_the_input_makes_no_credit() -> None:
    assert cost_of(Usage(input_tokens=10, cache_read_tokens=50), {"input": 1.0, "output": 1.0, "cache_read": 0.0}) == 0


def test_costs_are_summed_and_requests_without_price_are_told_apart(tmp_path: Path) -> None:
    log = UsageLog(tmp_path)
    for price in (PRICE, PRICE, {}):
        log.add("p", "m", USAGE, price, TODAY)
    (row,) = log.totals()
    assert (row.requests, row.unpriced_requests, row.cost) == (3, 1, pytest.approx(2 * 0.00303))


SERVERS, REQUESTS = 3, 1000


def _serve(folder: Path, all_are_there: Barrier) -> None:
    all_are_there.wait(60)
    for _ in range(REQUESTS):
        # Each log of its own folds what is old, as a server does with its first request.
        UsageLog(folder).add("p", "m", Usage(input_tokens=1), {}, TODAY)


def test_servers_that_write_and_fold_at_once_lose_nothing(tmp_path: Path) -> None:
    for number in range(1000):
        log = UsageLog(tmp_path)
        log._folded_on = day = days_ago(60 + number % 500)
        log.add("p", "m", Usage(input_tokens=1), {}, day)
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(SERVERS)
    servers = [context.Process(target=_serve, args=(tmp_path, barrier)) for _ in range(SERVERS)]
    for server in servers:
        server.start()
    for server in servers:
        server.join(60)
    assert [server.exitcode for server in servers] == [0] * SERVERS
    rows = UsageLog(tmp_path).totals()
    assert sum(row.requests for row in rows) == sum(row.input_tokens for row in rows) == 1000 + SERVERS * REQUESTS
    assert list((tmp_path / "usage").glob(".new-*")) == []


def kept_days(folder: Path) -> list[str]:
    """The days of the lines that there are."""
    files = sorted((folder / "usage").iterdir())
    return [json.loads(line)["day"] for path in files for line in path.read_text().splitlines() if line]


def test_months_that_are_over_are_folded_to_days_and_after_a_year_to_one_line(tmp_path: Path) -> None:
    long_ago = ["2025-03-30", "2025-03-31", "2026-09-21", "2026-09-21", "2026-09-22", "2026-11-19", "2026-11-19"]
    for day in map(datetime.date.fromisoformat, long_ago):
        log = UsageLog(tmp_path)
        log._folded_on = day  # Folding what was old then is no part of this test.
        log.add("p", "m", USAGE, PRICE, day)
    assert kept_days(tmp_path) == long_ago
    before = UsageLog(tmp_path).totals()
    UsageLog(tmp_path).add("p", "m", Usage(), PRICE, TODAY)
    folded = ["2025-03", "2026-09-21", "2026-09-22", "2026-11-19", "2026-11-19", "2026-11-20"]
    assert kept_days(tmp_path) == folded
    after = UsageLog(tmp_path).totals()
    assert sum(row.input_tokens for row in after) == sum(row.input_tokens for row in before) == 7000
    assert sum(row.cost for row in after) == pytest.approx(sum(row.cost for row in before))
    assert stat.S_IMODE((tmp_path / "usage" / "2026-09.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize(("today", "is_folded"), [("2026-12-02", False), ("2026-12-03", True)])
def test_a_month_is_left_alone_until_nobody_can_write_into_it(tmp_path: Path, today: str, is_folded: bool) -> None:
    log = UsageLog(tmp_path)
    log.add("p", "m", USAGE, {}, TODAY)
    log.add("p", "m", USAGE, {}, TODAY)
    log.add("p", "m", USAGE, {}, datetime.date.fromisoformat(today))
    assert kept_days(tmp_path).count("2026-11-20") == (1 if is_folded else 2)


def test_what_is_folded_already_is_not_written_again(tmp_path: Path) -> None:
    UsageLog(tmp_path).add("p", "m", USAGE, PRICE, days_ago(90))
    UsageLog(tmp_path).add("p", "m", USAGE, PRICE, TODAY)
    path = tmp_path / "usage" / "2026-08.jsonl"
    written = path.stat().st_ino, path.stat().st_mtime_ns
    UsageLog(tmp_path).add("p", "m", USAGE, PRICE, TODAY)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == written


def test_a_fold_happens_in_one_step_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to that step the file is whole, for others who read it."""
    for _ in range(2):
        log = UsageLog(tmp_path)
        log._folded_on = days_ago(60)
        log.add("p", "m", USAGE, PRICE, days_ago(60))
    before = (tmp_path / "usage" / "2026-09.jsonl").read_bytes()

    def fail(new: Path, path: Path) -> Path:
        assert path.read_bytes() == before
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    UsageLog(tmp_path).add("p", "m", USAGE, PRICE, TODAY)
    assert (tmp_path / "usage" / "2026-09.jsonl").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "usage").iterdir()) == ["2026-09.jsonl", "2026-11.jsonl"]


def test_a_line_that_a_full_disk_cut_costs_only_itself(tmp_path: Path) -> None:
    log = UsageLog(tmp_path)
    for model in ("a", "b"):
        log.add("p", model, USAGE, {}, TODAY)
    path = tmp_path / "usage" / "2026-11.jsonl"
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        log.add("p", "c", USAGE, {}, TODAY)
        survivors = ["a", "b"][: whole[:cut].count(b"}")]
        assert [row.model for row in log.totals()] == [*survivors, "c"]


def test_a_folder_that_cannot_be_written_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "usage").write_text("")
    log = UsageLog(tmp_path)
    log.add("p", "m", USAGE, PRICE, TODAY)
    log.add("p", "m", USAGE, PRICE, TODAY)
    assert log.totals() == []
    assert len(caplog.records) == 1
    assert "usage cannot be written" in caplog.text


def test_a_name_with_half_a_character_costs_no_line(tmp_path: Path) -> None:
    log = UsageLog(tmp_path)
    log.add("p", "m\ud83d", USAGE, {}, TODAY)
    assert [row.model for row in log.totals()] == ["m\ufffd"]
