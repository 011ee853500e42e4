"""`lsp-llm.apply`: what a block of code in a chat makes of the file that it names, as a preview in that file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from lsp_llm.commands.applying import make_file, meant_range
from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import place_at
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.errors import UserError
from lsp_llm.jobs.edit_events import Decided
from lsp_llm.jobs.ports import Target

WHICH_BLOCK: Final = "say which block is meant: uri and position, or file and text"


class ApplyOptions(Options, frozen=True):
    """The block itself, where no document shows it: the file that it names, and what stands in it."""

    file: str = ""
    text: str = ""


class Apply:
    """Show it; accept takes it."""

    name = "lsp-llm.apply"
    title = "LLM: apply"
    place = Place.PERHAPS_DOCUMENT
    options = ApplyOptions

    def run(self, services: Services, target: Target | None, options: ApplyOptions) -> Mapping[str, Any]:
        """The id of the job, which waits until the editor shows the file."""
        path, text = _wanted(services, target, options)
        file = _file(services, "" if target is None else target.uri, path)
        job_id = services.sends.next_id()
        services.pages.show_file(file)
        services.open_chats.when_open(file, lambda found: _show(services, job_id, found, text))
        return {"jobId": job_id}


def _wanted(services: Services, target: Target | None, options: ApplyOptions) -> tuple[str, str]:
    """The path and the text of the block that is meant; raises UserError."""
    if target is not None and not options.file:
        return named_block(services.open_chats.get(target.uri), target.start)
    if target is None and options.file:
        return options.file, options.text
    raise UserError(WHICH_BLOCK)


def named_block(chat: OpenChat, offset: int) -> tuple[str, str]:
    """The path and the text of the block at an offset; raises UserError."""
    from lsp_llm.commands.code_blocks import code_block_at

    place = place_at(chat, offset)
    if place < 0:
        raise UserError("there is no block of code here")
    first = chat.parsed.first_line(place)
    line, _ = chat.document.point(offset)
    block = code_block_at(chat.document.lines[first : chat.parsed.end_line(place)], line - first)
    if block is None:
        raise UserError("there is no block of code here")
    if not block.path:
        raise UserError("this block names no file: write its path in the line above")
    return block.path, block.text


def _file(services: Services, uri: str, path: str) -> Path:
    """The file in the workspace, made if it is not there; raises UserError."""
    from lsp_llm.commands.chat_prompting import workspace_of
    from lsp_llm.context.access import Access

    workspace = workspace_of(services.settings(uri), services.surroundings(uri))
    if workspace is None:
        raise UserError("no folder is open in the editor")
    view = Access().look(workspace)
    named, real = view.place(path)
    if (said := view.refusal(named, real)) is not None:
        raise UserError(f"{path} {said}")
    file = Path(named)
    make_file(file)
    return file


def _show(services: Services, job_id: str, found: Target, text: str) -> None:
    """Offer the block to the user, in the file as it is now."""
    document = found.document
    start, end = meant_range(document.text, text)
    told = text.replace("\r\n", "\n").replace("\n", document.line_end)
    services.runner.offer(job_id, replace(found, start=start, end=end), told, _nobody_waits)


def _nobody_waits(decided: Decided) -> None:
    """The user knows what became of it."""
