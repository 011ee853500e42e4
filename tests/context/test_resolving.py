import os
from pathlib import Path

import pytest

from lsp_llm.context import resolving
from lsp_llm.context.base import Gathered
from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.context.resolving import Here, resolve_mentions
from tests.context.folders import look, run_git, work_tree, write

HERE = Here("src/a.py", "def main():\n    wrong\n", "python", (Diagnostic(16, 21, "error", "unknown"),))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, {"elsewhere/x.py": "X"})
    files = {"src/a.py": "A", "src/sub/b.py": "B", "my file.md": "M", "Makefile": "all:", ".env": "S", "empty": ""}
    return write(tmp_path / "root", files | {".gitignore": "*.log\n/out/\n", "c.log": "C", "out/d.py": "D"})


def resolved(root: Path, text: str) -> Gathered:
    return resolve_mentions(text, look(root), HERE)


def items(found: Gathered) -> list[tuple[str, str, str]]:
    assert found.problems == ()
    return [(item.kind, item.path, item.text) for item in found.items]


def problem(root: Path, text: str) -> str:
    """The only problem, where there is no item."""
    found = resolved(root, text)
    assert found.items == ()
    return "; ".join(map(str, found.problems))


def test_files_come_in_the_order_of_the_text_and_once(root: Path) -> None:
    assert items(resolved(root, 'like @Makefile and @"my file.md", not @./src/../Makefile.')) == [
        ("file", "Makefile", "all:"),
        ("file", "my file.md", "M"),
    ]


@pytest.mark.parametrize("mention", ["@src/", "@src", "@./src/"])
def test_a_folder_is_its_files(root: Path, mention: str) -> None:
    assert items(resolved(root, mention)) == [("file", "src/a.py", "A"), ("file", "src/sub/b.py", "B")]


def test_a_link_to_a_folder_is_the_files_of_that_folder(root: Path) -> None:
    (root / "link").symlink_to("src/sub")
    assert items(resolved(root, "@link/")) == [("file", "src/sub/b.py", "B")]


def test_a_folder_of_what_cannot_go_along_is_one_problem(root: Path) -> None:
    write(root, {f"bad/{number}": b"\0" for number in range(3)})
    assert problem(root, "@bad/") == "bad/0 is binary (it has NUL bytes); 2 more likewise"
    (root / "nothing").mkdir()
    assert problem(root, "@nothing/") == "nothing has no files that may go along"


def test_the_whole_workspace_is_what_may_go_along(root: Path) -> None:
    names = [".gitignore", "Makefile", "my file.md", "src/a.py", "src/sub/b.py"]
    assert [path for _, path, _ in items(resolved(root, "@./"))] == names
    run_git(root, "init", "--quiet")
    assert [path for _, path, _ in items(resolved(root, "@."))] == names


def test_an_open_document_counts_as_it_stands_in_the_editor(root: Path) -> None:
    view = look(root, {root / "src/a.py": "typed", root / "new.py": "unsaved"})
    found = resolve_mentions("@src/a.py @new.py", view, HERE)
    assert [item.text for item in found.items] == ["typed", "unsaved"]


def test_the_document_at_hand(root: Path) -> None:
    kinds = {kind: (path, text) for kind, path, text in items(resolved(root, "@buffer @diagnostics @symbols"))}
    assert kinds["buffer"] == ("src/a.py", HERE.text)
    assert kinds["symbols"] == ("src/a.py", "1: main")
    assert kinds["diagnostics"][1].startswith("src/a.py:2: error: unknown\n")


def test_without_a_document_or_with_an_empty_one(root: Path) -> None:
    found = resolve_mentions("@buffer @diff", look(root), None)
    assert str(found.problems[0]) == "@buffer means a document, and none is at hand"
    found = resolve_mentions("@buffer @diagnostics @symbols", look(root), Here("", ""))
    assert [problem.sentence for problem in found.problems] == ["finds nothing in this document"] * 3


def test_differences(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "one\n"})
    write(tmp_path, {"a.py": "ONE\n"})
    assert "+ONE" in items(resolved(tmp_path, "review @diff"))[0][2]


