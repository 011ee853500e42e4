from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.commands.budgeting import TEMPLATE_TOKENS, Estimates, fitted, limit_tokens
from lsp_llm.commands.gathering import Along
from lsp_llm.config.settings import Context, Preset, Settings
from lsp_llm.context.base import Item, ItemKind
from lsp_llm.context.selection import Selection, select
from lsp_llm.prompts.budget import TokenEstimate

ONE = TokenEstimate(1.0)
"""A character is a token."""


def selection(before: int, chosen: int, after: int) -> Selection:
    text = "".join(f"line {number:04}\n" for number in range(1_000))
    return select(text[: before + chosen + after], before, before + chosen)


def along(*files: tuple[ItemKind, int], diff: int = 0) -> Along:
    items = tuple(Item(kind, f"{kind}.py", "x" * length) for kind, length in files)
    return Along("a.py", items, git_diff="d" * diff)


def sizes(found: object) -> dict[str, int]:
    return {size.name: size.tokens for size in found.sizes if size.tokens}  # type: ignore[attr-defined]


def test_what_fits_goes_whole() -> None:
    chosen, files = selection(100, 10, 100), along(("project", 50), ("file", 50), diff=50)
    found = fitted("do it", chosen, files, 10_000, ONE)
    assert (found.window.text, found.along) == (chosen.before + chosen.text + chosen.after, files)
    assert found.note == ""
    assert sizes(found) == {
        "instruction": 5, "selection": 10, "before": 100, "after": 100, "project.py": 50, "file.py": 50, "git diff": 50,
    }  # fmt: skip


def test_what_matters_less_is_cut_first_with_a_mark_and_said() -> None:
    files = along(("project", 2_000), ("buffer", 2_000), ("file", 2_000))
    found = fitted("do it", selection(100, 10, 100), files, TEMPLATE_TOKENS + 15 + 200 + 4_500, ONE)
    project, buffer, file = found.along.files
    assert (project.text, file.text) == ("x" * 2_000, "x" * 2_000)
    assert buffer.text.endswith("characters cut ...]")
    assert len(buffer.text) <= 500
    assert found.note == "cut to fit the model's context: buffer.py"


def test_half_of_the_room_is_for_what_stands_around_the_selection() -> None:
    chosen = selection(4_000, 10, 4_000)
    found = fitted("", chosen, along(("file", 10_000)), TEMPLATE_TOKENS + 10 + 4_000, ONE)
    assert 1_900 <= len(found.window.before + found.window.after) <= 2_100
    assert "characters cut ...]" in found.window.before
    assert chosen.before.endswith(found.window.before[-500:])
    assert 1_800 <= len(found.along.files[0].text) <= 2_000
    # What nobody else needs is for more of the document.
    alone = fitted("", chosen, along(("file", 500)), TEMPLATE_TOKENS + 10 + 4_000, ONE)
    assert len(alone.window.before + alone.window.after) > 3_400


@given(st.integers(0, 5_000), st.integers(0, 9_000), st.integers(0, 2_000))
def test_instruction_and_selection_are_never_cut_and_the_rest_fits(limit: int, size: int, chosen: int) -> None:
    here = selection(3_000, chosen, 3_000)
    found = fitted("words" * 10, here, along(("file", size), ("project", size), diff=size), limit, ONE)
    assert found.window.selection == here.text
    used = sum(size.tokens for size in found.sizes)
    marks = 2 * len("[... 1000 characters cut ...]\n")
    assert used <= max(limit, 50 + chosen) + marks


def test_only_what_may_be_cut_can_shrink() -> None:
    assert fitted("x", selection(10, 5, 0), Along("a.py"), 100, ONE).can_shrink
    assert not fitted("x", selection(0, 5, 0), Along("a.py"), 100, ONE).can_shrink


@pytest.mark.parametrize(
    ("preset", "limit"),
    [
        (Preset("p"), 77),
        (Preset("p", context_tokens=20_000), 15_904),
        (Preset("p", context_tokens=20_000, params={"max_tokens": 1_000}), 19_000),
        (Preset("p", context_tokens=20_000, params={"max_completion_tokens": 2_000}), 18_000),
        (Preset("p", context_tokens=20_000, params={"max_tokens": 19_000}), 10_000),
        (Preset("p", context_tokens=20_000, params={"max_tokens": "many"}), 15_904),
        (Preset("p", context_tokens=2_000), 1_000),
    ],
)
def test_the_limit_is_the_models_context_less_the_room_for_an_answer(preset: Preset, limit: int) -> None:
    assert limit_tokens(preset, Settings(context=Context(max_tokens=77))) == limit


def test_each_model_is_learned_for_itself() -> None:
    estimates = Estimates()
    estimates.learn("m", 100_000, 50_000)
    assert estimates.of("m").characters_a_token < 2.5
    assert estimates.of("n") == TokenEstimate()
    estimates.learn("n", 100, 0)
    assert estimates.of("n") == TokenEstimate()
