"""Makes what a prompt is of fit its model's context: what matters less is cut first; pure but for what it learns.

The instruction and the selection are never cut. Of the rest the text around the selection comes first, up to half of
the room; then diagnostics, files that the user has named, notes, the project's files, the diff, symbols, and other
open documents; what room is left goes to more of the document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lsp_llm.commands.gathering import Along
from lsp_llm.config.settings import Preset, Settings
from lsp_llm.context.base import ItemKind
from lsp_llm.context.buffers import Window, window
from lsp_llm.context.selection import Selection
from lsp_llm.prompts.budget import Section, SectionSize, TokenEstimate, fit

ANSWER_TOKENS: Final = 4_096
"""Kept free for an answer whose length the preset does not bound, or half of the context where that is less."""
TEMPLATE_TOKENS: Final = 1_000
"""What the words of a family take, about, or a quarter of the limit where that is less."""
_ANSWER_PARAMS: Final = ("max_tokens", "max_completion_tokens", "max_output_tokens")
_PRIORITIES: Final[Mapping[ItemKind, int]] = {
    "buffer": 1,
    "symbols": 2,
    "diff": 3,
    "project": 4,
    "notes": 5,
    "file": 6,
    "diagnostics": 7,
}


class Estimates:
    """What is known of the tokens of each model, learned from what hosts report."""

    def __init__(self) -> None:
        self._known: dict[str, TokenEstimate] = {}

    def of(self, model: str) -> TokenEstimate:
        """The estimate for a model."""
        return self._known.get(model, TokenEstimate())

    def learn(self, model: str, characters: int, tokens: int) -> None:
        """A host has counted so many tokens in a prompt of so many characters."""
        self._known[model] = self.of(model).learned(characters, tokens)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What is left for the prompt, and the size of each part."""

    window: Window
    along: Along
    sizes: tuple[SectionSize, ...]

    @property
    def can_shrink(self) -> bool:
        """Whether a smaller limit would leave something out."""
        fixed = {"instruction", "selection"}
        return any(size.tokens > 0 for size in self.sizes if size.name not in fixed)

    @property
    def note(self) -> str:
        """A sentence on what was cut beside the document, "" for nothing."""
        cut = [size.name for size in self.sizes if size.cut_characters]
        if not cut:
            return ""
        more = f" and {len(cut) - 3} more" if len(cut) > 3 else ""
        return f"cut to fit the model's context: {', '.join(cut[:3])}{more}"


def limit_tokens(preset: Preset, settings: Settings) -> int:
    """How much a prompt may have: the model's context less the room for an answer, or else what the settings say."""
    if not preset.context_tokens:
        return settings.context.max_tokens
    wanted = [value for name in _ANSWER_PARAMS if isinstance(value := preset.params.get(name), int) and value > 0]
    room = min(max(wanted, default=ANSWER_TOKENS), preset.context_tokens // 2)
    return preset.context_tokens - room


def fitted(query: str, selection: Selection, along: Along, limit: int, estimate: TokenEstimate) -> Fitted:
    """The window of the document and what goes along, cut to fit so many tokens."""
    instruction, chosen = (SectionSize(name, estimate.tokens(text)) for name, text in _fixed(query, selection))
    room = max(0, limit - min(TEMPLATE_TOKENS, limit // 4) - instruction.tokens - chosen.tokens)
    sections = _sections(along)
    others = sum(estimate.tokens(section.text) for section in sections)
    # What stands far from the selection is worth less than what was gathered on purpose.
    near = max(room // 2, room - others)
    view = window(selection, len(selection.text) + estimate.characters(near))
    before, after = _side("before", view.before, selection.before), _side("after", view.after, selection.after)
    sizes = [instruction, chosen, *(SectionSize(name, estimate.tokens(text)) for name, text in (before, after))]
    budget = fit(sections, max(0, room - sizes[2].tokens - sizes[3].tokens), estimate)
    return Fitted(view, _cut(along, budget.sections), (*sizes, *budget.sizes))


def _fixed(query: str, selection: Selection) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("instruction", query), ("selection", selection.text)


def _side(name: str, shown: str, whole: str) -> tuple[str, str]:
    return name if shown == whole else f"{name} (cut)", shown


def _sections(along: Along) -> list[Section]:
    """The parts in a fixed order, which `_cut` reads again."""
    return [
        *(Section(file.path, file.text, _PRIORITIES[file.kind]) for file in along.files),
        Section("diagnostics", "\n".join(along.diagnostics), _PRIORITIES["diagnostics"]),
        Section("git diff", along.git_diff, _PRIORITIES["diff"]),
        Section("symbols", "\n".join(along.symbols), _PRIORITIES["symbols"]),
    ]


def _cut(along: Along, sections: Sequence[Section]) -> Along:
    """What goes along, with the texts of its sections."""
    *files, diagnostics, git_diff, symbols = sections
    kept = tuple(replace(file, text=part.text) for file, part in zip(along.files, files, strict=True))
    return replace(
        along,
        files=tuple(file for file in kept if file.text),
        diagnostics=_again(along.diagnostics, diagnostics.text),
        git_diff=git_diff.text,
        symbols=_again(along.symbols, symbols.text),
    )


def _again(parts: tuple[str, ...], text: str) -> tuple[str, ...]:
    """The parts where nothing of them was cut, else what is left as one."""
    if text == "\n".join(parts):
        return parts
    return (text,) if text else ()
