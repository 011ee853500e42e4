"""What an examination finds: a value for each line, and how a line looks; it examines nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from lsp_llm.cli.columns import as_json, printable

Mark = Literal["ok", "note", "problem"]
_COLOURS: tuple[tuple[Mark, str], ...] = (("ok", "green"), ("note", "yellow"), ("problem", "red"))
_MARK_WIDTH, _TOPIC_WIDTH = len("problem"), len("certificates")


class Finding(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that was looked at; `advice` says what to do, and is there wherever `mark` is not "ok"."""

    topic: str
    mark: Mark
    text: str
    advice: str = ""
    milliseconds: float | None = None


class Report(msgspec.Struct, frozen=True):
    """All of them; `ok`: none is a problem."""

    ok: bool
    findings: tuple[Finding, ...]


def report_of(findings: Sequence[Finding]) -> Report:
    """The findings, and what they amount to."""
    return Report(all(finding.mark != "problem" for finding in findings), tuple(findings))


def show(report: Report, *, as_data: bool) -> None:
    """Print it, a line for each finding; with colours only on a terminal, and never where NO_COLOR is set."""
    if as_data:
        print(as_json(report))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    colours = dict(_COLOURS)
    for finding in report.findings:
        mark = Text(f"{finding.mark:{_MARK_WIDTH}}", colours[finding.mark])
        console.print(mark, Text(f" {finding.topic:{_TOPIC_WIDTH}} {_words(finding)}"))


def _words(finding: Finding) -> str:
    advice = f"; {finding.advice}" if finding.advice else ""
    return printable(f"{finding.text}{advice}")
