"""What git tells of a workspace: its branch, its changes, its files; git is only asked, and given little time.

A cloned repository is somebody else's: programs that its configuration names (for differences, for watching files)
are not run, and no lock is taken that would get into the user's way.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from lsp_llm.context.access import View
from lsp_llm.context.base import Gathered, Item, Problem
from lsp_llm.context.files import MAX_FILE_BYTES

TIME_LIMIT_SECONDS = 5.0
MAX_DIFF_LINES = 4_000
MAX_DIFF_CHARACTERS = 400_000
MAX_DIFF_FILES = 200

_CUT = "[... the rest of the differences was cut ...]\n"
_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")
_DIFF_OPTIONS = (
    *("--no-ext-diff", "--no-textconv", "--no-renames", "--no-color", "--relative", "--ignore-submodules"),
    *("--unified=3", "--src-prefix=a/", "--dst-prefix=b/"),
)
# An editor that a git hook has started hands down where that git works, which may be another repository.
_INHERITED = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_EXTERNAL_DIFF"})


class GitFailed(Exception):
    """Git is not there, refuses, or hangs; `str(error)` reads on from the workspace's path."""


def git(root: Path, arguments: Sequence[str], time_limit_seconds: float = TIME_LIMIT_SECONDS) -> bytes:
    """What `git ARGUMENTS` prints in a folder. Raises GitFailed; blocks at most for the time limit."""
    environment = {name: value for name, value in os.environ.items() if name not in _INHERITED}
    environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        ended = subprocess.run(
            ["git", *_QUIET, *arguments],
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=time_limit_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GitFailed(f"git did not answer within {time_limit_seconds:g} s") from None
    except OSError as error:
        raise GitFailed(f"git cannot be run: {error.strerror or error}") from None
    if ended.returncode != 0:
        said = ended.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise GitFailed(f"git says: {said or f'exit code {ended.returncode}'}")
    return ended.stdout


def branch(root: Path) -> str | Problem:
    """The name of the branch; with none checked out, the short name of the commit."""
    try:
        # In this order: before the first commit there is a branch and no commit.
        try:
            return git(root, ("symbolic-ref", "--short", "HEAD")).decode("utf-8", "replace").strip()
        except GitFailed:
            return git(root, ("rev-parse", "--short", "HEAD")).decode("utf-8", "replace").strip()
    except GitFailed as error:
        return Problem(root.as_posix(), str(error))


def diff(view: View) -> Gathered:
    """Everything that differs from the last commit, staged or not, in files that may leave the machine."""
    root = view.workspace.root
    try:
        base = _base(root)
        chosen, problems = _chosen(view, _changed(root, base))
        text = _differences(root, base, chosen) if chosen else ""
    except GitFailed as error:
        return Gathered(problems=(Problem(root.as_posix(), str(error)),))
    if len(text) > MAX_DIFF_CHARACTERS:
        text = text[: text.rfind("\n", 0, MAX_DIFF_CHARACTERS) + 1] + _CUT
    return Gathered((Item("diff", "", text),) if text else (), tuple(problems))


def _base(root: Path) -> tuple[str, ...]:
    try:
        git(root, ("rev-parse", "--verify", "--quiet", "HEAD"))
    except GitFailed:
        # Before the first commit only what is staged differs from anything.
        return ("--cached",)
    return ("HEAD",)


def _changed(root: Path, base: Sequence[str]) -> list[tuple[int, str]]:
    """Changed lines and path of every file that differs; binary files count no lines and are left out."""
    printed = git(root, ("diff", *_DIFF_OPTIONS, "--numstat", "-z", *base)).decode("utf-8", "surrogateescape")
    found: list[tuple[int, str]] = []
    for entry in printed.split("\0"):
        added, _, rest = entry.partition("\t")
        removed, _, path = rest.partition("\t")
        if added.isdigit() and removed.isdigit():
            found.append((int(added) + int(removed), path))
    return found


def _chosen(view: View, changed: Sequence[tuple[int, str]]) -> tuple[list[str], list[Problem]]:
    """The files whose differences go along, small ones first when there is too much."""
    chosen: list[str] = []
    problems: list[Problem] = []
    spare = MAX_DIFF_LINES
    for lines, path in sorted(changed):
        if view.refusal(*view.place(path)) is not None:
            continue
        if lines > spare or len(chosen) == MAX_DIFF_FILES or _is_large(view.workspace.root / path):
            problems.append(Problem(path, f"has differences that are too long to go along ({lines} lines)"))
        else:
            chosen.append(path)
            spare -= lines
    return sorted(chosen), problems


def _differences(root: Path, base: Sequence[str], paths: Sequence[str]) -> str:
    named = [f":(literal){path}" for path in paths]
    return git(root, ("diff", *_DIFF_OPTIONS, *base, "--", *named)).decode("utf-8", "replace")


def _is_large(path: Path) -> bool:
    try:
        return path.lstat().st_size > MAX_FILE_BYTES
    except OSError:  # Deleted: what is gone is bounded by its lines.
        return False
