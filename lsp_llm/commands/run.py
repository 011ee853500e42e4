"""`lsp-llm.run`: a prompt of the library, by its id; what it says for this place is the instruction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lsp_llm.chat.titling import title_of
from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.document_sends import send_when_open
from lsp_llm.commands.fill import begin_fill, job_for, order_for
from lsp_llm.commands.quoting import quoted_selection
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target
from lsp_llm.prompts.library import LibraryPrompt


class RunOptions(Options, frozen=True):
    """`action`: the prompt's id; `query`: what the user says besides; `preset`: not the prompt's own one but this."""

    action: str
    query: str = ""
    preset: str = ""


class Run:
    """Run a prompt of the library."""

    name = "lsp-llm.run"
    title = "LLM: run a prompt"
    place = Place.ANYWHERE
    options = RunOptions

    def run(self, services: Services, target: Target, options: RunOptions) -> Mapping[str, Any]:
        """Begin the job, whose instruction is rendered there, or a chat, which is shown when it is made."""
        prompt = services.library.find(target.uri, options.action)
        if prompt.kind == "chat":
            services.errands.begin(_chat(services, target, options, prompt))
            return {}
        if prompt.kind == "replace" and target.start == target.end:
            raise UserError(f'nothing is selected: the prompt "{prompt.id}" replaces what is selected')
        preset = options.preset or prompt.preset
        return begin_fill(services, target, prompt.kind, options.query, preset, action=prompt.id)


async def _chat(services: Services, target: Target, options: RunOptions, prompt: LibraryPrompt) -> None:
    """Show a chat that begins with the selection and the prompt's words, and have it answered."""
    # Now: while the words are made, the document may change.
    selection = quoted_selection(services, target)
    preset = options.preset or prompt.preset
    order = replace(order_for(services, target.uri, "yap", options.query, preset, "auto"), action=prompt.id)
    job = job_for(services, target, target.document.text, order)
    words = await asyncio.to_thread(services.prompting.instruction, job, services.settings(target.uri))
    chats = services.chats()
    about = " ".join(filter(None, (prompt.title, Path(target.path).name)))
    title = title_of(": ".join(filter(None, (about, options.query))))
    chat = chats.create(title, preset, "", f"{selection}\n\n{words}")
    path = chats.store.path(chat.chat_id)
    send_when_open(services, path)
    services.pages.show_file(path)
