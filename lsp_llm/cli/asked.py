"""What a call of the program asks: a place in a text, the words, the preset; it sends nothing and writes nothing."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.app.shared import PromptFolders
from lsp_llm.commands.job import Job, Surroundings
from lsp_llm.commands.prompting import Prompting
from lsp_llm.config.settings import Settings
from lsp_llm.context.language import known_id
from lsp_llm.context.library import LibraryByRoot
from lsp_llm.errors import UserError
from lsp_llm.providers.local import MODEL_VARIABLE
from lsp_llm.providers.provider_table import LOCAL
from lsp_llm.providers.registry import choose_preset, resolve
from lsp_llm.text.document import Document


@dataclass(frozen=True, slots=True)
class Place:
    """A range of a text; `path` is what the text is called, and absolute where it is a file."""

    text: str
    start: int
    end: int
    path: str


class Prompts:
    """The templates and the library in force here."""

    def __init__(self) -> None:
        folders = PromptFolders()
        self._library = LibraryByRoot(folders.prompts)
        self.prompting = Prompting(folders.templates, self._library.read)

    def job(self, options: argparse.Namespace, settings: Settings, place: Place) -> Job:
        """The job for a place, in which a prompt of the library has its say; raises UserError for an unknown preset."""
        project = _project(place)
        prompt = self._library.read(project).find(options.action)
        inserts = place.start == place.end or (prompt is not None and prompt.kind == "yap")
        preset = options.preset or (prompt.preset if prompt else "") or choose_preset(settings, os.environ)[0]
        resolve(settings, preset)
        return Job(
            kind="yap" if inserts else "replace",
            text=place.text,
            start=place.end if inserts else place.start,
            end=place.end,
            path=place.path,
            language_id=known_id("", place.path),
            line_end=Document(place.text).line_end,
            query=options.prompt,
            preset=preset,
            action=options.action,
            around=Surroundings(project),
        )

    def fill(self, options: argparse.Namespace, settings: Settings, place: Place) -> Job:
        """The job to do now, for a model; what begins a chat is refused. Raises UserError."""
        prompt = self._library.read(_project(place)).find(options.action)
        if prompt is not None and prompt.kind == "chat":
            raise UserError(f'the prompt "{prompt.id}" begins a chat: run it in an editor, or say --prompt TEXT')
        job = self.job(options, settings, place)
        if not options.preset:
            _check_model(settings, job.preset)
        return job


def _check_model(settings: Settings, preset: str) -> None:
    """Raises UserError where a fixed text would be recited: nobody asked for that, and here nobody sees it first."""
    resolved = resolve(settings, preset)
    provider = resolved.provider
    if resolved.provider_name == LOCAL and not (provider.base_url or provider.model or os.environ.get(MODEL_VARIABLE)):
        reason = choose_preset(settings, os.environ)[1]
        raise UserError(f"there is no model: {reason}; lsp-llm doctor says what is missing")


def _project(place: Place) -> Path | None:
    """The folder that the program is called in, for a file below it and for a text that lies nowhere."""
    path, here = Path(place.path), Path.cwd()
    return here if not path.is_absolute() or path.is_relative_to(here) else None


def place_in(file: Path, text: str, lines: str) -> Place:
    """The lines of a file that `--lines` names; raises UserError."""
    start, end = _offsets(Document(text), lines)
    # As an editor names it: links are not followed.
    return Place(text, start, end, os.path.abspath(file))  # noqa: PTH100


def _offsets(document: Document, lines: str) -> tuple[int, int]:
    """Whole lines, the place behind one, or, where none are named, all."""
    if not lines:
        return 0, document.length
    first, colon, last = lines.partition(":")
    if not first.isdecimal() or (colon and not last.isdecimal()) or not 1 <= int(first) <= int(last or first):
        raise UserError(f"--lines: {lines} is neither a line nor two with a colon between, counted from 1")
    if int(last or first) > len(document.lines):
        raise UserError(f"--lines: {lines} is beyond the last line, which is {len(document.lines)}")
    if not colon:
        end = document.offset(int(first) - 1, sys.maxsize)
        return end, end
    return document.offset(int(first) - 1, 0), document.offset(int(last), 0)
