from __future__ import annotations

import pytest

from lsp_llm.lsp.uris import path_of, shown_name, uri_of


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///project/a.py", "/project/a.py"),
        ("file:///project/a%20b%2Bc%C3%A9.py", "/project/a b+cé.py"),
        ("file:///project/a#b.py", "/project/a"),
        ("untitled:Untitled-1", ""),
        ("vscode-notebook-cell:/project/n.ipynb#W0sZmlsZQ", ""),
        ("git:/project/a.py?ref", ""),
        ("", ""),
        ("http://[broken", ""),
    ],
)
def test_only_a_file_has_a_path(uri: str, path: str) -> None:
    assert path_of(uri) == path


@pytest.mark.parametrize("path", ["/project/a.py", "/project/ä ö/50% #1?.py"])
def test_a_path_comes_back_from_its_uri(path: str) -> None:
    assert path_of(uri_of(path)) == path


def test_a_document_without_a_file_is_called_by_its_uri() -> None:
    assert shown_name("file:///project/a%20b.py") == "/project/a b.py"
    assert shown_name("untitled:Untitled-1") == "untitled:Untitled-1"
