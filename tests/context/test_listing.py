import os
from pathlib import Path

import pytest

from lsp_llm.context import listing
from lsp_llm.context.listing import list_files
from tests.context.folders import look, run_git, work_tree, write

FILES = {
    "a.py": "",
    "src/b ü.py": "",
    "src/.hidden": "",
    ".env": "",
    "keys/server.PEM": "",
    "keys/pem.txt": "",
    ".github/ci.yml": "",
    "built/out.js": "",
    "src/built/out.js": "",
    "notes/private.txt": "",
    "notes/public.txt": "",
    ".gitignore": "/built/\n",
    "notes/.aiignore": "private.*\n",
}
LISTED = (".github/ci.yml", ".gitignore", "a.py", "keys/pem.txt", "notes/.aiignore", "notes/public.txt")
LISTED = (*LISTED, "src/.hidden", "src/b ü.py", "src/built/out.js")


def paths(root: Path, ignore: tuple[str, ...] = ()) -> tuple[str, ...]:
    found = list_files(look(root, ignore=ignore))
    assert found.problems == ()
    return found.paths


def test_git_and_a_walk_list_the_same(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert paths(tmp_path) == LISTED
    run_git(tmp_path, "init", "--quiet")
    assert paths(tmp_path) == LISTED
    run_git(tmp_path, "add", "--all")
    assert paths(tmp_path) == LISTED


def test_tracked_secrets_are_not_listed(tmp_path: Path) -> None:
    """Git lists what it tracks, ignored or not."""
    work_tree(tmp_path, FILES)
    assert set(paths(tmp_path)) == {*LISTED, "built/out.js"}


@pytest.mark.parametrize(
    ("patterns", "hidden"),
    [
        (("src",), {"src/.hidden", "src/b ü.py", "src/built/out.js"}),
        (("/built/", "*.TXT"), set()),
        (("[a]*.py", "*.y?l"), {"a.py", ".github/ci.yml"}),
        (("*",), set(LISTED)),
        (("!a.py",), set()),
    ],
)
def test_the_setting_hides(tmp_path: Path, patterns: tuple[str, ...], hidden: set[str]) -> None:
    write(tmp_path, FILES)
    walked = paths(tmp_path, patterns)
    run_git(tmp_path, "init", "--quiet")
    assert paths(tmp_path, patterns) == walked
    assert set(walked) == set(LISTED) - hidden


def test_a_part_of_a_work_tree_is_listed_from_its_own_root(tmp_path: Path) -> None:
    work_tree(tmp_path, FILES)
    write(tmp_path, {"Straße/a.py": "", "Straße/hidden/b.py": "", ".aiignore": "/Straße/hidden\n/src/.hidden\n"})
    assert paths(tmp_path / "src") == ("b ü.py", "built/out.js")
    assert paths(tmp_path / "Straße") == ("a.py",)


def test_an_ignore_file_that_cannot_be_read_hides_its_folder(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "", "notes/.aiignore": "x" * (1024 * 1024 + 1), "notes/b.py": ""})
    assert paths(tmp_path) == ("a.py",)


def test_names_with_line_ends_and_names_that_are_no_text(tmp_path: Path) -> None:
    write(tmp_path, {"two\nlines": "", "a.py": ""})
    (tmp_path / os.fsdecode(b"caf\xe9")).touch()
    walked = paths(tmp_path)
    run_git(tmp_path, "init", "--quiet")
    assert paths(tmp_path) == walked == ("a.py", "two\nlines")


def test_links_in_circles_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a/b.py": ""})
    (tmp_path / "a/up").symlink_to("..")
    walked = paths(tmp_path)
    run_git(tmp_path, "init", "--quiet")
    assert paths(tmp_path) == walked == ("a/b.py", "a/up")


def test_a_walk_is_bounded_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MAX_WALKED", 3)
    write(tmp_path, {f"{number}.py": "" for number in range(5)})
    found = list_files(look(tmp_path))
    assert len(found.paths) == 3
    assert [problem.sentence for problem in found.problems] == ["has more than 3 files; not all are listed"]


def test_a_folder_that_cannot_be_listed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.py": "", "locked/b.py": ""})
    scan = os.scandir

    def refuse(path: str) -> object:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = list_files(look(tmp_path))
    assert found.paths == ("a.py",)
    assert [str(problem) for problem in found.problems] == ["locked cannot be read: Permission denied"]
