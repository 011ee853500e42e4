"""From a target and an instruction to a request and its filters; reads templates and looks for keys, may block."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_llm.config.settings import Settings
from lsp_llm.context.buffers import window
from lsp_llm.context.instruction import find_query, instruction_note
from lsp_llm.context.language import indent_unit, language_name
from lsp_llm.context.selection import Selection, select
from lsp_llm.context.templates import TemplateFolders, TemplateSet
from lsp_llm.exchange.kinds import Kind
from lsp_llm.exchange.messages import FimRequest, ModelRequest
from lsp_llm.exchange.messages import Message as Turn
from lsp_llm.prompts.messages import Prompt, build_messages
from lsp_llm.prompts.variables import BufferContext, PromptVariables
from lsp_llm.providers.registry import ResolvedPreset, resolve
from lsp_llm.status.events import Message
from lsp_llm.stream.filters.base import Filter
from lsp_llm.stream.filters.chain import FilterChain
from lsp_llm.stream.filters.code_fence import CodeFence
from lsp_llm.stream.filters.indentation import Indentation
from lsp_llm.stream.filters.line_ends import LineEndConversion, LineEnds
from lsp_llm.stream.filters.thinking import ThinkingTags
from lsp_llm.text.document import split_lines

if TYPE_CHECKING:  # jinja2 comes with the first prompt, not with the start of the server.
    from lsp_llm.prompts.rendering import Renderer

FILLED_IN = "no instruction: the model fills in between what stands before and after the cursor"
CHARACTERS_A_TOKEN = 3
"""A careful guess: code has about 3 characters a token."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked: a snapshot of the document and the user's words; `preset` is the name of the one in use."""

    kind: Kind
    text: str
    start: int
    end: int
    path: str
    language_id: str
    line_end: str
    query: str
    preset: str


@dataclass(frozen=True, slots=True)
class Ready:
    """A request that can be sent."""

    resolved: ResolvedPreset
    request: ModelRequest | FimRequest
    filters: Filter
    notes: tuple[Message, ...]


class Prompting:
    """Builds requests; keeps templates compiled while their files do not change."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = TemplateFolders(folders)
        self._renderer: Renderer | None = None
        self._compiled: TemplateSet | None = None
        self._said: set[str] = set()

    def ready(self, job: Job, settings: Settings) -> Ready:
        """Blocking: reads files. Raises UserError."""
        resolved = resolve(settings, job.preset)
        selection = select(job.text, job.start, job.end)
        query = find_query(job.query, selection)
        if job.kind == "yap" and resolved.preset.fim and not query.text:
            view = window(selection, settings.context.max_tokens * CHARACTERS_A_TOKEN)
            gap = FimRequest(resolved.preset.model, view.before, view.after, resolved.preset.params)
            return Ready(resolved, gap, filters_for(job, selection), (Message(FILLED_IN),))
        prompt = self._prompt(job, resolved, selection, query.text, settings)
        prefill = prefill_for(job, resolved)
        turns = (*prompt.messages, Turn("assistant", prefill)) if prefill else prompt.messages
        filters = filters_for(job, selection)
        # The answer goes on from these words, so the filters have to know them.
        filters.push(prefill)
        request = ModelRequest(resolved.preset.model, turns, resolved.preset.params)
        notes = (instruction_note(job.kind, query.source), *self._new(map(str, prompt.warnings)))
        return Ready(resolved, request, filters, tuple(Message(note) for note in notes if note))

    def _prompt(
        self, job: Job, resolved: ResolvedPreset, selection: Selection, query: str, settings: Settings
    ) -> Prompt:
        view = window(selection, settings.context.max_tokens * CHARACTERS_A_TOKEN)
        variables = PromptVariables(
            user_query=query,
            visual_selection=selection.text,
            current_buffer_context=BufferContext(job.path, job.language_id, view.text),
            language=language_name(job.language_id, job.path),
            before=view.before,
            after=view.after,
            indent=selection.indent,
            workspace_name=Path(job.path).parent.name,
            date=datetime.date.today().isoformat(),
            vars={**settings.variables, **resolved.preset.variables},
        )
        return build_messages(self._current_renderer(), resolved.preset.templates, job.kind, variables)

    def _current_renderer(self) -> Renderer:
        from lsp_llm.prompts.rendering import Renderer

        templates = self._folders.read()
        if self._renderer is None or self._compiled is not templates:
            self._compiled, self._renderer = templates, Renderer(templates.sources())
        return self._renderer

    def _new(self, sentences: Iterable[str]) -> list[str]:
        """Those that were not said before."""
        fresh = [sentence for sentence in sentences if sentence not in self._said]
        self._said.update(fresh)
        return fresh


def prefill_for(job: Job, resolved: ResolvedPreset) -> str:
    """The beginning of a replacement's answer where the preset wants it given: the code fence."""
    return "```" if resolved.preset.prefill and job.kind == "replace" else ""


def filters_for(job: Job, selection: Selection) -> FilterChain:
    """The filters between the model and the document, in their order."""
    if job.kind == "yap":
        return FilterChain([ThinkingTags, lambda: LineEndConversion(job.line_end)])
    unit = indent_unit(selection.nearby)
    last = split_lines(selection.text)[-1]
    ending = job.line_end if selection.text and not last else ""
    return FilterChain(
        [
            ThinkingTags,
            CodeFence,
            lambda: Indentation(selection.text, selection.line_before, unit),
            lambda: LineEnds(job.line_end, ending),
        ]
    )
