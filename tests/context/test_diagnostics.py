from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.context.diagnostics import Diagnostic, Severity, described, diagnostics_item

TEXT = "".join(f"line {number}\n" for number in range(1, 13))


def at(line: int, severity: Severity = "error", message: str = "wrong", last: int | None = None) -> Diagnostic:
    """A diagnostic over whole lines, counted from 1."""
    lines = TEXT.splitlines(keepends=True)
    return Diagnostic(len("".join(lines[: line - 1])), len("".join(lines[: last or line])), severity, message)


def test_a_diagnostic_shows_its_lines_and_those_around() -> None:
    found = Diagnostic(at(5).start + 2, at(5).end, "error", "x is\n  unknown", "pyright", "undefined")
    assert described("src/a.py", TEXT, found) == (
        "src/a.py:5: error (pyright undefined): x is unknown\n"
        "  2 | line 2\n  3 | line 3\n  4 | line 4\n> 5 | line 5\n  6 | line 6\n  7 | line 7\n  8 | line 8\n"
    )


def test_several_lines_are_marked_and_numbers_stand_below_each_other() -> None:
    assert described("a", TEXT, at(9, last=10)) == (
        "a:9: error: wrong\n   6 | line 6\n   7 | line 7\n   8 | line 8\n>  9 | line 9\n> 10 | line 10\n"
        "  11 | line 11\n  12 | line 12\n  13 |\n"
    )


def test_long_ranges_and_long_lines_are_cut() -> None:
    text = "x\n" * 1000 + "y" * 5000
    assert len(described("a", text, Diagnostic(0, len(text), "error", "")).splitlines()) == 21
    assert "y" * 400 + "[...]\n" in described("a", text, Diagnostic(len(text), len(text), "error", ""))


def test_they_come_by_place_and_errors_are_the_last_to_be_left_out() -> None:
    found = [at(2, "hint"), *[at(1, "warning")] * 50, at(3, "error")]
    item = diagnostics_item("a", TEXT, found)
    assert item is not None
    headings = [line for line in item.text.splitlines() if line.startswith("a:")]
    assert headings == ["a:1: warning: wrong"] * 49 + ["a:3: error: wrong"]
    assert item.text.endswith("\n[... 2 more diagnostics ...]\n")


def test_without_diagnostics_there_is_nothing() -> None:
    assert diagnostics_item("a", TEXT, []) is None


@given(st.text("a\r\n", max_size=40), st.integers(-5, 60), st.integers(-5, 60))
def test_places_that_a_document_no_longer_has_do_no_harm(text: str, start: int, end: int) -> None:
    assert described("a", text, Diagnostic(start, end, "error", "x")).startswith("a:")
