"""Reads the ignore files of one folder (.gitignore, .aiignore) and asks their patterns; it never walks a tree.

A file that cannot be read hides its whole folder: what the
user wanted to keep back is unknown then, and must not leave the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsp_llm.context.files import Stamp, Unusable, read_bounded, stamp
from lsp_llm.context.gitignore import Pattern, hides, parsed, verdict

GIT, AI = ".gitignore", ".aiignore"


@dataclass(frozen=True, slots=True)
class IgnoreFile:
    """The patterns of one file; `folder` is where they count from, absolute, with `/`."""

    path: str
    folder: str
    stamp: Stamp | None = None
    patterns: tuple[Pattern, ...] = ()
    fault: str = ""

    def says(self, path: str) -> bool | None:
        """Whether an absolute path below the folder is ignored; None when no pattern speaks of it.

        The path of a folder ends in `/`.
        """
        return True if self.fault else verdict(self.patterns, path[len(self.folder) + 1 :])

    def is_current(self) -> bool:
        """Whether the file on the disk is the one that was read."""
        return _stamp_of(self.path) == self.stamp


def read_ignore_file(path: str, folder: str, named: str) -> IgnoreFile:
    """The file as it is now, without the patterns that name the folder `named` or one around it."""
    now = _stamp_of(path)
    if now is None:
        return IgnoreFile(path, folder)
    try:
        content = read_bounded(path)
    except OSError as error:
        content = Unusable(f"cannot be read: {error.strerror or error}")
    if isinstance(content, Unusable):
        return IgnoreFile(path, folder, now, fault=content.sentence)
    # Git takes names as bytes; what is no UTF-8 stays comparable this way.
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    patterns = parsed(line.removesuffix("\r") for line in text.split("\n"))
    if named.startswith(f"{folder}/"):
        inside = named[len(folder) + 1 :] + "/"
        patterns = tuple(pattern for pattern in patterns if not hides(pattern, inside))
    return IgnoreFile(path, folder, now, patterns)


def literals(patterns: Sequence[Pattern]) -> tuple[str, ...] | None:
    """For each pattern a text that is in `/` + every path that it ignores, case folded; None when one has no such text.

    With it thousands of paths are looked through at once, and only the few that have the text are asked about.
    """
    found = tuple(_literal(pattern.text) for pattern in patterns if not pattern.takes_back)
    return None if "" in found else found


def _literal(pattern: str) -> str:
    # What stands behind a class or an escape needs git's own parser; what stands before it is plain.
    plain = pattern.partition("[")[0].partition("\\")[0].rstrip().removesuffix("/")
    begins_a_name = not plain.startswith(("*", "?", "/"))
    pieces = f"{'/' if begins_a_name else ''}{plain}".replace("?", "*").split("*")
    longest = max(pieces, key=len).casefold()
    return longest if longest != "/" else ""


def _stamp_of(path: str) -> Stamp | None:
    try:
        return stamp(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:  # It is there and cannot be looked at: never current, so that it is tried again each time.
        return (-1, -1, -1, -1)
