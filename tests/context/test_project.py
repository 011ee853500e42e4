import os
import re
from pathlib import Path

import pytest

from lsp_llm.config.settings import Context
from lsp_llm.context import project
from lsp_llm.context.access import Access
from lsp_llm.context.base import Gathered, Item, Problem, Workspace
from lsp_llm.context.project import project_files, project_notes
from tests.context.folders import write


def gathered(root: Path, folders: tuple[str, ...] = (".kzn",)) -> Gathered:
    return project_files(Workspace(root, Context(project_dirs=folders)), Access())


def paths(found: Gathered) -> list[str]:
    return [item.path for item in found.items]


def test_the_first_folder_that_exists_is_taken(tmp_path: Path) -> None:
    write(tmp_path, {".kzn/a.md": "A", ".lsp-llm/other": "x"})
    assert project_files(Workspace(tmp_path), Access()) == Gathered((Item("project", ".kzn/a.md", "A"),))
    write(tmp_path, {".lsp-llm/context/b.md": "B"})
    assert paths(project_files(Workspace(tmp_path), Access())) == [".lsp-llm/context/b.md"]
    assert gathered(tmp_path, ("missing",)) == Gathered()


def test_hidden_and_empty_files_are_passed_over_in_silence_and_order_is_stable(tmp_path: Path) -> None:
    names = ("b.md", "a/z.md", "a.md", "Z.md", "a/deep/x.md")
    write(tmp_path, {f".kzn/{name}": "x" for name in names})
    write(tmp_path, {".kzn/.hidden": "x", ".kzn/.git/config": "x", ".kzn/empty": ""})
    assert gathered(tmp_path).problems == ()
    assert paths(gathered(tmp_path)) == [f".kzn/{name}" for name in ("Z.md", "a/deep/x.md", "a/z.md", "a.md", "b.md")]


def test_bad_files_are_named_and_the_rest_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".kzn/a.md": "A", ".kzn/latin": b"\xe9", ".kzn/nul": b"\0", ".kzn/z.md": "Z"})
    with (tmp_path / ".kzn/huge").open("wb") as file:
        file.truncate(1024**3)
    os.mkfifo(tmp_path / ".kzn/pipe")
    (tmp_path / ".kzn/broken").symlink_to("missing")
    found = gathered(tmp_path)
    assert paths(found) == [".kzn/a.md", ".kzn/z.md"]
    assert [str(problem) for problem in found.problems] == [
        ".kzn/broken cannot be read: No such file or directory",
        ".kzn/huge is larger than 1024 KiB",
        ".kzn/latin is not UTF-8 text (byte 1)",
        ".kzn/nul is binary (it has NUL bytes)",
        ".kzn/pipe is not a file",
    ]


def test_a_folder_of_pictures_is_one_problem(tmp_path: Path) -> None:
    write(tmp_path, {f".kzn/{number}.png": b"\0" for number in range(5)} | {".kzn/a.md": "A"})
    assert gathered(tmp_path).problems == (Problem(".kzn/0.png", "is binary (it has NUL bytes); 4 more likewise"),)


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".kzn/a.md": "A", ".kzn/locked/b.md": "B"})
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = gathered(tmp_path)
    assert paths(found) == [".kzn/a.md"]
    assert found.problems == (Problem(".kzn/locked", "cannot be read: Permission denied"),)


