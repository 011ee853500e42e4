"""From a job to a request, its filters and what there is to say of it; reads templates and context, may block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.commands.budgeting import Estimates, Fitted
from lsp_llm.commands.filtering import filters_for, prefill_for
from lsp_llm.commands.job import Job
from lsp_llm.commands.making import Making
from lsp_llm.commands.privacy import CleanTexts
from lsp_llm.commands.prompt_sources import PromptSources
from lsp_llm.config.settings import Settings
from lsp_llm.context.access import Access
from lsp_llm.context.instruction import instruction_note
from lsp_llm.context.library import Library
from lsp_llm.exchange.messages import FimRequest, ModelRequest
from lsp_llm.prompts.budget import SectionSize, TokenEstimate
from lsp_llm.prompts.debug_view import DebugView, render_debug
from lsp_llm.providers.registry import ResolvedPreset
from lsp_llm.status.events import Message
from lsp_llm.stream.filters.base import Filter

FILLED_IN = "no instruction: the model fills in between what stands before and after the cursor"


@dataclass(frozen=True, slots=True)
class Measure:
    """How large a prompt is: characters, tokens (estimated) in all and by part, and the files that are in it."""

    characters: int
    tokens: int
    sections: tuple[SectionSize, ...]
    files: tuple[str, ...]
    secrets: int
    """So many were kept back."""
    can_shrink: bool


@dataclass(frozen=True, slots=True)
class Ready:
    """A request that can be sent."""

    resolved: ResolvedPreset
    request: ModelRequest | FimRequest
    filters: Filter
    notes: tuple[Message, ...]
    measure: Measure


class Prompting:
    """Builds requests; keeps templates compiled and files read while they do not change."""

    def __init__(self, folders: Sequence[Path], library: Callable[[Path | None], Library]) -> None:
        """`folders` of templates, the most important first; `library` reads the prompts of a workspace's folder."""
        self._sources = PromptSources(folders, library)
        self.estimates = Estimates()
        self._access = Access()
        self._clean = CleanTexts()
        self._said: set[str] = set()

    def ready(self, job: Job, settings: Settings, limit: int = 0) -> Ready:
        """The request for a job, within so many tokens, or (0) as many as model and settings allow.

        Blocking: reads files. Raises UserError.
        """
        sources = self._sources.current(job.around.root)
        making = Making(job, settings, sources, self._clean)
        estimate = self.estimates.of(making.resolved.preset.model)
        parts = making.parts(self._access, estimate, limit)
        request = making.gap(parts) if making.is_gap else making.request(parts)
        filters = filters_for(job, making.selection, making.guard.originals)
        if not making.is_gap:
            # The answer goes on from these words, so the filters have to know them.
            filters.push(prefill_for(job, making.resolved.preset))
        said = self._new([*sources.problems, *making.warnings])
        notes = (
            *(Message(text) for text in (_course(making), parts.note) if text),
            *(Message(text, "warning") for text in [*said, *self._new(filter(None, [making.guard.note]))]),
        )
        return Ready(making.resolved, request, filters, notes, _measure(making, request, parts, estimate))

    def instruction(self, job: Job, settings: Settings) -> str:
        """What a prompt of the library says for a place. Blocking: reads files. Raises UserError."""
        making = Making(job, settings, self._sources.current(job.around.root), self._clean)
        return making.instruction(making.parts(self._access, self.estimates.of(making.resolved.preset.model), 0))

    def described(self, job: Job, view: DebugView) -> str:
        """A request as the family of its preset shows it; raises UserError for a broken template."""
        return render_debug(self._sources.current(job.around.root).renderer, view).text

    def _new(self, sentences: Iterable[str]) -> list[str]:
        """Those that were not said before."""
        fresh = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._said]
        self._said.update(fresh)
        return fresh


def _course(making: Making) -> str:
    """What is done where the user has not said it just now."""
    return FILLED_IN if making.is_gap else instruction_note(making.job.kind, making.query.source)


def _measure(making: Making, request: ModelRequest | FimRequest, parts: Fitted, estimate: TokenEstimate) -> Measure:
    if isinstance(request, FimRequest):
        texts = [request.before, request.after]
        sizes = tuple(size for size in parts.sizes if size.name.partition(" ")[0] in {"before", "after"})
    else:
        texts = [message.text for message in request.messages]
        sizes = tuple(size for size in parts.sizes if size.tokens)
    characters = sum(map(len, texts))
    tokens = estimate.tokens("".join(texts))
    rest = max(0, tokens - sum(size.tokens for size in sizes))
    sections = (*sizes, SectionSize("templates", rest)) if rest else sizes
    files = (parts.along.path, *(file.path for file in parts.along.files))
    return Measure(characters, tokens, sections, files, len(making.guard.originals), parts.can_shrink)
