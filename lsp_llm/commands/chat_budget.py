"""How large a chat document is for the model that it would be sent to: its turns, and those that would be left out."""

from __future__ import annotations

from dataclasses import dataclass

from lsp_llm.chat.fitting import Fitted, fit_turns
from lsp_llm.commands.base import Services
from lsp_llm.commands.budgeting import limit_tokens
from lsp_llm.commands.open_chats import OpenChat
from lsp_llm.config.settings import Preset
from lsp_llm.prompts.budget import TokenEstimate


@dataclass(frozen=True, slots=True)
class Weighed:
    """The preset's name, its preset, and what of the chat would go out (without files and templates)."""

    name: str
    preset: Preset
    fitted: Fitted
    estimate: TokenEstimate


def weighed(services: Services, chat: OpenChat, count: int) -> Weighed | None:
    """The first `count` turns; None where the preset is unknown."""
    settings = services.settings(chat.uri)
    head = chat.parsed.head
    name = head.preset or services.chosen(chat.uri)[0]
    preset = settings.presets.get(name)
    if preset is None:
        return None
    estimate = services.prompting.estimates.of(preset.model)
    turns = [chat.parsed.read(place).turn for place in range(count)]
    return Weighed(name, preset, fit_turns(turns, head.system, limit_tokens(preset, settings), estimate), estimate)
