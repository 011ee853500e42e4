"""The tool edit_file: proposes a change of one place, or a new file; it never writes, the user accepts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final, assert_never

import msgspec
from msgspec import Meta

from lsp_llm.context.access import View
from lsp_llm.context.base import Problem
from lsp_llm.tools.base import Proposal, ToolFailed, World
from lsp_llm.tools.looking import look, path_given
from lsp_llm.tools.own import Own
from lsp_llm.tools.redactor import Redactor
from lsp_llm.tools.replacing import place_of


class EditFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to stand for what."""

    path: Annotated[str, Meta(description="Path relative to the workspace folder, with /.")]
    new_text: Annotated[str, Meta(description="What is to stand there.")]
    old_text: Annotated[
        str,
        Meta(
            description="Text of the file, exactly as it is and long enough to stand there once. "
            "Left out for a file that does not exist yet or is empty."
        ),
    ] = ""


async def edit(arguments: EditFile, world: World) -> str:
    """What the user accepted. Raises ToolFailed when not, and for a place that is not clear."""
    proposal = await look(world, lambda view: proposed(view, arguments, world.redactor))
    outcome = await world.edits.propose(proposal)
    reason = f": {outcome.reason}" if outcome.reason else ""
    match outcome.decision:
        case "accepted":
            return f"The user accepted the change; {arguments.path} has it now{reason}."
        case "made":
            return f"The change was made without asking, as the user has allowed; {arguments.path} has it now{reason}."
        case "partly":
            return f"The user accepted a part of it; {arguments.path} has that now. Not taken:\n{outcome.reason}"
        case "declined":
            raise ToolFailed(f"The user declined the change; {arguments.path} stays as it is{reason}.")
        case "failed":
            raise ToolFailed(f"The change could not be made; {arguments.path} stays as it is{reason}.")
        case _:
            assert_never(outcome.decision)


def proposed(view: View, arguments: EditFile, redactor: Redactor) -> Proposal:
    """The change in the file as it is now; blocks. Raises ToolFailed."""
    named, real = view.place(path_given(arguments.path))
    if said := view.refusal(named, real):
        raise ToolFailed(f"{view.workspace.shown(named)} {said}.")
    new = redactor.restored(arguments.new_text)
    if named not in view.buffers and real not in view.buffers and not os.path.lexists(real):
        return _creation(arguments, real, new)
    text = view.text(named, real)
    if isinstance(text, Problem):
        raise ToolFailed(f"{text}.")
    old = redactor.restored(arguments.old_text)
    if not old and text:
        raise ToolFailed(f"{arguments.path} exists and is not empty: old_text must say what is to be replaced.")
    place = place_of(text, old, new)
    if isinstance(place, str):
        raise ToolFailed(f"In {arguments.path}, {place}.")
    return Proposal(_as_open(view, named, real), text, place.start, place.end, place.replacement)


def _creation(arguments: EditFile, real: str, new: str) -> Proposal:
    if arguments.old_text:
        raise ToolFailed(f"{arguments.path} does not exist.")
    if real.endswith("/") or arguments.path.endswith("/"):
        raise ToolFailed(f"{arguments.path} is the name of a folder.")
    above = next(folder for folder in Path(real).parents if os.path.lexists(folder))
    if not above.is_dir():
        raise ToolFailed(f"{arguments.path} cannot be made: there is a file where its folder would be.")
    return Proposal(real, None, 0, 0, new)


def _as_open(view: View, named: str, real: str) -> str:
    """The path that an editor knows the document by; else the true one, so that a link is not replaced by a file."""
    return named if named in view.buffers else real


EDIT_FILE: Final = Own(
    "edit_file",
    "Propose a change of a file, or a new file. The user accepts all, a part or nothing of it; the result says which.",
    EditFile,
    edit,
    approval="within",
)
