"""What an answer of a chat cost, by the prices that are set now; of one that has just come, its server says it."""

from __future__ import annotations

from lsp_llm.chat.conversation import Turn
from lsp_llm.config.settings import Settings
from lsp_llm.records.usage import cost_of


def cost_of_answer(settings: Settings, turn: Turn) -> float | None:
    """The cost of a turn, None where its tokens are not known, or no preset has a price for its model."""
    prices = (preset.price for preset in settings.presets.values() if preset.model == turn.model and preset.price)
    price = next(prices, None)
    return cost_of(turn.usage, price) if turn.usage is not None and price else None
