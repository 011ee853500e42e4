from __future__ import annotations

from types import SimpleNamespace

import pytest

from lsp_llm.lsp import uris
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


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///c%3A/Users/a%20b/x.py", "C:\\Users\\a b\\x.py"),
        ("file:///C:/Users/a%20b/x.py", "C:\\Users\\a b\\x.py"),
        ("file:///c:", "C:"),
        ("file://server/share/%40x.py", "\\\\server\\share\\@x.py"),
        ("untitled:c%3A", ""),
    ],
)
def test_a_file_of_windows_has_one_path_however_it_is_spelled(
    uri: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uris, "os", SimpleNamespace(name="nt"))
    assert path_of(uri) == path
