from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lsp_llm.config.settings import Context
from lsp_llm.context.base import Workspace
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.context.mentions import find_mentions
from lsp_llm.errors import UserError
from lsp_llm.lsp.chat_context import context_text, mention, quoted
from lsp_llm.lsp.documents import Documents

ROOT = Path("/home/someone/project")
URI = "file:///home/someone/project/src/shop.py"


@pytest.fixture
def documents() -> Documents:
    found = Documents()
    found.open(URI, "python", 1, "one\ntwo 😀 x\nthree\n")
    found.open("untitled:1", "lua", 1, "local x\n")
    found.open("file:///elsewhere/b.py", "python", 1, "far\n")
    return found


def words(documents: Documents, *items: Any) -> str:
    return context_text(items, documents, Workspace(ROOT, Context()), "utf-16")


def selection(start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    ends = [{"line": line, "character": character} for line, character in (start, end)]
    return {"type": "selection", "uri": URI, "range": {"start": ends[0], "end": ends[1]}}


def test_a_selection_is_quoted_with_its_lines(documents: Documents) -> None:
    assert words(documents, selection((1, 0), (2, 0))) == "src/shop.py, line 2:\n\n```python\ntwo 😀 x\n```"
    assert words(documents, selection((1, 7), (1, 8))) == "src/shop.py, line 2:\n\n```python\nx\n```", "in UTF-16"
    assert words(documents, selection((0, 0), (1, 3))).startswith("src/shop.py, lines 1 to 2:")
    assert words(documents, selection((0, 0), (2, 0))).startswith("src/shop.py, lines 1 to 2:")


def test_files_are_mentioned_and_what_is_no_file_is_quoted(documents: Documents) -> None:
    assert words(documents, {"type": "file", "path": "a b.py"}, {"type": "diff"}) == '@"a b.py"\n\n@diff'
    assert words(documents, {"type": "buffer", "uri": URI}) == "@src/shop.py"
    assert words(documents, {"type": "buffer", "uri": "untitled:1"}) == "untitled:1:\n\n```lua\nlocal x\n```"
    assert "far" in words(documents, {"type": "buffer", "uri": "file:///elsewhere/b.py"})
    assert words(documents, {"type": "project"}) == "", "it goes along anyway"


def test_diagnostics(documents: Documents) -> None:
    asked = {"type": "diagnostics", "uri": URI}
    assert words(documents, asked) == "No diagnostics of src/shop.py are known."
    documents.get(URI).reported((Diagnostic(4, 7, "error", "bad name"),))
    assert "src/shop.py:2: error: bad name" in words(documents, asked)
    documents.get(URI).version += 1
    assert words(documents, asked) == "No diagnostics of src/shop.py are known.", "those were of another text"


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"type": "poem"}, "context"),
        ({"type": "file"}, "path"),
        ({"type": "file", "path": "x", "uri": "y"}, "uri"),
        ("x", "context"),
        ({"type": "buffer", "uri": "file:///gone"}, "not open"),
        ({"type": "buffer", "uri": "file:///home/someone/project/.env"}, r"\.env"),
    ],
)
def test_mistakes(documents: Documents, item: Any, said: str) -> None:
    documents.open("file:///home/someone/project/.env", "", 1, "SECRET=1")
    with pytest.raises(UserError, match=said):
        words(documents, item)


@pytest.mark.parametrize("path", ["a.py", "src/a-b.py", "a b.py", "a,b", "x).py", "dir/", "odd:1"])
def test_a_mention_is_found_again(path: str) -> None:
    (found,) = find_mentions(f"see {mention(path)} there")
    assert found.path == path


def test_a_fence_in_a_quote() -> None:
    assert quoted("t", "md", "````\nx\n````\n") == "t:\n\n`````md\n````\nx\n````\n`````"
