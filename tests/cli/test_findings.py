from __future__ import annotations

import io
import json

import pytest

from lsp_llm.cli.findings import Finding, report_of, show

FINE = Finding("clock", "ok", "it is noon")
ODD = Finding("key", "note", "none", "set one")
BAD = Finding("host", "problem", "gone\x1b[2J", "call it", 1.5)


@pytest.mark.parametrize(("findings", "is_ok"), [([], True), ([FINE, ODD], True), ([FINE, BAD, ODD], False)])
def test_a_problem_is_what_counts(findings: list[Finding], is_ok: bool) -> None:
    assert report_of(findings).ok is is_ok


def test_a_line_for_each_without_colour_where_it_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    show(report_of([FINE, ODD, BAD]), as_data=False)
    assert capsys.readouterr().out.splitlines() == [
        "ok       clock        it is noon",
        "note     key          none; set one",
        "problem  host         gone�[2J; call it",
    ]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("variables", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colours_are_for_terminals_that_want_them(
    variables: dict[str, str], is_coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    show(report_of([BAD, FINE]), as_data=False)
    assert ("\x1b[31mproblem" in terminal.getvalue()) is is_coloured
    assert ("\x1b" in terminal.getvalue()) is is_coloured


def test_the_same_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    show(report_of([FINE, BAD]), as_data=True)
    assert json.loads(capsys.readouterr().out) == {
        "ok": False,
        "findings": [
            {"topic": "clock", "mark": "ok", "text": "it is noon"},
            {"topic": "host", "mark": "problem", "text": "gone\x1b[2J", "advice": "call it", "milliseconds": 1.5},
        ],
    }