def test_what_is_kept_back_is_named_also_below_the_context_folder(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": ".kzn/\n*.log\n", ".kzn/.aiignore": "private/\n"})
    write(tmp_path, {".kzn/a.md": "A", ".kzn/b.log": "B", ".kzn/private/c.md": "C", ".kzn/tls.pem": "D"})
    found = gathered(tmp_path)
    assert paths(found) == [".kzn/a.md"]
    assert [str(problem) for problem in found.problems] == [
        ".kzn/b.log is ignored by .gitignore",
        ".kzn/private is ignored by .kzn/.aiignore",
        ".kzn/tls.pem never leaves this machine: it is named like a secret (*.pem)",
    ]


def test_links_are_followed_inside_the_workspace(tmp_path: Path) -> None:
    root = write(tmp_path / "root", {"docs/a.md": "A", "docs/.env": "S", "b.md": "B", ".env": "S", "c.log": "C"})
    write(tmp_path, {"elsewhere/x.md": "X", "root/.gitignore": "*.log\n", "root/.kzn/own.md": "O"})
    for name, target in (("docs", "../docs"), ("b.md", "../b.md"), ("innocent", "../.env"), ("log", "../c.log")):
        (root / ".kzn" / name).symlink_to(target)
    (root / ".kzn/x.md").symlink_to("../../elsewhere/x.md")
    (root / ".kzn/xs").symlink_to("../../elsewhere")
    found = gathered(root)
    assert paths(found) == [".kzn/b.md", ".kzn/docs/a.md", ".kzn/own.md"]
    assert [problem.path for problem in found.problems] == [".kzn/innocent", ".kzn/log", ".kzn/x.md"]
    assert found.problems[-1].sentence == "is a link that leads out of the workspace; 1 more likewise"


def test_links_out_of_the_workspace_are_followed_when_the_user_allows_it(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/x.md": "X", "elsewhere/id_rsa": "S", "root/.kzn/own.md": "O"})
    (tmp_path / "root/.kzn/xs").symlink_to("../../elsewhere")
    workspace = Workspace(tmp_path / "root", Context(project_dirs=(".kzn",)), follows_links_outside=True)
    found = project_files(workspace, Access())
    assert paths(found) == [".kzn/own.md", ".kzn/xs/x.md"]
    assert [problem.path for problem in found.problems] == [".kzn/xs/id_rsa"]


def test_what_git_ignores_elsewhere_is_not_let_in_with_the_context_folder(tmp_path: Path) -> None:
    """The pattern names the context folder too, and there it does not count."""
    write(tmp_path, {".gitignore": "*\n", ".kzn/a.md": "A", "private.md": "P"})
    (tmp_path / ".kzn/link.md").symlink_to("../private.md")
    assert paths(gathered(tmp_path)) == [".kzn/a.md"]


def test_the_context_folder_may_not_be_a_link_out_of_the_workspace(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/x.md": "X", "root/a": ""})
    (tmp_path / "root/.kzn").symlink_to("../elsewhere")
    assert gathered(tmp_path / "root") == Gathered(
        problems=(Problem(".kzn", "is a link that leads out of the workspace"),)
    )


def test_a_folder_elsewhere_that_the_user_has_named_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"shared/x.md": "X", "shared/.gitignore": "*.log", "shared/b.log": "B", "root/a": ""})
    found = gathered(tmp_path / "root", (str(tmp_path / "shared"),))
    assert paths(found) == [f"{tmp_path}/shared/x.md"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    write(tmp_path, {".kzn/a/x.md": "X", ".kzn/b/y.md": "Y"})
    for name, target in (("a/up", ".."), ("a/self", "."), ("a/b", "../b"), ("b/a", "../a"), ("loop", "loop")):
        (tmp_path / ".kzn" / name).symlink_to(target)
    (tmp_path / ".kzn/top").symlink_to("../..")
    found = gathered(tmp_path)
    assert sorted(re.sub(".*/", "", path) for path in paths(found)) == ["x.md", "y.md"]
    said = {problem.path: problem.sentence for problem in found.problems}
    assert said[".kzn/top"] == "is a link to a folder that it lies in; 2 more likewise"
    assert said[".kzn/loop"].startswith("cannot be read: ")


def test_the_workspace_as_a_link_in_its_own_context_folder(tmp_path: Path) -> None:
    write(tmp_path, {".kzn/a.md": "A", "b.md": "B"})
    (tmp_path / ".kzn/all").symlink_to("..")
    found = gathered(tmp_path)
    assert found.problems == (Problem(".kzn/all", "is a link to a folder that it lies in"),)
    assert paths(found) == [".kzn/a.md"]


def test_a_thousand_files_go_along_and_more_are_said(tmp_path: Path) -> None:
    write(tmp_path, {f".kzn/{number:04}.md": "x" for number in range(1000)})
    assert (len(gathered(tmp_path).items), gathered(tmp_path).problems) == (1000, ())
    write(tmp_path, {".kzn/1000.md": "x"})
    found = gathered(tmp_path)
    assert len(found.items) == 1000
    assert found.problems == (Problem(".kzn", "holds too much: only its first 1000 files were looked at"),)


def test_the_whole_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "MAX_CHARACTERS", 10)
    write(tmp_path, {f".kzn/{number}": "x" * 6 for number in range(4)})
    assert len(gathered(tmp_path).items) == 2
    assert len(gathered(tmp_path).problems) == 1


def test_an_open_file_counts_as_it_stands_in_the_editor(tmp_path: Path) -> None:
    write(tmp_path, {".kzn/a.md": "saved"})
    workspace = Workspace(tmp_path, Context(), {tmp_path / ".kzn/a.md": "typed"})
    assert project_files(workspace, Access()).items == (Item("project", ".kzn/a.md", "typed"),)


def test_what_has_not_changed_is_not_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".gitignore": ".kzn\n", ".kzn/a.md": "A", ".kzn/b.md": "B"})
    access, workspace = Access(), Workspace(tmp_path)
    first = project_files(workspace, access)
    monkeypatch.setattr("lsp_llm.context.files.read_bounded", None)
    monkeypatch.setattr("lsp_llm.context.ignoring.read_ignore_file", None)
    assert project_files(workspace, access) == first


def test_notes_come_as_they_are_named(tmp_path: Path) -> None:
    write(tmp_path, {"AGENTS.md": "agents", "docs/STYLE.md": "style", "EMPTY.md": "", "BIN.md": b"\0"})
    names = ("docs/STYLE.md", "MISSING.md", "AGENTS.md", "EMPTY.md", "BIN.md", "../x")
    found = project_notes(Workspace(tmp_path), Access(), names)
    assert found == Gathered(
        (Item("notes", "docs/STYLE.md", "style"), Item("notes", "AGENTS.md", "agents")),
        (Problem("BIN.md", "is binary (it has NUL bytes)"),),
    )
