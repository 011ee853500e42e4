"""What goes along with a chat: the project's files and notes, and what its turns mention; reads files, may block.

It is gathered anew for each request and stands once, at the beginning: the model reads files as they are now, and not
as they were when somebody mentioned them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from lsp_llm.chat.conversation import Turn
from lsp_llm.context.access import Access
from lsp_llm.context.base import Gathered, Item, Problem, Workspace
from lsp_llm.context.buffers import other_buffers
from lsp_llm.context.project import project_files, project_notes
from lsp_llm.context.resolving import resolve_mentions
from lsp_llm.prompts.budget import Section, SectionSize, TokenEstimate, fit
from lsp_llm.prompts.variables import ContextFile

_PROJECT: Final = 1
"""What matters least; what is mentioned later matters more."""


@dataclass(frozen=True, slots=True)
class Documents:
    """What goes along, in the order in which it was named; each path once."""

    files: tuple[ContextFile, ...] = ()
    problems: tuple[Problem, ...] = ()
    priorities: tuple[int, ...] = ()


def documents_of(turns: Sequence[Turn], workspace: Workspace | None, access: Access) -> Documents:
    """What goes along with these turns; nothing where no folder is open."""
    if workspace is None:
        return Documents()
    view = access.look(workspace)
    found: dict[str, tuple[str, int]] = {}
    problems: dict[Problem, None] = {}

    def take(gathered: Gathered, priority: int) -> None:
        for item in gathered.items:
            found[_name(item)] = item.text, priority
        problems.update(dict.fromkeys(gathered.problems))

    take(project_files(workspace, access) + project_notes(workspace, access, workspace.settings.notes), _PROJECT)
    if workspace.settings.open_buffers:
        take(other_buffers(view, None), _PROJECT)
    for number, turn in enumerate(turns, _PROJECT + 1):
        if turn.role == "user" and "@" in turn.text:
            take(resolve_mentions(turn.text, view, None), number)
    files = tuple(ContextFile(name, text) for name, (text, _) in found.items())
    return Documents(files, tuple(problems), tuple(priority for _, priority in found.values()))


def fitted(
    documents: Documents, limit_tokens: int, estimate: TokenEstimate
) -> tuple[tuple[ContextFile, ...], tuple[SectionSize, ...]]:
    """The files cut to so many tokens, and the size of each; what was mentioned last is cut last."""
    pairs = zip(documents.files, documents.priorities, strict=True)
    budget = fit([Section(file.path, file.content, priority) for file, priority in pairs], limit_tokens, estimate)
    kept = tuple(ContextFile(section.name, section.text) for section in budget.sections if section.text)
    return kept, budget.sizes


def _name(item: Item) -> str:
    match item.kind:
        case "project" | "notes" | "buffer" | "file":
            return item.path
        case "diagnostics" | "symbols":
            return f"{item.kind} of {item.path}"
        case "diff":
            return "git diff"
        case _:
            assert_never(item.kind)
