"""`lsp-llm usage`, the real program over a log that was written before."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from lsp_llm.cli import usage
from lsp_llm.cli.usage import show_usage
from lsp_llm.exchange.outcome import Usage
from lsp_llm.records.usage import UsageLog
from tests.cli.calling import called

TODAY = datetime.date(2026, 11, 20)
PRICE = {"input": 1.0, "output": 2.0}


def filled_log(folder: Path) -> None:
    log = UsageLog(folder)
    for days, model, price in ((40, "m", PRICE), (41, "m", PRICE), (1, "m", PRICE), (0, "m", PRICE), (0, "n", {})):
        log.add("p", model, Usage(1_000_000, 500_000, 250_000), price, TODAY - datetime.timedelta(days=days))


async def test_usage_as_data_is_that_of_the_protocol(tmp_path: Path) -> None:
    filled_log(tmp_path / "state" / "lsp-llm")
    ended = await called(tmp_path, "usage", "--json")
    assert (ended.code, ended.errors) == (0, "")
    days = [(row["day"], row["model"], row["inputTokens"], row["cost"]) for row in ended.json["totals"]]
    assert days == [
        ("2026-10-10", "m", 1_000_000, 2.0),
        ("2026-10-11", "m", 1_000_000, 2.0),
        ("2026-11-19", "m", 1_000_000, 2.0),
        ("2026-11-20", "m", 1_000_000, 2.0),
        ("2026-11-20", "n", 1_000_000, 0.0),
    ]


async def test_nothing_used(tmp_path: Path) -> None:
    assert (await called(tmp_path, "usage")).output == "nothing was used yet\n"
    assert (await called(tmp_path, "usage", "--json")).json == {"totals": []}


def test_days_of_late_months_of_before_and_all_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    filled_log(tmp_path)
    monkeypatch.setattr(usage, "state_folder", lambda: tmp_path)
    assert show_usage(TODAY, as_data=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        "day         provider  model  requests      input     cached     output  thinking     cost",
        "2026-10     p         m             2  2,000,000    500,000  1,000,000         0   4.0000",
        "2026-11-19  p         m             1  1,000,000    250,000    500,000         0   2.0000",
        "2026-11-20  p         m             1  1,000,000    250,000    500,000         0   2.0000",
        "2026-11-20  p         n             1  1,000,000    250,000    500,000         0        -",
        "total                               5  5,000,000  1,250,000  2,500,000         0  8.0000+",
        "",
        "1 of 5 requests had no price: set price = {input = …, output = …} (per million tokens) in [presets.NAME]",
    ]
