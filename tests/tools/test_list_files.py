from pathlib import Path

import pytest

from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.list_files import LIST_FILES, MAX_PATHS, matching
from tests.context.folders import work_tree, write
from tests.tools.worlds import run, world

FILES = {"a.py": "", "src/b.py": "", "src/deep/c.py": "", "docs/d.md": "", "!e": "", "#f": ""}


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("", set(FILES)),
        ("**", set(FILES)),
        ("*.py", {"a.py", "src/b.py", "src/deep/c.py"}),
        ("src/*.py", {"src/b.py"}),
        ("./src/**/*.py", {"src/b.py", "src/deep/c.py"}),
        ("src/", {"src/b.py", "src/deep/c.py"}),
        ("/a.py", {"a.py"}),
        ("!e", {"!e"}),
        ("#f", {"#f"}),
        ("../*", set()),
    ],
)
def test_a_glob_reads_like_a_line_of_gitignore(glob: str, names: set[str]) -> None:
    assert set(matching(list(FILES), glob)) == names


def test_a_glob_that_is_none_is_told() -> None:
    with pytest.raises(ToolFailed, match="cannot match"):
        matching(["a"], "[a")


async def test_ignored_files_are_left_out_tracked_or_not(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "", ".gitignore": "*.log\n", "tracked.log": "", ".env": "", "x.pem": ""})
    write(tmp_path, {"new.py": "", "new.log": ""})
    assert await run(LIST_FILES, "{}", world(tmp_path)) == ".gitignore\na.py\nnew.py"


async def test_many_are_bounded_and_none_is_said(tmp_path: Path) -> None:
    write(tmp_path, {f"{number:04}.txt": "" for number in range(MAX_PATHS + 7)})
    lines = (await run(LIST_FILES, '{"glob": "*.txt"}', world(tmp_path))).split("\n")
    assert len(lines) == MAX_PATHS + 1
    assert lines[-1] == "[... 7 more; narrow the glob ...]"
    assert await run(LIST_FILES, '{"glob": "*.rs"}', world(tmp_path)) == "No file matches."


async def test_links_to_folders_elsewhere_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"outside/secret.txt": "", "work/a.txt": ""})
    (tmp_path / "work/out").symlink_to(tmp_path / "outside")
    assert "secret" not in await run(LIST_FILES, "{}", world(tmp_path / "work"))
