"""Lists the files of a workspace that may leave the machine, by name; it opens none but ignore files.

Git is asked where the workspace is in a work tree: it knows its files without walking. Its rules hold as they are
there, so that a file which is tracked and ignored is listed (reading it is refused). Elsewhere the folders are walked.
Links to folders are listed as they stand and not followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from lsp_llm.context.access import View
from lsp_llm.context.base import Problem
from lsp_llm.context.git import GitFailed, git
from lsp_llm.context.gitignore import Pattern, parsed
from lsp_llm.context.ignore_files import AI, literals
from lsp_llm.context.ignoring import Ignoring

MAX_WALKED = 50_000

_LISTED = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate")


@dataclass(frozen=True, slots=True)
class Listing:
    """Paths relative to the workspace, with `/`, in order."""

    paths: tuple[str, ...]
    problems: tuple[Problem, ...] = ()


def list_files(view: View) -> Listing:
    """All files of the workspace that may go along, as they are now; blocks while git or the disk answers."""
    try:
        printed = git(view.workspace.root, _LISTED)
    except GitFailed:
        return _walked(view)
    try:
        names = printed.decode("utf-8")
    except UnicodeDecodeError:
        # A name that is no text can neither be mentioned nor sent.
        names = b"\0".join(name for name in printed.split(b"\0") if _is_text(name)).decode("utf-8")
    paths = names.removesuffix("\0").split("\0") if names else []
    hidden = _hidden(view.rules, paths)
    return Listing(tuple(sorted([path for path in paths if path not in hidden] if hidden else paths)))


def _hidden(rules: Ignoring, paths: Sequence[str]) -> set[str]:
    """Those that stay behind. Few names even look like it: one pass over all of them together finds those."""
    texts = literals([*rules.patterns, *_of_ignore_files(rules, paths)])
    looked_at = paths if texts is None else _with_any(paths, texts, f"\0/{rules.below_top}".casefold())
    return {path for path in looked_at if rules.refusal(f"{rules.root}/{path}") is not None}


def _of_ignore_files(rules: Ignoring, paths: Sequence[str]) -> Iterator[Pattern]:
    found = [path for path in paths if path.endswith(AI)] if AI in "\0".join(paths) else []
    for folder in {rules.root, *(f"{rules.root}/{path}".rpartition("/")[0] for path in found)}:
        for file in rules.ignore_files(folder):
            # A file that cannot be read hides everything; the pattern makes that be asked.
            yield from parsed("*") if file.fault else file.patterns


def _with_any(paths: Sequence[str], texts: Iterable[str], before: str) -> list[str]:
    """The paths with any of the texts; `before` stands before each where ignore files look at it."""
    names = f"{before}{before.join(paths)}\0".casefold()
    found: set[str] = set()
    for search in _searches(texts):
        for match in search.finditer(names):
            found.add(names[names.rfind("\0", 0, match.end()) + len(before) : names.find("\0", match.end())])
    return [path for path in paths if path.casefold() in found] if found else []


def _searches(texts: Iterable[str]) -> Iterator[re.Pattern[str]]:
    """One for each first character: with a common beginning a search is several times as fast as one over all."""
    for first, group in groupby(sorted(set(texts)), key=lambda text: text[0]):
        rests = [text[1:] for text in group]
        # A look at the second character spares most places the trial of every text.
        seconds = "".join({re.escape(rest[0]) for rest in rests if rest})
        peek = f"(?=[{seconds}])" if all(rests) else ""
        yield re.compile(f"{re.escape(first)}{peek}(?:{'|'.join(map(re.escape, rests))})")


def _walked(view: View) -> Listing:
    found: list[str] = []
    problems: list[Problem] = []
    waiting = [view.rules.root]
    while waiting and len(found) <= MAX_WALKED:
        folder = waiting.pop()
        try:
            with os.scandir(folder or "/") as entries:
                names = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            problems.append(Problem(_relative(view, folder), f"cannot be read: {error.strerror or error}"))
            continue
        for entry in names:
            path = f"{folder}/{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting += () if view.rules.folder_refusal(path) else (path,)
            elif _is_text(os.fsencode(entry.name)) and view.rules.refusal(path) is None:
                found.append(_relative(view, path))
    if len(found) > MAX_WALKED:
        problems.append(
            Problem(view.workspace.root.as_posix(), f"has more than {MAX_WALKED} files; not all are listed")
        )
    return Listing(tuple(sorted(found[:MAX_WALKED])), tuple(problems))


def _relative(view: View, path: str) -> str:
    return path.removeprefix(f"{view.rules.root}/")


def _is_text(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
