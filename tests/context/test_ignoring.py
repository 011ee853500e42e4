import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsp_llm.context.ignoring import SECRETS, Ignoring
from tests.context.folders import run_git, write

TREE = (
    "a.txt",
    "b.log",
    "build/a.txt",
    "build/keep.txt",
    "src/a.txt",
    "src/b.log",
    "src/build/b.log",
    "src/deep/er/a.txt",
    "src/deep/er/b.log",
    "src/with blank.txt",
)
PATTERNS = st.sampled_from(
    [
        "*",
        "*.log",
        "!*.log",
        "*.txt",
        "!keep.txt",
        "/a.txt",
        "a.txt",
        "build/",
        "!build/",
        "build/*",
        "!build/keep.txt",
        "src",
        "/src/*",
        "!/src/deep",
        "src/**/b.log",
        "**/er",
        "deep/er/",
        "d??p",
        "[ab].txt",
        "with\\ blank.txt",
        "# comment",
        "",
        "!",
        "\\!x",
        "  ",
        "a.txt  ",
        "[",
    ]
)
IGNORE_FILES = st.dictionaries(
    st.sampled_from(["", "src/", "build/", "src/deep/", "src/deep/er/"]), st.lists(PATTERNS, max_size=4), max_size=3
)


def refused(root: Path, paths: tuple[str, ...] = TREE, patterns: tuple[str, ...] = ()) -> set[str]:
    rules = Ignoring(root, patterns)
    return {path for path in paths if rules.refusal(f"{root}/{path}")}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write(tmp_path_factory.mktemp("tree"), dict.fromkeys(TREE, "x"))
    run_git(root, "init", "--quiet")
    return root


@given(IGNORE_FILES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_git_ignores_the_same(tree: Path, ignore_files: dict[str, list[str]]) -> None:
    for file in tree.rglob(".gitignore"):
        file.unlink()
    write(tree, {f"{folder}.gitignore": "\n".join(lines) + "\n" for folder, lines in ignore_files.items()})
    asked = subprocess.run(
        ["git", "check-ignore", "--no-index", "--stdin", "-z"],
        cwd=tree,
        input="\0".join(TREE),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refused(tree) == set(filter(None, asked.stdout.split("\0")))


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".env.production",
        "deploy/.ENV",
        "prod.env",
        "server.PEM",
        "id_rsa",
        "id_ed25519.pub",
        "a/tls.key",
        "a/store.p12",
        "a/store.pfx",
        ".git/config",
        "sub/.git/hooks/pre-commit",
        ".ssh/known_hosts",
        "home/.aws/credentials",
        ".netrc",
    ],
)
def test_secrets_never_leave(tmp_path: Path, path: str) -> None:
    """Not even when a .gitignore takes them back."""
    write(tmp_path, {".gitignore": "!*", ".aiignore": "!*\n!.env"})
    said = Ignoring(tmp_path, ("!*", "!.env")).refusal(f"{tmp_path}/{path}")
    assert said is not None
    assert said.startswith("never leaves this machine")


@pytest.mark.parametrize("path", ["environment.py", "src/keys.py", "monkey", "pem.txt", ".github/workflows/ci.yml"])
def test_names_that_only_look_a_little_like_secrets_may_go(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path, (path,)) == set()


def test_each_secret_is_a_name_without_a_folder() -> None:
    """They are compared with one name of the path at a time."""
    assert [pattern for pattern in SECRETS if "/" in pattern or pattern != pattern.casefold()] == []


def test_the_setting_counts_from_the_workspace_and_takes_nothing_back(tmp_path: Path) -> None:
    assert refused(tmp_path, TREE, ("/src", "*.txt", "!a.txt")) == set(TREE) - {"b.log"}


def test_the_reason_is_said(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.log\n", "src/.aiignore": "deep/\n"})
    rules = Ignoring(tmp_path, ("build",))
    assert rules.refusal(f"{tmp_path}/b.log") == "is ignored by .gitignore"
    assert rules.refusal(f"{tmp_path}/src/deep/er/a.txt") == "is ignored by src/.aiignore"
    assert rules.refusal(f"{tmp_path}/build/a.txt") == "is ignored by the setting context.ignore"
    assert rules.refusal(f"{tmp_path}/x/id_rsa") == "never leaves this machine: it is named like a secret (id_rsa*)"
    assert rules.folder_refusal(f"{tmp_path}/src/deep") == "is ignored by src/.aiignore"
    assert rules.refusal(f"{tmp_path}/src/a.txt") is None


def test_either_kind_of_ignore_file_suffices(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "*.log\n!a.txt\n", ".aiignore": "!*.log\na.txt\n"})
    assert refused(tmp_path, ("a.txt", "b.log", "c")) == {"a.txt", "b.log"}


