from pathlib import Path

import pytest

from lsp_llm.context.base import Gathered, Item, Problem, Workspace, merged


@pytest.mark.parametrize(
    ("path", "shown"),
    [("/w/src/a.py", "src/a.py"), ("/w", "."), ("/other/a.py", "/other/a.py"), ("/wx", "/wx")],
)
def test_paths_are_shown_relative_to_the_workspace(path: str, shown: str) -> None:
    assert Workspace(Path("/w")).shown(path) == shown


def test_what_is_found_twice_goes_along_once_and_order_stays() -> None:
    a, b = Item("file", "a", "text"), Item("file", "b", "text")
    problem = Problem("c", "is empty")
    assert Gathered((b, a), (problem,)) + Gathered((a,), (problem,)) == Gathered((b, a), (problem,))


def test_a_problem_reads_as_a_sentence() -> None:
    assert str(Problem("src/a.py", "is empty")) == "src/a.py is empty"


def test_problems_with_one_reason_are_one() -> None:
    found = [Problem("a", "is empty"), Problem("b", "is binary"), Problem("c", "is empty"), Problem("d", "is empty")]
    assert merged(found) == (Problem("a", "is empty; 2 more likewise"), Problem("b", "is binary"))
