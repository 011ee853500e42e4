from __future__ import annotations

import pytest

from lsp_llm.commands.code_blocks import code_block_at, code_blocks
from lsp_llm.text.document import split_lines


def paths(text: str) -> list[str]:
    return [block.path for block in code_blocks(split_lines(f"## Assistant\n\n{text}"))]


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ("python src/shop.py", "src/shop.py"),
        ("python title=shop.py", "shop.py"),
        ('js {filename="src/a.js"}', "src/a.js"),
        ("python:src/shop.py", "src/shop.py"),
        ("src/shop.py", "src/shop.py"),
        (".gitignore", ".gitignore"),
        ("python", ""),
        ("c++", ""),
        ("", ""),
        ("python 3.12", ""),
    ],
)
def test_the_line_of_the_fence_may_name_a_file(info: str, path: str) -> None:
    assert paths(f"```{info}\nx\n```\n") == [path]


@pytest.mark.parametrize(
    ("above", "path"),
    [
        ("Put this into `src/shop.py`:", "src/shop.py"),
        ("**src/shop.py**", "src/shop.py"),
        ("### shop.py", "shop.py"),
        ("File: `shop.py`", "shop.py"),
        ("shop.py:", "shop.py"),
        ("_shop.py_", "shop.py"),
        ("- __init__.py", "__init__.py"),
        ("Between `a.py` and `b.py`:", ""),
        ("Use e.g. this:", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("between", ["", "\n"])
def test_the_line_above_may_name_a_file(above: str, path: str, between: str) -> None:
    assert paths(f"{above}\n{between}```python\nx\n```\n") == [path]


@pytest.mark.parametrize("letter", ["_", "-", "*", "a", "a/", ".", "`a", "file:", " ", '"'])
def test_a_very_long_line_names_nothing_and_is_read_at_once(letter: str) -> None:
    line = letter * 20_000 + "!"
    assert paths(f"{line}\n```python\nx\n```\n") == [""]
    assert paths(f"~~~python title={line}\nx\n~~~\n{line}\n~~~{line}\nx\n~~~\n")[1:] == [""]


def test_a_block_is_found_by_its_lines_and_loses_the_indentation_of_its_fence() -> None:
    lines = split_lines("## Assistant\n\n- so:\n\n  ```a.py\n  x\n    y\n  ```\n\nend\n")
    block = code_block_at(lines, 5)
    assert block is not None
    assert (block.first_line, block.last_line, block.text) == (4, 7, "x\n  y\n")
    assert code_block_at(lines, 9) is None


def test_what_a_tool_gave_and_what_is_still_open_are_no_blocks() -> None:
    call = "<details><summary>Tool call: f</summary>\n\n```json\n{}\n```\n\n</details>\n"
    assert paths(call) == []
    assert paths("```a.py\nx\n") == []
