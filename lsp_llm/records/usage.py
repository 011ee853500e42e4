"""What models were used and what that cost, in the state folder; it counts what it is told and asks nobody.

A request is one line, appended to the file of its month, so that servers side by side lose nothing of each other's.
Nobody writes into a month that is over: such a file is folded to a line for each day and model, and after a year to
one for the month. A fold gives the same bytes whoever does it, and takes its place in one step, so it needs no lock.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from lsp_llm.exchange.outcome import Usage
from lsp_llm.records.journal import append_line_privately, replace_privately
from lsp_llm.stream.surrogates import json_of

_log = logging.getLogger(__name__)

TOKENS_A_PRICE = 1_000_000
"""Prices are for so many tokens, as every vendor writes them."""
KEPT_DAYS = 366
"""How long each day is told apart."""
# A server that was asked before midnight may write after it, and a state folder may be shared across time zones.
_SETTLING_DAYS = 2
_DAY_CHARACTERS, _MONTH_CHARACTERS = len("2026-01-31"), len("2026-01")


class UsageRow(msgspec.Struct, frozen=True, rename="camel"):
    """Use of one model: by a request, on a day, or in a month, in which case `day` is no more than year and month.

    `cost` is in the currency of the settings' prices; `unpriced_requests` are those that it leaves out.
    """

    day: str
    provider: str
    model: str
    requests: int = 1
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float = 0.0
    unpriced_requests: int = 0

    def plus(self, other: UsageRow) -> UsageRow:
        """Both together, under this one's names."""
        return UsageRow(
            self.day,
            self.provider,
            self.model,
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.cost + other.cost,
            self.unpriced_requests + other.unpriced_requests,
        )


_decoder = msgspec.json.Decoder(UsageRow)


class UsageLog:
    """`usage/` in the state folder, a file for each month."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "usage"
        self._folded_on: datetime.date | None = None
        self._is_silent = False

    def add(self, provider: str, model: str, usage: Usage, price: Mapping[str, float], day: datetime.date) -> None:
        """Count one request of today; `price` is that of the preset, empty for none. Never raises."""
        cost = cost_of(usage, price)
        row = UsageRow(
            day.isoformat(),
            provider,
            model,
            1,
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_tokens,
            usage.cache_write_tokens,
            usage.reasoning_tokens,
            cost or 0.0,
            1 if cost is None else 0,
        )
        try:
            # With its parents it would be made as the umask says, for others to read.
            self._folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            append_line_privately(self._folder / f"{row.day[:_MONTH_CHARACTERS]}.jsonl", json_of(row))
            if self._folded_on != day:
                self._folded_on = day
                self._fold(day)
        except OSError as error:
            self._complain(error)

    def totals(self) -> list[UsageRow]:
        """A row for each day (of long ago: each month), provider and model, the latest last."""
        return summed((row for path in self._files() for row in _rows(path)), _DAY_CHARACTERS)

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("????-??.jsonl"))

    def _fold(self, today: datetime.date) -> None:
        newest = (today - datetime.timedelta(days=_SETTLING_DAYS)).isoformat()[:_MONTH_CHARACTERS]
        oldest = (today - datetime.timedelta(days=KEPT_DAYS)).isoformat()[:_MONTH_CHARACTERS]
        for path in self._files():
            if path.stem < newest:
                _fold_file(path, _MONTH_CHARACTERS if path.stem < oldest else _DAY_CHARACTERS)

    def _complain(self, error: OSError) -> None:
        if not self._is_silent:
            self._is_silent = True
            _log.warning("%s cannot be written: %s", self._folder, error.strerror)


def cost_of(usage: Usage, price: Mapping[str, float]) -> float | None:
    """What the tokens cost, None without a price for input or output; cached tokens without one cost as input.

    `input_tokens` includes what came from the cache or went into it, in every dialect.
    """
    if "input" not in price or "output" not in price:
        return None
    fresh = max(0, usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens)
    total = (
        fresh * price["input"]
        + usage.output_tokens * price["output"]
        + usage.cache_read_tokens * price.get("cache_read", price["input"])
        + usage.cache_write_tokens * price.get("cache_write", price["input"])
    )
    return total / TOKENS_A_PRICE


def _fold_file(path: Path, characters: int) -> None:
    """Write the file anew with a line for each day (or month) and model; do nothing where it is so already."""
    before = path.read_bytes()
    after = b"".join(json_of(row) + b"\n" for row in summed(_rows_in(before), characters))
    if after == before:
        return
    replace_privately(path, after)


def summed(rows: Iterable[UsageRow], characters: int) -> list[UsageRow]:
    """A row for each day, provider and model, in this order; of the day count so many characters."""
    sums: dict[tuple[str, str, str], UsageRow] = {}
    for row in rows:
        key = row.day[:characters], row.provider, row.model
        sums[key] = sums[key].plus(row) if key in sums else msgspec.structs.replace(row, day=key[0])
    return [sums[key] for key in sorted(sums)]


def _rows(path: Path) -> list[UsageRow]:
    try:
        return _rows_in(path.read_bytes())
    except OSError:
        return []


def _rows_in(content: bytes) -> list[UsageRow]:
    rows = []
    for line in filter(None, content.split(b"\n")):
        try:
            rows.append(_decoder.decode(line))
        except ValueError:
            # A full disk cuts a line in two; the others still count.
            continue
    return rows
