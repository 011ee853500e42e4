from __future__ import annotations

import json

from lsp_llm.exchange.messages import Message, ModelRequest, Replay
from lsp_llm.providers.openai_chat import OpenAIChatCodec
from lsp_llm.providers.prefill import with_prefill_mark

QUESTION, BEGINNING = Message("user", "q"), Message("assistant", "def f(")
MARK = {"prefix": True}


def sent(messages: tuple[Message, ...]) -> list[dict[str, object]]:
    body: dict[str, list[dict[str, object]]] = json.loads(OpenAIChatCodec().encode(ModelRequest("m", messages)))
    return body["messages"]


def test_the_beginning_of_an_answer_carries_the_mark() -> None:
    assert sent(with_prefill_mark((QUESTION, BEGINNING), MARK)) == [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": "def f(", "prefix": True},
    ]


def test_nothing_else_is_marked() -> None:
    replayed = Message("assistant", "a", replay=Replay("openai_chat", {"reasoning_content": "r"}))
    for messages in [(QUESTION,), (BEGINNING, QUESTION), (QUESTION, replayed), ()]:
        assert with_prefill_mark(messages, MARK) == messages
    assert with_prefill_mark((QUESTION, BEGINNING), {}) == (QUESTION, BEGINNING)
