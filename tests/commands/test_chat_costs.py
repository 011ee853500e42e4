from __future__ import annotations

import msgspec

from lsp_llm.chat.conversation import Turn
from lsp_llm.commands.chat_costs import cost_of_answer
from lsp_llm.config.settings import Settings
from lsp_llm.exchange.outcome import Usage

PRESETS = {
    "free": {"provider": "p", "model": "m"},
    "dear": {"provider": "p", "model": "m", "price": {"input": 2.0, "output": 10.0}},
    "odd": {"provider": "p", "model": "n", "price": {"input": 2.0}},
}
SETTINGS = msgspec.convert({"presets": PRESETS}, Settings)
USAGE = Usage(1_000_000, 100_000)


def test_the_price_is_that_of_a_preset_with_its_model() -> None:
    assert cost_of_answer(SETTINGS, Turn("a", "assistant", "Hi", usage=USAGE, model="m")) == 3.0


def test_without_a_price_or_tokens_there_is_no_cost() -> None:
    assert cost_of_answer(SETTINGS, Turn("a", "assistant", "Hi", usage=USAGE, model="other")) is None
    assert cost_of_answer(SETTINGS, Turn("a", "assistant", "Hi", usage=USAGE, model="n")) is None
    assert cost_of_answer(SETTINGS, Turn("a", "assistant", "Hi", model="m")) is None