def test_ignore_files_hold_up_to_the_top_of_the_work_tree(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": "outer\n", "repo/.gitignore": "*.log\n", "repo/.aiignore": "notes\n"})
    write(tmp_path, {"repo/.git/info/exclude": "mine.txt\n", "repo/part/.gitignore": "!b.log\n"})
    root = tmp_path / "repo/part"
    assert refused(root, ("a.log", "b.log", "outer", "notes", "mine.txt")) == {"a.log", "notes", "mine.txt"}


def test_a_workspace_that_is_itself_ignored_was_opened_on_purpose(tmp_path: Path) -> None:
    """Who keeps the home folder in git ignores everything there."""
    write(tmp_path, {".git/HEAD": "", ".gitignore": "*\n*.log\n"})
    assert refused(tmp_path / "project", ("a.txt", "b.log", "src/a.txt")) == {"b.log"}


def test_the_context_folder_is_found_though_it_is_ignored(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": ".lsp-llm/\n*.log\n", ".lsp-llm/context/.aiignore": "private\n"})
    root = tmp_path.as_posix()
    context = tmp_path / ".lsp-llm/context"
    rules = Ignoring(tmp_path, ("*.secret",), context)
    assert rules.folder_refusal(context.as_posix()) is None
    refusals = {
        name: rules.refusal(f"{root}/.lsp-llm/context/{name}")
        for name in ("a.md", "b.log", "private/c.md", "d.secret", ".env")
    }
    assert [name for name, said in refusals.items() if said is None] == ["a.md"]
    assert Ignoring(tmp_path, ()).refusal(f"{root}/.lsp-llm/context/a.md") == "is ignored by .gitignore"


def test_the_setting_may_name_the_context_folder(tmp_path: Path) -> None:
    rules = Ignoring(tmp_path, (".kzn",), tmp_path / ".kzn")
    assert rules.refusal(f"{tmp_path}/.kzn/a.md") == "is ignored by the setting context.ignore"


@pytest.mark.parametrize("content", [None, b"x" * (1024 * 1024 + 1)])
def test_an_ignore_file_that_cannot_be_read_hides_its_folder(tmp_path: Path, content: bytes | None) -> None:
    write(tmp_path, {"src/.gitignore": content} if content else {"src/.gitignore/a": "a folder is no file"})
    assert refused(tmp_path, ("a.txt", "src/a.txt", "src/deep/b.txt")) == {"src/a.txt", "src/deep/b.txt"}


def test_names_and_patterns_need_not_be_utf_8(tmp_path: Path) -> None:
    write(tmp_path, {".gitignore": b"caf\xe9\n"})
    assert refused(tmp_path, (os.fsdecode(b"caf\xe9"), "café")) == {os.fsdecode(b"caf\xe9")}


def test_changed_ignore_files_hold_from_the_next_beginning_on(tmp_path: Path) -> None:
    write(tmp_path, {"src/a.txt": ""})
    rules = Ignoring(tmp_path, ())
    path = f"{tmp_path}/src/a.txt"
    for content in ("a.txt\n", "", "/src/a.txt\n"):
        assert rules.refusal(path) is None
        write(tmp_path, {".aiignore": content} if content else {"src/.gitignore": "# nothing here\n"})
        assert rules.refusal(path) is None
        rules.begin()
        assert (rules.refusal(path) is not None) == bool(content)
        (tmp_path / ".aiignore").unlink(missing_ok=True)
        rules.begin()


def test_warm_rules_read_nothing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {".gitignore": "*.log\n", "src/.aiignore": "x\n"})
    rules = Ignoring(tmp_path, ())
    paths = [f"{tmp_path}/{name}" for name in TREE]
    first = [rules.refusal(path) for path in paths]
    monkeypatch.setattr("lsp_llm.context.ignoring.read_ignore_file", None)
    rules.begin()
    assert [rules.refusal(path) for path in paths] == first


def test_outside_the_workspace_the_names_of_secrets_are_known(tmp_path: Path) -> None:
    rules = Ignoring(tmp_path, ())
    assert rules.secret("/home/anna/.ssh/config") is not None
    assert rules.secret("/home/anna/notes.md") is None
