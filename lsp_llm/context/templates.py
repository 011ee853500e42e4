"""Reads prompt templates from folders and hands them on as name, text and stamp; it renders nothing. Blocking code.

A template's name is its path below its folder, with `/` on every system: `anthropic/fill_mode_user_prompt.xml.jinja`.
Folders are searched in order and the first file of a name wins, so that a project or a user replaces one file or adds
a family. An unreadable file is reported and the next folder's file of that name is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIX = ".jinja"


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One template as it was read; `stamp_ns` is the file's time of modification."""

    name: str
    text: str
    path: Path
    stamp_ns: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TemplateSet:
    """The templates in force, by name, and a sentence for each file that could not be read."""

    files: tuple[TemplateFile, ...]
    problems: tuple[str, ...] = ()

    def sources(self) -> dict[str, str]:
        """Template name to text, as a renderer takes it."""
        return {file.name: file.text for file in self.files}


class TemplateFolders:
    """Templates of several folders, most important first; `read` opens only what is new or changed."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._last = TemplateSet(())

    def read(self) -> TemplateSet:
        """What is in force now: the very same object as last time when nothing has changed (keep the renderer then)."""
        known = {file.path: file for file in self._last.files}
        files: dict[str, TemplateFile] = {}
        problems: list[str] = []
        for name, path in self._found():
            if name in files:
                continue
            try:
                files[name] = _read(name, path, known.get(path))
            except (OSError, UnicodeDecodeError) as error:
                problems.append(f"template {path} cannot be read: {error}")
        fresh = TemplateSet(tuple(files[name] for name in sorted(files)), tuple(problems))
        if fresh != self._last:
            self._last = fresh
        return self._last

    def _found(self) -> Iterator[tuple[str, Path]]:
        for folder in self._folders:
            for path in sorted(folder.rglob(f"*{SUFFIX}")):
                yield path.relative_to(folder).as_posix(), path


def built_in_folder() -> Path:
    """The folder that comes with the program: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def _read(name: str, path: Path, known: TemplateFile | None) -> TemplateFile:
    stat = path.stat()
    # The size too: some file systems stamp so coarsely that two quick saves look like one.
    if known and (known.stamp_ns, known.size_bytes) == (stat.st_mtime_ns, stat.st_size):
        return known
    # Windows editors begin UTF-8 files with a mark that is no part of the text.
    text = path.read_text(encoding="utf-8-sig")
    return TemplateFile(name, text, path, stat.st_mtime_ns, stat.st_size)
