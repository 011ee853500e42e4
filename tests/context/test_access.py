from pathlib import Path

import pytest

from lsp_llm.config.settings import Context
from lsp_llm.context.access import Access
from lsp_llm.context.base import Problem, Workspace
from tests.context.folders import look, write

OUTSIDE = "lies outside the workspace"
LEADS_OUT = "is a link that leads out of the workspace"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, {"elsewhere/a.txt": "elsewhere", "elsewhere/.ssh/key": "secret"})
    return write(tmp_path / "root", {"src/a.txt": "text", ".env": "SECRET=1", ".gitignore": "*.log\n", "b.log": "log"})


def test_a_file_is_read_by_any_way_that_leads_to_it(root: Path) -> None:
    (root / "link").symlink_to("src")
    view = look(root)
    for path in ("src/a.txt", "./src/../src/a.txt", "link/a.txt", str(root / "src/a.txt")):
        assert view.read(path) == "text"


def test_the_workspace_itself_may_be_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    view = look(tmp_path / "alias")
    assert view.read("src/a.txt") == "text"
    assert isinstance(view.read("b.log"), Problem)


def test_a_file_may_be_named_by_where_it_is_in_truth(root: Path, tmp_path: Path) -> None:
    """As on macOS, where /tmp is a link: a program tells the true path, and a model repeats it."""
    (tmp_path / "alias").symlink_to(root)
    for opened, other in ((tmp_path / "alias", root), (root, tmp_path / "alias")):
        view = look(opened)
        assert view.read(f"{other}/src/a.txt") == "text"
        assert view.place(f"{other}/src/new.txt")[0] == f"{opened}/src/new.txt"
        assert view.read(f"{other}/b.log") == Problem("b.log", "is ignored by .gitignore")
        secret = view.read(f"{other}/.env")
        assert isinstance(secret, Problem)
        assert (secret.path, secret.sentence[:12]) == (".env", "never leaves")


def test_a_true_path_leads_out_as_little_as_any_other(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    (root / "out").symlink_to("../elsewhere")
    view = look(tmp_path / "alias")
    assert view.read(f"{root}/out/a.txt") == Problem("out/a.txt", LEADS_OUT)
    assert view.read(f"{root}/../elsewhere/a.txt") == Problem(f"{tmp_path}/elsewhere/a.txt", OUTSIDE)
    assert view.read(f"{root}2/a.txt") == Problem(f"{root}2/a.txt", OUTSIDE)


@pytest.mark.parametrize("path", ["../elsewhere/a.txt", "src/../../elsewhere/a.txt", "/etc/hosts", "../root2/a", ".."])
def test_nothing_outside_the_workspace_is_read(root: Path, path: str) -> None:
    (root.parent / "root2").mkdir()
    found = look(root).read(path)
    assert isinstance(found, Problem)
    assert found.sentence == OUTSIDE


def test_links_out_of_the_workspace_are_for_the_user_to_allow(root: Path) -> None:
    (root / "out").symlink_to("../elsewhere")
    path = "out/a.txt"
    assert look(root).read(path) == Problem("out/a.txt", LEADS_OUT)
    allowed = Access().look(Workspace(root, Context(), follows_links_outside=True))
    assert allowed.read(path) == "elsewhere"
    (root / "innocent").symlink_to("../elsewhere/.ssh/key")
    secret = allowed.read("innocent")
    assert isinstance(secret, Problem)
    assert secret.sentence.startswith("never leaves")


@pytest.mark.parametrize("target", [".env", "b.log"])
def test_a_link_with_a_harmless_name_hides_nothing(root: Path, target: str) -> None:
    (root / "notes.txt").symlink_to(target)
    (root / "src/up").symlink_to("..")
    view = look(root)
    for path in ("notes.txt", f"src/up/{target}", f"src/../{target}"):
        assert isinstance(view.read(path), Problem)


def test_a_link_is_also_judged_by_its_own_name(root: Path) -> None:
    (root / "a.log").symlink_to("src/a.txt")
    assert look(root).read("a.log") == Problem("a.log", "is ignored by .gitignore")


def test_two_dots_behind_a_link_mean_what_the_system_means(root: Path) -> None:
    """By name alone this would be `src/a.txt`."""
    (root / "deep").mkdir()
    (root / "deep/out").symlink_to("../../elsewhere/.ssh")
    found = look(root).read("deep/out/../a.txt")
    assert found == Problem("deep/a.txt", LEADS_OUT)


def test_an_open_document_counts_as_it_stands_in_the_editor(root: Path) -> None:
    (root / "link.txt").symlink_to("src/a.txt")
    view = look(root, {root / "src/a.txt": "typed", root / "new.txt": "unsaved", root / ".env": "S=2"})
    assert [view.read(path) for path in ("src/a.txt", "link.txt", "new.txt")] == ["typed", "typed", "unsaved"]
    assert isinstance(view.read(".env"), Problem)


def test_what_is_no_text_is_a_problem_with_its_path(root: Path) -> None:
    write(root, {"bin": b"\0"})
    assert look(root).read("bin") == Problem("bin", "is binary (it has NUL bytes)")


def test_a_new_look_sees_new_rules(root: Path) -> None:
    access, workspace = Access(), Workspace(root)
    assert access.look(workspace).read("src/a.txt") == "text"
    write(root, {".aiignore": "src/\n"})
    assert access.look(workspace).read("src/a.txt") == Problem("src/a.txt", "is ignored by .aiignore")
