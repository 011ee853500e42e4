"""Gathers what goes along with a fill: project, notes, open documents, diagnostics, mentions; reads files, may block.

It takes what the sources give and cuts, redacts and renders nothing. What is read for it passes the door of
context/access, so that what stays behind never gets into a prompt.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from lsp_llm.commands.job import Job
from lsp_llm.config.settings import Context
from lsp_llm.context.access import Access, View
from lsp_llm.context.base import Gathered, Item, Problem, Workspace
from lsp_llm.context.buffers import other_buffers
from lsp_llm.context.diagnostics import Diagnostic, described
from lsp_llm.context.git import diff
from lsp_llm.context.project import project_files, project_notes
from lsp_llm.context.resolving import Here, resolve_mentions
from lsp_llm.context.symbols import symbols
from lsp_llm.errors import UserError


@dataclass(frozen=True, slots=True)
class Along:
    """What goes along with the buffer; `files` are of the kinds project, notes, buffer and file, each path once."""

    path: str
    """The document's own, as the model reads it."""
    files: tuple[Item, ...] = ()
    diagnostics: tuple[str, ...] = ()
    git_diff: str = ""
    symbols: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def gather(job: Job, settings: Context, access: Access, words: str, names: Iterable[str] = ()) -> Along:
    """What goes along with a job, and with the mentions in `words`; `names` are variables that are wanted besides.

    Raises UserError for a document that never leaves the machine.
    """
    workspace = _workspace(job, settings)
    if workspace is None:
        return Along(job.path, diagnostics=_of_selection(job, job.path))
    view = access.look(workspace)
    path = _own_path(job, view)
    here = Here(path, job.text, job.language_id, job.around.diagnostics)
    found = _of_project(job, workspace, access, view)
    found += resolve_mentions(words, view, here)
    found += _named(frozenset(names), found, view, here)
    return _sorted(found, path, _of_selection(job, path))


def _workspace(job: Job, settings: Context) -> Workspace | None:
    """The job's own, or the document's folder for what is mentioned; None for a document that lies nowhere."""
    root = job.around.root or (job.file.parent if job.file else None)
    if root is None:
        return None
    return Workspace(root, settings, job.texts(), settings.follow_links_outside)


def _own_path(job: Job, view: View) -> str:
    if job.file is None:
        return job.path
    # The user has asked for it by name, so that what git or a pattern ignores may go. What is named like a secret not.
    if said := view.rules.secret(job.file.name):
        raise UserError(f"{job.file.name} {said}")
    return view.workspace.shown(job.file.as_posix()) if job.around.root else job.path


def _of_project(job: Job, workspace: Workspace, access: Access, view: View) -> Gathered:
    if job.around.root is None:
        return Gathered()
    found = project_files(workspace, access) + project_notes(workspace, access, workspace.settings.notes)
    return found + other_buffers(view, job.file) if workspace.settings.open_buffers else found


def _named(names: frozenset[str], found: Gathered, view: View, here: Here) -> Gathered:
    """The variables that cost too much to be filled for everyone."""
    there = {item.kind for item in found.items}
    more = Gathered()
    if "git_diff" in names and "diff" not in there:
        more += diff(view)
    if "symbols" in names and "symbols" not in there:
        listed = "\n".join(map(str, symbols(here.text, here.language_id, here.path)))
        more += Gathered((Item("symbols", here.path, listed),) if listed else ())
    return more


def _of_selection(job: Job, path: str) -> tuple[str, ...]:
    found = [each for each in job.around.diagnostics if _touches(job, each)]
    # An instruction that quotes one is about that one and no other.
    if any(each.heading in job.query for each in found):
        return ()
    return tuple(described(path, job.text, each) for each in found)


def _touches(job: Job, diagnostic: Diagnostic) -> bool:
    return diagnostic.start <= job.end and job.start <= diagnostic.end


def _sorted(found: Gathered, path: str, diagnostics: tuple[str, ...]) -> Along:
    # A file may come by several ways; what the user has named counts most. The document itself goes along anyway.
    files: dict[str, Item] = {}
    along = Along(path, diagnostics=diagnostics, problems=found.problems)
    for item in found.items:
        match item.kind:
            case "project" | "notes" | "buffer" | "file":
                if item.path != path:
                    files[item.path] = item
            case "diagnostics":
                along = replace(along, diagnostics=(item.text,))
            case "diff":
                along = replace(along, git_diff=item.text)
            case "symbols":
                along = replace(along, symbols=tuple(item.text.splitlines()))
            case _:
                assert_never(item.kind)
    return replace(along, files=tuple(files.values()))


def workspace_name(job: Job) -> str:
    """What the workspace is called."""
    return (job.around.root or Path(job.path).parent).name
