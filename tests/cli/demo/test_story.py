"""The story is computed, not recorded: each expected document is the source with the recital's text in its place."""

from __future__ import annotations

import ast

from lsp_llm.cli.demo.story import Step, invoice_story
from lsp_llm.providers.recital import SCRIPTS


def invoice(source: str) -> dict[str, object]:
    names: dict[str, object] = {"__name__": "invoice"}
    exec(compile(source, "invoice.py", "exec", dont_inherit=True), names)
    return names


def chosen(step: Step, source: str) -> str:
    return "".join(source.splitlines(keepends=True)[step.first_line : step.end_line])


def test_the_function_is_replaced_and_then_explained_on_the_line_below_it() -> None:
    story = invoice_story()
    replace, yap = story.steps
    assert (replace.verb, yap.verb) == ("replace", "yap")
    (function,) = ast.parse(chosen(replace, story.source)).body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == "amount_due"
    lines = replace.expected.splitlines()
    assert (yap.first_line, lines[yap.first_line]) == (yap.end_line, "")
    assert lines[yap.first_line - 1].strip().startswith("return")


def test_every_instruction_is_a_cue_of_the_recital() -> None:
    cues = [script.cue for script in SCRIPTS]
    assert all(step.instruction in cues for step in invoice_story().steps)


def test_the_refactored_function_counts_like_the_one_before() -> None:
    story = invoice_story()
    old, new = invoice(story.source), invoice(story.steps[-1].expected)
    for module in (old, new):
        line = module["Line"]
        lines = [line("pen", 3, 199), line("gift", 0, 500), line("returned", -1, 50)]  # type: ignore[operator]
        module["due"] = [
            module["amount_due"](lines, discount, paid)  # type: ignore[operator]
            for discount in (0, 7, 33, 100, -5)
            for paid in (0, 200, 597, 1000)
        ]
    assert old["due"] == new["due"]
