"""The scripts, and the demo's source file that two of them are about."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import lsp_llm
from lsp_llm.providers.recital import (
    EXPLANATION,
    LONG,
    REFACTORED_FUNCTION,
    REFACTORING,
    SCRIPTS,
)

SOURCE = (Path(lsp_llm.__file__).parent / "cli" / "demo" / "invoice.py.txt").read_text(encoding="utf-8")


def function_in(source: str) -> str:
    """The lines of amount_due, without the last line end."""
    start = source.index("def amount_due")
    return source[start : source.index("\n\n\n", start)]


def run(source: str) -> Any:
    """The names that the source defines."""
    invoice = ModuleType("invoice")
    # dataclasses look their own module up.
    sys.modules["invoice"] = invoice
    try:
        exec(compile(source, "invoice.py", "exec"), vars(invoice))
    finally:
        del sys.modules["invoice"]
    return invoice


def test_the_refactored_function_does_what_the_clumsy_one_did() -> None:
    invoice = run(SOURCE)
    refactored = run(SOURCE.replace(function_in(SOURCE), REFACTORED_FUNCTION))
    orders = (("nib", 3, 199), ("ink", 1, 1250), ("nothing", 0, 999), ("taken back", -2, 100))
    lines = [invoice.Line(*order) for order in orders]
    for discount_percent in (-5, 0, 1, 33, 100):
        for paid in (0, 1, 1846, 1847, 5000):
            arguments = (lines, discount_percent, paid)
            assert refactored.amount_due(*arguments) == invoice.amount_due(*arguments)
            assert refactored.receipt(*arguments) == invoice.receipt(*arguments)


def test_the_refactoring_is_shorter_and_keeps_the_first_line() -> None:
    before, after = function_in(SOURCE).splitlines(), REFACTORED_FUNCTION.splitlines()
    assert before[0] == after[0]
    assert len(after) < len(before) / 2


def test_the_refactoring_comes_in_a_fence_as_models_send_it() -> None:
    opening, *lines, closing = REFACTORING.splitlines()
    assert (opening, "\n".join(lines), closing) == ("```python", REFACTORED_FUNCTION, "```")


def test_the_explanation_below_the_function_leaves_the_file_valid() -> None:
    function = function_in(SOURCE)
    run(SOURCE.replace(function, f"{function}\n{EXPLANATION}"))
    assert all(line.startswith("# ") for line in EXPLANATION.splitlines())


def test_the_long_script_has_200_numbered_lines() -> None:
    lines = LONG.splitlines()
    assert len(lines) == 200
    assert [int(line[:3]) for line in lines] == list(range(1, 201))


def test_only_the_last_script_needs_no_cue_and_no_cue_hides_another() -> None:
    *cued, fallback = (script.cue for script in SCRIPTS)
    assert fallback == ""
    assert all(cued)
    assert [(one, other) for one in cued for other in cued if one is not other and one in other] == []


def test_no_cue_stands_in_the_source_that_a_prompt_may_carry() -> None:
    assert [script.cue for script in SCRIPTS[:-1] if script.cue in SOURCE] == []