@pytest.mark.parametrize(
    ("mention", "said"),
    [
        ("@.env", "never leaves this machine"),
        ("@src/../.env", "never leaves this machine"),
        ("@c.log", "is ignored by .gitignore"),
        ("@out/", "is ignored by .gitignore"),
        ("@out/d.py", "is ignored by .gitignore"),
        ("@../elsewhere/x.py", "lies outside the workspace"),
        ("@../elsewhere/", "lies outside the workspace"),
        ("@..", "lies outside the workspace"),
        ("@/etc/hosts", "lies outside the workspace"),
        ("@empty", "is empty"),
        ("@link", "leads out of the workspace"),
        ("@innocent", "never leaves this machine"),
        ("@to_out", "is ignored by .gitignore"),
    ],
)
def test_what_is_kept_back_cannot_be_mentioned(root: Path, mention: str, said: str) -> None:
    for name, target in (("link", "../elsewhere"), ("innocent", ".env"), ("to_out", "out")):
        (root / name).symlink_to(target)
    assert said in problem(root, f"look at {mention} please")


@pytest.mark.parametrize(
    ("mention", "near"),
    [
        ("@src/aa.py", "src/a.py"),
        ("@b.py", "src/sub/b.py"),
        ("@lib/b.py", "src/sub/b.py"),
        ("@makefil", "Makefile"),
        ('@"my flie.md"', "my file.md"),
    ],
)
def test_a_name_that_is_nearly_right_is_mended_by_the_user(root: Path, mention: str, near: str) -> None:
    path = mention.strip('@"')
    assert problem(root, mention) == f'{path} names no file of the workspace; did you mean "{near}"?'


def test_a_path_to_nowhere_is_named(root: Path) -> None:
    assert problem(root, "@quite/unknown.zzz") == "quite/unknown.zzz names no file of the workspace"


def test_secrets_are_not_given_as_the_nearest_name(root: Path) -> None:
    assert problem(root, "@.envv") == ".envv names no file of the workspace"


@pytest.mark.parametrize(
    "text", ["add @override there", "ask @anna", "`@property`", "```\n@pytest.fixture\n@src/x.py\n```"]
)
def test_what_was_not_meant_as_a_path_is_nothing(root: Path, text: str) -> None:
    assert resolved(root, text) == Gathered()


def test_a_file_in_code_is_a_file(root: Path) -> None:
    assert items(resolved(root, "as in `@Makefile`")) == [("file", "Makefile", "all:")]


def test_bad_files_are_named_and_the_rest_goes_on(root: Path) -> None:
    write(root, {"bad/nul": b"\0", "bad/latin": b"\xe9", "bad/z.md": "Z"})
    with (root / "bad/huge").open("wb") as file:
        file.truncate(1024**3)
    (root / "bad/loop").symlink_to("loop")
    found = resolved(root, "@bad/")
    assert [item.path for item in found.items] == ["bad/z.md"]
    assert [problem.path for problem in found.problems] == ["bad/huge", "bad/latin", "bad/loop", "bad/nul"]


def test_a_thousand_files_are_bounded_and_said(root: Path) -> None:
    write(root, {f"many/{number:04}": "x" for number in range(1000)})
    found = resolved(root, "@many/")
    assert len(found.items) == resolving.MAX_FOLDER_FILES
    assert [str(problem) for problem in found.problems] == ["many holds 1000 files; only the first 200 were looked at"]


@pytest.mark.parametrize(
    "mention", [f"@/{'a' * 5000}", f"@{'a/' * 3000}", "@/\ud800", "@a\0b.py", '@"\ud800"', "@~x/y"]
)
def test_no_mention_is_too_strange(root: Path, mention: str) -> None:
    assert resolved(root, mention).items == ()


def test_files_are_listed_at_most_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed = []
    listing = resolving.list_files
    monkeypatch.setattr(resolving, "list_files", lambda view: (listed.append(view), listing(view))[1])
    resolved(root, "@src/ @mkfile @src/sub/ @x.y")
    resolved(root, "@Makefile `@property`")
    assert len(listed) == 1


@pytest.mark.skipif(os.sep != "\\", reason="the separator of Windows")
def test_the_separator_of_windows(root: Path) -> None:
    assert items(resolved(root, "@src\\a.py")) == [("file", "src/a.py", "A")]
