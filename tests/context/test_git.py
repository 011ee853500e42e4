import os
from pathlib import Path

import pytest

from lsp_llm.context import git as git_module
from lsp_llm.context.base import Gathered, Item, Problem
from lsp_llm.context.git import GitFailed, branch, diff, git
from tests.context.folders import look, run_git, work_tree, write


def differences(root: Path) -> str:
    found = diff(look(root))
    assert found.problems == ()
    return "".join(item.text for item in found.items)


def test_staged_and_unstaged_changes_come_together(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "one\n", "b.py": "two\n", "c.py": "same\n", "gone.py": "gone\n"})
    write(tmp_path, {"a.py": "ONE\n", "b.py": "TWO\n", "d ü.py": "new\n", "untracked.py": "x\n"})
    (tmp_path / "gone.py").unlink()
    run_git(tmp_path, "add", "a.py", "d ü.py")
    lines = differences(tmp_path).splitlines()
    changed = {line for line in lines if line[:1] in {"+", "-"} and line[:3] not in {"+++", "---"}}
    assert changed == {"-one", "+ONE", "-two", "+TWO", "-gone", "+new"}
    assert "+++ b/d ü.py" in [line.rstrip("\t") for line in lines]


def test_nothing_changed_is_nothing_to_say(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "one\n"})
    assert diff(look(tmp_path)) == Gathered()


def test_before_the_first_commit_what_is_staged_counts(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "one\n", "b.py": "two\n"})
    run_git(tmp_path, "init", "--quiet")
    run_git(tmp_path, "add", "a.py")
    assert "+one" in differences(tmp_path)
    assert "two" not in differences(tmp_path)


def test_a_workspace_below_the_top_has_its_own_changes(tmp_path: Path) -> None:
    work_tree(tmp_path, {"part/a.py": "one\n", "other/b.py": "two\n"})
    write(tmp_path, {"part/a.py": "ONE\n", "other/b.py": "TWO\n"})
    text = differences(tmp_path / "part")
    assert "--- a/a.py" in text
    assert "TWO" not in text


def test_what_is_kept_back_is_kept_out_of_differences(tmp_path: Path) -> None:
    work_tree(tmp_path, dict.fromkeys((".env", "a.py", "b.log", "deep/tls.pem", ":odd", "*.py"), "old\n"))
    write(tmp_path, {name: f"new in {name}\n" for name in (".env", "a.py", "b.log", "deep/tls.pem", ":odd", "*.py")})
    write(tmp_path, {".gitignore": "*.log\n"})
    added = [line for line in differences(tmp_path).splitlines() if line.startswith("+new")]
    assert added == ["+new in *.py", "+new in :odd", "+new in a.py"]


def test_a_long_difference_is_named_and_the_others_go_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "MAX_DIFF_LINES", 10)
    work_tree(tmp_path, {"a.py": "one\n", "big.py": "", "bin": b"\0"})
    write(tmp_path, {"a.py": "ONE\n", "big.py": "x\n" * 20, "bin": b"\0\1"})
    found = diff(look(tmp_path))
    assert "+ONE" in found.items[0].text
    assert "big.py" not in found.items[0].text
    assert found.problems == (Problem("big.py", "has differences that are too long to go along (20 lines)"),)


def test_a_difference_of_long_lines_is_cut_with_a_mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "MAX_DIFF_CHARACTERS", 300)
    work_tree(tmp_path, {"a.py": ""})
    write(tmp_path, {"a.py": f"{'x' * 90}\n" * 10})
    text = differences(tmp_path)
    assert text.endswith(f"+{'x' * 90}\n[... the rest of the differences was cut ...]\n")
    assert len(text) < 400


def test_a_huge_file_is_not_compared(tmp_path: Path) -> None:
    work_tree(tmp_path, {"one_line.js": "a\n", "b.py": "one\n"})
    write(tmp_path, {"one_line.js": "x" * 2_000_000, "b.py": "ONE\n"})
    found = diff(look(tmp_path))
    assert "+ONE" in found.items[0].text
    assert [problem.path for problem in found.problems] == ["one_line.js"]


def test_programs_that_a_repository_names_are_not_run(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "one\n", ".gitattributes": "*.py diff=mine\n"})
    write(tmp_path, {"a.py": "ONE\n"})
    for name in ("diff.external", "diff.mine.textconv", "diff.mine.command", "core.fsmonitor"):
        run_git(tmp_path, "config", name, f"touch {tmp_path}/was_run; cat")
    assert "+ONE" in differences(tmp_path)
    git(tmp_path, ("ls-files", "--others"))
    assert not (tmp_path / "was_run").exists()


def test_the_users_own_way_of_showing_differences_does_not_count(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "one\n"})
    write(tmp_path, {"a.py": "ONE\n"})
    plain = differences(tmp_path)
    for name, value in (
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("diff.noprefix", "true"),
        ("diff.context", "0"),
    ):
        run_git(tmp_path, "config", name, value)
    assert differences(tmp_path) == plain


def test_the_branch_or_the_commit(tmp_path: Path) -> None:
    run_git(tmp_path, "init", "--quiet")
    assert branch(tmp_path) == "main"
    work_tree(tmp_path, {"a.py": "one\n"})
    run_git(tmp_path, "checkout", "--quiet", "-b", "topic/one")
    assert branch(tmp_path) == "topic/one"
    run_git(tmp_path, "checkout", "--quiet", "--detach")
    assert branch(tmp_path) == run_git(tmp_path, "rev-parse", "--short", "HEAD").strip()


def test_where_no_git_is_there_are_problems(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (no_tree,) = diff(look(tmp_path)).problems
    assert no_tree.sentence.startswith("git says: ")
    assert isinstance(branch(tmp_path), Problem)
    monkeypatch.setenv("PATH", str(tmp_path))
    (no_program,) = diff(look(tmp_path)).problems
    assert no_program.sentence == "git cannot be run: No such file or directory"
    assert branch(tmp_path) == no_program


@pytest.mark.skipif(os.name != "posix", reason="the program that hangs is a shell script")
def test_a_git_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"bin/git": "#!/bin/sh\nexec sleep 60\n"})
    (tmp_path / "bin/git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(GitFailed, match=r"did not answer within 0\.05 s"):
        git(tmp_path, ("status",), time_limit_seconds=0.05)


def test_the_repository_of_a_hook_that_started_the_editor_is_not_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_tree(tmp_path / "mine", {"a.py": "one\n"})
    work_tree(tmp_path / "other", {"b.py": "one\n"})
    write(tmp_path / "mine", {"a.py": "ONE\n"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    assert "+ONE" in differences(tmp_path / "mine")


def test_the_item_is_a_difference(tmp_path: Path) -> None:
    work_tree(tmp_path, {"a.py": "one\n"})
    write(tmp_path, {"a.py": "ONE\n"})
    (item,) = diff(look(tmp_path)).items
    assert item == Item("diff", "", item.text)
