"""The whole stack against the faults of llmock, a server that nobody here wrote; it judges its clients, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from lsp_llm.config.settings import Auth, Dialect
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.providers.hosts import ModelHosts
from tests.providers.traps.hearing import Asked, Heard, hear

pytest.importorskip("llmock", reason="needs llmock of the dev group")

TEXT = "one two three four five six seven eight"
SOON = 0.1
AGAIN = ["connection issue (Unavailable): attempt 2 of 3", "connection issue (Unavailable): attempt 3 of 3"]


@dataclass(frozen=True, slots=True)
class Way:
    """A dialect, and how llmock's imitation of a provider that speaks it is reached."""

    dialect: Dialect
    provider: str
    below: str
    auth: Auth
    model: str
    chunks: int
    """After so many there is some text, and more to come."""

    def asked(self, llmock: Any, **provider: Any) -> Asked:
        """A question to it."""
        settings = {"auth": self.auth, "api_key_env": "MOCK_KEY", **provider}
        base_url = f"{llmock.base_url(self.provider)}{self.below}"
        return Asked(self.dialect, base_url, settings, {"model": self.model})


WAYS = (
    Way("openai_chat", "openai", "", "bearer", "gpt-4o", 4),
    Way("openai_responses", "openai", "", "bearer", "gpt-4o", 6),
    Way("anthropic", "anthropic", "/v1", "x-api-key", "claude-3-5-sonnet-20241022", 6),
    Way("gemini", "gemini", "/v1beta", "x-goog-api-key", "gemini-1.5-flash", 3),
)
by_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.dialect)


async def half(hosts: ModelHosts, way: Way, llmock: Any, **provider: Any) -> Heard:
    """What is heard of an answer that has to fail behind some of its text, and is not asked for again."""
    heard = await hear(hosts, way.asked(llmock, **provider))
    assert TEXT.startswith(heard.text)
    assert 0 < len(heard.text) < len(TEXT)
    assert heard.notices == []
    return heard


@by_way
async def test_a_whole_answer(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT)
    heard = await hear(hosts, way.asked(llmock))
    assert (heard.text, heard.sentence) == (TEXT, "")
    reason, usage = heard.completed
    assert (reason, usage.output_tokens > 0) == (FinishReason.STOP, True)
    assert usage != Usage()


@by_way
async def test_a_tool_that_is_called(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.call_tool("add", {"first": 17, "second": "größe"})
    heard = await hear(hosts, way.asked(llmock))
    (call,) = heard.calls
    assert (call.name, call.problem, heard.completed[0]) == ("add", "", FinishReason.TOOL_USE)


@by_way
@pytest.mark.parametrize("status", [500, 502, 503, 529])
async def test_a_host_that_is_down_for_a_moment(hosts: ModelHosts, llmock: Any, way: Way, status: int) -> None:
    llmock.fail(status, times=2, retry_after=0, message="out of order").reply(TEXT)
    heard = await hear(hosts, way.asked(llmock))
    assert (heard.text, heard.notices) == (TEXT, AGAIN)
    llmock.assert_resilient()


@by_way
async def test_a_host_that_is_down(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.fail(503, times=None, retry_after=0, message="out of order")
    heard = await hear(hosts, way.asked(llmock))
    assert heard.sentence == (
        "The host is not available (503): out of order: Try again in a moment, or choose another preset."
    )
    assert heard.notices == AGAIN


REFUSALS: list[tuple[str, Callable[[Any], object], str]] = [
    (
        "key",
        lambda llmock: llmock.fail(401, message="no such key"),
        "The host does not accept the API key (401): no such key: "
        "Check the key that api_key_env or api_key_command of this provider gives.",
    ),
    (
        "access",
        lambda llmock: llmock.fail(403, message="not for you"),
        "The host denies access (403): not for you: Check that this key may use this model.",
    ),
    (
        "model",
        lambda llmock: llmock.fail(404, message="no such model"),
        "The host knows no such model or path (404): no such model: "
        "Check the preset's model, and the provider's base_url and path.",
    ),
    (
        "length",
        lambda llmock: llmock.context_overflow(),
        "The prompt is too long for the model (400): This model's maximum context length was exceeded. "
        "Select less, lower context.max_tokens, or choose a model with a larger context.",
    ),
    (
        "credit",
        lambda llmock: llmock.fail(402, message="pay first"),
        "The account has no credit or quota left (402): pay first: "
        "Add credit at the provider, or choose another preset.",
    ),
    (
        "long wait",
        lambda llmock: llmock.rate_limit(retry_after=300),
        "The host limits the rate of requests (429): Rate limit exceeded. Try again in 300 s.",
    ),
]


@by_way
@pytest.mark.parametrize(("fault", "sentence"), [case[1:] for case in REFUSALS], ids=[case[0] for case in REFUSALS])
async def test_what_asking_again_cannot_mend(
    hosts: ModelHosts, llmock: Any, way: Way, fault: Callable[[Any], object], sentence: str
) -> None:
    fault(llmock)
    heard = await hear(hosts, way.asked(llmock))
    assert (heard.text, heard.sentence, heard.notices) == ("", sentence, [])
    assert len(llmock.requests) == 1


@by_way
async def test_a_rate_limit(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.rate_limit(retry_after=0.02).reply(TEXT)
    heard = await hear(hosts, way.asked(llmock))
    assert (heard.text, heard.notices) == (TEXT, ["rate limit: asking again in 1 s"])
    llmock.assert_resilient()


@by_way
async def test_a_connection_that_breaks(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT).disconnect(after_chunks=way.chunks)
    heard = await half(hosts, way, llmock)
    host = urlsplit(llmock.url).netloc
    assert heard.sentence == f"{host} broke the connection before the answer was whole."


@by_way
async def test_a_connection_that_breaks_before_the_first_text(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT, times=2).disconnect(after_chunks=0)
    heard = await hear(hosts, way.asked(llmock))
    assert (heard.text, heard.notices) == (TEXT, ["connection issue (Disconnected): attempt 2 of 3"])


@by_way
async def test_an_answer_that_is_cut(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT).truncate(after_chunks=way.chunks)
    heard = await half(hosts, way, llmock)
    assert heard.sentence == "The host ended the answer in the middle. Try again."


@by_way
async def test_an_event_that_is_no_json(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT).corrupt(after_chunks=way.chunks)
    heard = await half(hosts, way, llmock)
    assert heard.sentence.startswith("The host sent JSON that is malformed at character ")
    assert heard.sentence.endswith(": The host may not speak this dialect: check the provider's dialect and base_url.")


@by_way
async def test_a_stall(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT).stall(after_chunks=way.chunks, seconds=SOON * 5)
    heard = await half(hosts, way, llmock, inter_token_timeout_seconds=SOON)
    assert heard.sentence == (
        f"p stopped in the middle of the answer and said nothing for {SOON} s: "
        "try again, or raise inter_token_timeout_seconds of the provider"
    )


@by_way
async def test_a_first_token_that_is_late(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.slow_first_token(SOON * 5)
    heard = await hear(hosts, way.asked(llmock, first_token_timeout_seconds=SOON))
    assert (heard.text, heard.sentence) == (
        "",
        f"p sent no first token within {SOON} s: try again, or raise first_token_timeout_seconds of the provider",
    )


@by_way
async def test_a_slow_host_is_waited_for(hosts: ModelHosts, llmock: Any, way: Way) -> None:
    llmock.reply(TEXT).delay(SOON).pace(5)
    heard = await hear(hosts, way.asked(llmock))
    assert (heard.text, heard.sentence) == (TEXT, "")
