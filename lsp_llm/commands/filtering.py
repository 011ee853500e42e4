"""Which filters stand between a model and a document, in which order; it holds none of their logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lsp_llm.commands.job import Job
from lsp_llm.config.settings import Preset
from lsp_llm.context.language import indent_unit
from lsp_llm.context.selection import Selection
from lsp_llm.stream.filters.base import Filter
from lsp_llm.stream.filters.chain import FilterChain
from lsp_llm.stream.filters.code_fence import CodeFence
from lsp_llm.stream.filters.indentation import Indentation
from lsp_llm.stream.filters.line_ends import LineEndConversion, LineEnds
from lsp_llm.stream.filters.originals import Originals
from lsp_llm.stream.filters.thinking import ThinkingTags
from lsp_llm.text.document import split_lines


def prefill_for(job: Job, preset: Preset) -> str:
    """The beginning of a replacement's answer where the preset wants it given: the code fence."""
    return "```" if preset.prefill and job.kind == "replace" else ""


def filters_for(job: Job, selection: Selection, originals: Mapping[str, str]) -> FilterChain:
    """The filters of a job; `originals` are the secrets behind the marks that the model was given."""
    # After the indentation: a mark is moved as a word, while a key of many lines has its own blanks before each. Before
    # the line ends: those of a key are the document's like all others.
    back: list[Callable[[], Filter]] = [lambda: Originals(originals)] if originals else []
    if job.kind == "yap":
        return FilterChain([ThinkingTags, *back, lambda: LineEndConversion(job.line_end)])
    unit = indent_unit(selection.nearby)
    last = split_lines(selection.text)[-1]
    ending = job.line_end if selection.text and not last else ""
    return FilterChain(
        [
            ThinkingTags,
            CodeFence,
            lambda: Indentation(selection.text, selection.line_before, unit),
            *back,
            lambda: LineEnds(job.line_end, ending),
        ]
    )
