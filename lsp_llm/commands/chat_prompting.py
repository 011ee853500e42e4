"""From a conversation to a request: templates, documents, budget, secrets; reads files, may block, asks nobody."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec

from lsp_llm.chat.conversation import Conversation, Turn
from lsp_llm.chat.fitting import Fitted, fit_turns
from lsp_llm.chat.outgoing import outgoing
from lsp_llm.chat.redacting import ChatRedaction
from lsp_llm.commands.budgeting import Estimates, limit_tokens
from lsp_llm.commands.chat_documents import documents_of, fitted
from lsp_llm.commands.job import Surroundings
from lsp_llm.commands.prompt_sources import PromptSources, Sources
from lsp_llm.config.settings import Settings
from lsp_llm.context.access import Access
from lsp_llm.context.base import Workspace
from lsp_llm.context.library import Library
from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.exchange.tools import ToolSpec
from lsp_llm.prompts.budget import TokenEstimate
from lsp_llm.prompts.debug_view import DebugView, render_debug
from lsp_llm.prompts.messages import build_chat_system
from lsp_llm.prompts.problems import TemplateError
from lsp_llm.prompts.variables import ContextFile, PromptVariables
from lsp_llm.providers.registry import ResolvedPreset, resolve

LEFT_OUT: Final = "the oldest turns were left out to fit the model's context: {count} of {whole}"
OVER: Final = "the last message is longer than what the model may be sent ({limit} tokens): it goes out all the same"


@dataclass(frozen=True, slots=True)
class ChatAsk:
    """A conversation that is to be answered: by which preset, with which tools, and what is known around it."""

    chat: Conversation
    preset: str
    tools: Sequence[ToolSpec]
    settings: Settings
    around: Surroundings
    redaction: ChatRedaction
    replay_of: Callable[[Turn], Replay | None]


@dataclass(frozen=True, slots=True)
class ChatReady:
    """A request that can be sent; `notes` and `warnings` are sentences for the user, `left_out` the ids of turns."""

    resolved: ResolvedPreset
    request: ModelRequest
    left_out: tuple[str, ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    characters: int
    tokens: int
    files: tuple[str, ...]


class ChatPrompting:
    """Builds the requests of chats; keeps templates compiled and files read while they do not change."""

    def __init__(
        self, folders: Sequence[Path], library: Callable[[Path | None], Library], estimates: Estimates
    ) -> None:
        """`folders` of templates, the most important first; `library` reads the prompts for a folder."""
        self._sources = PromptSources(folders, library)
        self._access = Access()
        self.estimates = estimates

    def ready(self, ask: ChatAsk, limit: int = 0) -> ChatReady:
        """The request, within so many tokens, or (0) as many as model and settings allow.

        Blocking: reads files. Raises UserError.
        """
        resolved = resolve(ask.settings, ask.preset)
        preset = resolved.preset
        estimate = self.estimates.of(preset.model)
        sources = self._sources.current(ask.around.root)
        most = limit or limit_tokens(preset, ask.settings)
        if ask.tools:
            most = max(1, most - estimate.tokens(msgspec.json.encode(list(ask.tools)).decode()))
        files, problems = self._files(ask, most // 2, estimate)
        system, warnings = _system(ask, resolved, sources, files)
        turns = fit_turns(ask.chat.turns, system, most, estimate)
        messages = ask.redaction.messages(outgoing(system, turns.turns, ask.replay_of))
        request = ModelRequest(preset.model, messages, preset.params, tuple(ask.tools), ask.chat.chat_id)
        characters = sum(map(_length, messages))
        return ChatReady(
            resolved,
            request,
            turns.left_out,
            _notes(turns),
            (*problems, *warnings, *sources.problems, *_secrets(ask)),
            characters,
            turns.tokens,
            tuple(file.path for file in files),
        )

    def described(self, ask: ChatAsk) -> str:
        """The request as the family of its preset shows it. Blocking: reads files. Raises UserError."""
        ready = self.ready(ask)
        request = ready.request
        view = DebugView(request.model, ready.resolved.preset.templates, request.messages, request.params)
        return render_debug(self._sources.current(ask.around.root).renderer, view).text

    def _files(
        self, ask: ChatAsk, limit: int, estimate: TokenEstimate
    ) -> tuple[tuple[ContextFile, ...], tuple[str, ...]]:
        """What goes along, without secrets and cut to fit, and what there is to say of it."""
        found = documents_of(ask.chat.turns, workspace_of(ask.settings, ask.around), self._access)
        # What is cut first and looked at then may hold half of a key, which no one would know.
        safe = replace(found, files=tuple(ContextFile(f.path, ask.redaction.text(f.content)) for f in found.files))
        files, sizes = fitted(safe, limit, estimate)
        cut = [f"{size.name} was cut to fit the model's context" for size in sizes if size.cut_characters]
        return files, (*map(str, found.problems), *cut)


def workspace_of(settings: Settings, around: Surroundings) -> Workspace | None:
    """The folder that is open, with the texts of its open documents; None where there is none."""
    if around.root is None:
        return None
    texts = {path: "".join(lines) for path, lines in around.open_documents.items()}
    return Workspace(around.root, settings.context, texts, settings.context.follow_links_outside)


def _system(
    ask: ChatAsk, resolved: ResolvedPreset, sources: Sources, files: tuple[ContextFile, ...]
) -> tuple[str, tuple[str, ...]]:
    """The system's words, those of the chat itself in the place of the family's; raises UserError."""
    if ask.chat.system:
        return "\n\n".join([ask.chat.system, *map(_as_document, files)]), ()
    variables = PromptVariables(
        context_files=files,
        workspace_name=ask.around.root.name if ask.around.root else "",
        date=datetime.date.today().isoformat(),
        vars={**ask.settings.variables, **resolved.preset.variables},
    )
    try:
        prompt = build_chat_system(sources.renderer, resolved.preset.templates, variables)
    except TemplateError as error:
        raise sources.located(error) from error
    return "".join(message.text for message in prompt.messages), tuple(map(str, prompt.warnings))


def _as_document(file: ContextFile) -> str:
    return f'<document path="{file.path}">\n{file.content}\n</document>'


def _notes(turns: Fitted) -> tuple[str, ...]:
    count = len(turns.left_out)
    left_out = [LEFT_OUT.format(count=count, whole=count + len(turns.turns))] if count else []
    return (*left_out, *([OVER.format(limit=turns.limit_tokens)] if turns.is_over else []))


def _secrets(ask: ChatAsk) -> tuple[str, ...]:
    count = len(ask.redaction.originals)
    what = "1 secret was" if count == 1 else f"{count} secrets were"
    return (f"{what} left out of what the model is sent; its answer gets them back",) if count else ()


def _length(message: Message) -> int:
    calls = sum(len(call.arguments) for call in message.tool_calls)
    return len(message.text) + calls + sum(len(result.text) for result in message.tool_results)
