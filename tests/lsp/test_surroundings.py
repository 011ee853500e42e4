from __future__ import annotations

from pathlib import Path

from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.surroundings import surroundings_of
from lsp_llm.lsp.uris import uri_of

FOUND = (Diagnostic(0, 1, "error", "no"),)


def test_everything_that_is_open_counts_as_it_stands(tmp_path: Path) -> None:
    configuration, documents = Configuration(tmp_path / "none.toml", lambda text: None), Documents()
    configuration.start([str(tmp_path)], None)
    here = uri_of(str(tmp_path / "a.py"))
    documents.open(here, "python", 1, "one\ntwo")
    documents.open("untitled:Untitled-1", "python", 1, "not a file")
    around = surroundings_of(documents, configuration, here)
    assert around.root == tmp_path
    assert around.open_documents == {tmp_path / "a.py": ("one\n", "two")}
    documents.get(here).document.replace((0, 0), (0, 3), "uno")
    assert around.open_documents[tmp_path / "a.py"] == ("one\n", "two")
    assert surroundings_of(documents, configuration, uri_of("/elsewhere/b.py")).root is None


def test_diagnostics_count_for_the_text_that_they_are_about(tmp_path: Path) -> None:
    configuration, documents = Configuration(None, lambda text: None), Documents()
    documents.open("file:///a.py", "python", 1, "one")
    here = documents.get("file:///a.py")
    assert surroundings_of(documents, configuration, here.uri).diagnostics == ()
    here.reported(FOUND)
    assert surroundings_of(documents, configuration, here.uri).diagnostics == FOUND
    here.version = 2
    assert surroundings_of(documents, configuration, here.uri).diagnostics == ()
