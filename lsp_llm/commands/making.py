"""One prompt in the making: what is known of it from the start, and the steps from there to a request; may block.

The order matters: what goes along is gathered, freed of secrets, cut, rendered, and freed of secrets once more.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import replace

from lsp_llm.commands.budgeting import Fitted, fitted, limit_tokens
from lsp_llm.commands.filtering import prefill_for
from lsp_llm.commands.gathering import Along, gather, workspace_name
from lsp_llm.commands.job import Job
from lsp_llm.commands.privacy import CleanTexts, Guard
from lsp_llm.commands.prompt_sources import Sources
from lsp_llm.config.nearest import known_names
from lsp_llm.config.settings import Settings
from lsp_llm.context.access import Access
from lsp_llm.context.instruction import Query, find_query
from lsp_llm.context.language import language_name
from lsp_llm.context.library import Library
from lsp_llm.context.selection import select
from lsp_llm.errors import UserError
from lsp_llm.exchange.messages import FimRequest, Message, ModelRequest
from lsp_llm.prompts.budget import TokenEstimate
from lsp_llm.prompts.library import LibraryPrompt, render_query
from lsp_llm.prompts.messages import build_messages
from lsp_llm.prompts.problems import TemplateError
from lsp_llm.prompts.variables import BufferContext, ContextFile, PromptVariables
from lsp_llm.providers.registry import resolve

_COSTLY = ("git_diff", "symbols")
"""Variables that are filled where they are mentioned, and for a prompt of the library that speaks of them."""


class Making:
    """The prompt for one job; raises UserError for an unknown preset or action."""

    def __init__(self, job: Job, settings: Settings, sources: Sources, clean: CleanTexts) -> None:
        self.job = job
        self.settings = settings
        self.sources = sources
        self.resolved = resolve(settings, job.preset)
        self.selection = select(job.text, job.start, job.end)
        self.action = _action(sources.library, job.action)
        self.query = Query(job.query, "given") if self.action else find_query(job.query, self.selection)
        self.guard = Guard(settings.context.secrets, clean)
        self.warnings: list[str] = []
        """What is odd about a template or stays behind, to be told."""

    @property
    def is_gap(self) -> bool:
        """Whether the model is to fill in between what stands before and after the cursor, without any words."""
        is_bare = not self.query.text and self.action is None
        return self.job.kind == "yap" and bool(self.resolved.preset.fim) and is_bare

    def parts(self, access: Access, estimate: TokenEstimate, limit: int) -> Fitted:
        """What the prompt is made of, without secrets, cut to so many tokens, or (0) to what the model may have."""
        body = self.action.body if self.action else ""
        words = f"{body}\n{self.query.text}" if body else self.query.text
        wanted = [name for name in _COSTLY if name in body]
        along = gather(self.job, self.settings.context, access, words, wanted)
        if self.is_gap:
            along = Along(along.path)
        self.warnings += map(str, along.problems)
        # What is cut first and looked at then may hold half of a key, which no one would know.
        most = limit or limit_tokens(self.resolved.preset, self.settings)
        safe = self.guard.selection(self.selection, along.path, estimate.characters(most))
        return fitted(self.guard.text(words, "instruction"), safe, self.guard.along(along), most, estimate)

    def instruction(self, parts: Fitted) -> str:
        """The words alone; raises UserError for a broken template."""
        return self._variables(parts).user_query.strip()

    def gap(self, parts: Fitted) -> FimRequest:
        """The request for what is missing at the cursor."""
        preset = self.resolved.preset
        return FimRequest(preset.model, parts.window.before, parts.window.after, preset.params)

    def request(self, parts: Fitted) -> ModelRequest:
        """The request in words; raises UserError for a broken template."""
        preset = self.resolved.preset
        variables = self._variables(parts)
        try:
            prompt = build_messages(self.sources.renderer, preset.templates, self.job.kind, variables)
        except TemplateError as error:
            raise self.sources.located(error) from error
        self._warn(prompt.warnings)
        known = [*(file.text for file in parts.along.files), parts.window.before, parts.window.after]
        messages = self.guard.messages(prompt.messages, known)
        prefill = prefill_for(self.job, preset)
        turns = (*messages, Message("assistant", prefill)) if prefill else messages
        return ModelRequest(preset.model, turns, preset.params)

    def _variables(self, parts: Fitted) -> PromptVariables:
        job, view, along = self.job, parts.window, parts.along
        variables = PromptVariables(
            user_query=self.guard.text(self.query.text, "instruction"),
            visual_selection=view.selection,
            current_buffer_context=BufferContext(along.path, job.language_id, view.text),
            context_files=tuple(ContextFile(file.path, file.text) for file in along.files),
            language=language_name(job.language_id, job.path),
            before=view.before,
            after=view.after,
            indent=self.selection.indent,
            diagnostics=along.diagnostics,
            git_diff=along.git_diff,
            symbols=along.symbols,
            workspace_name=workspace_name(job),
            date=datetime.date.today().isoformat(),
            prefill=bool(prefill_for(job, self.resolved.preset)),
            vars={**self.settings.variables, **self.resolved.preset.variables},
        )
        return self._with_action(self.action, variables) if self.action else variables

    def _with_action(self, action: LibraryPrompt, variables: PromptVariables) -> PromptVariables:
        """The library's prompt as the instruction; what it has said already is not said again beside it."""
        try:
            rendered = render_query(self.sources.renderer, action, variables)
        except TemplateError as error:
            raise self.sources.located(error) from error
        self._warn(rendered.warnings)
        said = rendered.text
        return replace(
            variables,
            user_query=said,
            diagnostics=tuple(each for each in variables.diagnostics if each.strip() not in said),
            git_diff="" if variables.git_diff.strip() in said else variables.git_diff,
            symbols=tuple(each for each in variables.symbols if each not in said),
        )

    def _warn(self, warnings: Iterable[object]) -> None:
        self.warnings += map(str, warnings)


def _action(library: Library, prompt_id: str) -> LibraryPrompt | None:
    """The prompt of the library that a job names; raises UserError where there is none."""
    if not prompt_id:
        return None
    found = library.find(prompt_id)
    if found is None:
        known = known_names(prompt_id, [prompt.id for prompt in library.prompts])
        raise UserError(f'there is no prompt "{prompt_id}" in the library; {known}')
    return found
