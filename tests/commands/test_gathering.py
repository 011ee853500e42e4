from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lsp_llm.commands.gathering import Along, gather, workspace_name
from lsp_llm.commands.job import Job, Surroundings
from lsp_llm.config.settings import Context
from lsp_llm.context.access import Access
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.errors import UserError

TEXT = "def one():\n    return 1\n\n\ndef two():\n    return uno\n"


class Project:
    """A workspace on the disk, and a document that is open in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.open: dict[str, str] = {}
        self.diagnostics: tuple[Diagnostic, ...] = ()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def gather(self, words: str = "", *names: str, path: str = "shop.py", settings: Any = None) -> Along:
        opened = {self.root / name: [text] for name, text in self.open.items()}
        around = Surroundings(self.root, opened, self.diagnostics)
        file = str(self.root / path) if path else "untitled:1"
        start, end = TEXT.index("def two"), len(TEXT)
        job = Job("replace", TEXT, start, end, file, "python", "\n", words, "fake", around=around)
        return gather(job, settings or Context(), Access(), words, names)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def files(along: Along) -> list[tuple[str, str]]:
    return [(file.kind, file.path) for file in along.files]


def test_the_project_and_its_notes_go_along_and_open_documents_only_where_they_are_wanted(project: Project) -> None:
    project.write(".lsp-llm/context/rules.md", "be terse")
    project.write("AGENTS.md", "run the tests")
    project.open["other.py"] = "other = 1\n"
    settings = Context(notes=("AGENTS.md", "NONE.md"))
    assert files(project.gather()) == [("project", ".lsp-llm/context/rules.md")]
    noted = [("project", ".lsp-llm/context/rules.md"), ("notes", "AGENTS.md")]
    assert files(project.gather(settings=settings)) == noted
    settings = Context(notes=("AGENTS.md",), open_buffers=True)
    assert files(project.gather(settings=settings)) == [*noted, ("buffer", "other.py")]


def test_a_file_that_comes_by_two_ways_goes_along_once_as_what_the_user_named(project: Project) -> None:
    project.write(".lsp-llm/context/rules.md", "be terse")
    found = project.gather("as @.lsp-llm/context/rules.md says, in @shop.py")
    assert files(found) == [("file", ".lsp-llm/context/rules.md")]
    assert found.path == "shop.py"


def test_mentions_reach_files_diagnostics_and_symbols(project: Project) -> None:
    project.write("lib/help.py", "def help(): ...\n")
    start = TEXT.index("return 1")
    project.diagnostics = (Diagnostic(start, start + 6, "error", "far away"),)
    found = project.gather("see @lib/help.py, @diagnostics and @symbols; not @none.py")
    assert files(found) == [("file", "lib/help.py")]
    assert found.symbols == ("1: one", "5: two")
    assert "far away" in found.diagnostics[0]
    assert [str(problem) for problem in found.problems] == ["none.py names no file of the workspace"]


def test_what_is_reported_in_the_selection_goes_along_with_its_lines(project: Project) -> None:
    start = TEXT.index("uno")
    here, there = Diagnostic(start, start + 3, "error", "undefined: uno"), Diagnostic(0, 3, "error", "not here")
    project.diagnostics = (there, here)
    (said,) = project.gather().diagnostics
    assert said.startswith("shop.py:6: error: undefined: uno\n")
    assert ">" in said
    # A command for one diagnostic quotes it.
    assert project.gather("mend: error: undefined: uno").diagnostics == ()


def test_symbols_and_differences_are_only_gathered_for_who_names_them(project: Project) -> None:
    assert project.gather().symbols == ()
    assert project.gather("", "symbols").symbols == ("1: one", "5: two")
    assert any("git" in str(problem) for problem in project.gather("", "git_diff").problems)
    assert project.gather().problems == ()


def test_what_is_kept_back_is_said(project: Project) -> None:
    project.write(".env", "A=1")
    found = project.gather("use @.env")
    assert files(found) == []
    assert "never leaves this machine" in str(found.problems[0])


def test_a_document_that_is_named_like_a_secret_is_refused(project: Project) -> None:
    with pytest.raises(UserError, match=r"server\.key never leaves this machine"):
        project.gather(path="server.key")


def test_without_a_workspace_there_is_the_documents_folder_for_mentions_and_nothing_of_a_project(
    tmp_path: Path,
) -> None:
    project = Project(tmp_path)
    project.write(".kzn/rules.md", "be terse")
    project.write("beside.py", "b = 1\n")
    job = Job("yap", TEXT, 0, 0, str(tmp_path / "shop.py"), "python", "\n", "", "fake")
    found = gather(job, Context(), Access(), "like @beside.py")
    assert files(found) == [("file", "beside.py")]
    assert found.path == job.path
    assert workspace_name(job) == tmp_path.name
    unnamed = Job("yap", TEXT, 0, 0, "untitled:1", "python", "\n", "", "fake")
    assert gather(unnamed, Context(), Access(), "like @beside.py") == Along("untitled:1")
