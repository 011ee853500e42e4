from __future__ import annotations

import pytest

from lsp_llm.config.problems import KeyPath, Problem, dotted


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ((), ""),
        (("a", "b-c"), "a.b-c"),
        (("a", "gpt-5.4"), 'a."gpt-5.4"'),
        (("",), '""'),
        (('q"',), '"q\\""'),
        (("\ud800",), '"\\ud800"'),
    ],
)
def test_a_path_is_written_as_toml_writes_it(path: KeyPath, key: str) -> None:
    assert dotted(path) == key


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("f.toml", 3, "a.b", "is bad"), "f.toml:3: a.b: is bad"),
        (Problem("f.toml", None, "", "is bad"), "f.toml: is bad"),
    ],
)
def test_a_problem_reads_as_compilers_write_it(problem: Problem, text: str) -> None:
    assert str(problem) == text
