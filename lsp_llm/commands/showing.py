"""What would be sent, for the user to see: the body of the request, its text and the size of its parts; sends nothing.

It takes no key. Should one stand in the parameters of a preset, it is left out here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lsp_llm.commands.job import Job
from lsp_llm.commands.prompting import Prompting, Ready
from lsp_llm.config.settings import Settings
from lsp_llm.exchange.messages import FimRequest, Message
from lsp_llm.prompts.debug_view import DebugView
from lsp_llm.providers.hosts import encoded


class SectionTokens(msgspec.Struct, frozen=True):
    """A part of a prompt and about how many tokens it is."""

    name: str
    tokens: int


class ShownPrompt(msgspec.Struct, frozen=True):
    """What would be sent; `request` is the JSON body, `notes` are what a fill would tell beside it."""

    request: Any
    text: str
    tokens: int
    sections: tuple[SectionTokens, ...]
    notes: tuple[str, ...] = ()

    @property
    def page(self) -> str:
        """All of it but the body, to be read."""
        notes = "".join(f"note: {note}\n" for note in self.notes)
        return f"{notes}\n{self.text}" if notes else self.text


def shown_prompt(prompting: Prompting, job: Job, settings: Settings, redacted: Callable[[str], str]) -> ShownPrompt:
    """The prompt for a job as it would leave; `redacted` takes keys out of texts. Blocks; raises UserError."""
    ready = prompting.ready(job, settings)
    body = encoded(ready.resolved, ready.request)[2].decode()
    sections = tuple(SectionTokens(size.name, size.tokens) for size in ready.measure.sections)
    text = redacted(prompting.described(job, view_of(ready)))
    notes = tuple(note.text for note in ready.notes)
    return ShownPrompt(msgspec.json.decode(redacted(body)), text, ready.measure.tokens, sections, notes)


def view_of(ready: Ready) -> DebugView:
    """A request for the debug view."""
    request, preset = ready.request, ready.resolved.preset
    if isinstance(request, FimRequest):
        # A model that fills a gap is sent no messages.
        messages: tuple[Message, ...] = (Message("user", request.before), Message("user", request.after))
        family = f"fim, {preset.fim}"
    else:
        messages, family = request.messages, preset.templates
    return DebugView(request.model, family, messages, request.params, ready.measure.sections)
