"""Our client against a real llama.cpp server: its chat, Responses, Anthropic and infill endpoints, tools, and leaving.

The model is the recital with scripts of its own: it says what a model would, in the words that llama.cpp itself has
to make calls, thoughts and endings of.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from lsp_llm.config.settings import Dialect
from lsp_llm.exchange.messages import FimRequest, Message, ModelRequest
from lsp_llm.exchange.outcome import FinishReason
from lsp_llm.exchange.tools import ToolResult, ToolSpec
from lsp_llm.providers import recital_model
from lsp_llm.providers.base import HttpRequest
from lsp_llm.providers.gguf_format import Value, gguf_bytes
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.providers.local import Endpoint, LocalEngine
from lsp_llm.providers.recital import Script
from lsp_llm.providers.transport import HttpTransport
from lsp_llm.stream.events import ReplayGiven
from tests.providers.traps.hearing import Asked, Heard, hear
from tests.turns import until

pytest.importorskip("xllamacpp", reason="needs the extra local")
pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Hello from a real server: größe 日本語 😀!\nIt has two lines."
MIDDLE = "first + second"
CALLS = """\
<tool_call>
{"name": "add", "arguments": {"first": 1, "second": 22}}
</tool_call>
<tool_call>
{"name": "read_file", "arguments": {"path": "src/größe.py"}}
</tool_call>"""
THOUGHT = "Six times seven can be counted on no hand."
AFTER_TOOLS = "They gave 23 and a file."

# The template names a script by its place.
SCRIPTS = (
    Script("at a tool", CALLS),
    Script("at a question", f"<think>\n{THOUGHT}\n</think>\n\nThe answer is 42."),
    Script("without end", "".join(f"{number} and on and on\n" for number in range(30))),
    Script("before the middle", "p"),
    Script("after the middle", "s"),
    Script("in the middle", MIDDLE),
    Script("after tools", AFTER_TOOLS),
    Script("", TEXT),
)
_TOOL, _THINK, _ENDLESS, _PREFIX, _SUFFIX, _MIDDLE, _AFTER_TOOLS, _TEXT = range(len(SCRIPTS))

# llama.cpp learns from a template how its model writes calls: as JSON in tags, here.
TEMPLATE = f"""\
{{%- if tools %}}<|system|>
Call functions as JSON: <tool_call>{{"name": ..., "arguments": ...}}</tool_call>
<tools>{{%- for tool in tools %}}
{{{{ tool | tojson }}}}{{%- endfor %}}
</tools>
{{%- endif %}}
{{%- for message in messages %}}<|{{{{ message.role }}}}|>
{{%- if message.role == "assistant" and message.reasoning_content %}}
<think>
{{{{ message.reasoning_content }}}}
</think>
{{%- endif %}}
{{%- if message.role == "assistant" and message.tool_calls %}}
{{%- for call in message.tool_calls %}}
<tool_call>
{{"name": "{{{{ call.function.name }}}}", "arguments": {{{{ call.function.arguments | tojson }}}}}}
</tool_call>
{{%- endfor %}}
{{%- else %}}
{{{{ message.content }}}}
{{%- endif %}}
{{%- endfor %}}
{{%- if add_generation_prompt %}}<|assistant|>
{{%- set last = messages[-1] %}}
{{%- if last.role == "tool" %}}<|script_{_AFTER_TOOLS}|>
{{%- elif "THINK" in (last.content | string) %}}<|script_{_THINK}|>
{{%- elif "ENDLESS" in (last.content | string) %}}<|script_{_ENDLESS}|>
{{%- elif tools %}}<|script_{_TOOL}|>
{{%- else %}}<|script_{_TEXT}|>{{%- endif %}}
{{%- endif %}}"""

INTEGER, STRING = {"type": "integer"}, {"type": "string"}


def schema(**properties: Any) -> dict[str, Any]:
    """llama.cpp holds a call to the schema of its tool, so that the scripts must fulfil it."""
    return {"type": "object", "properties": properties, "required": list(properties)}


TOOLS = (
    ToolSpec("add", "Adds.", schema(first=INTEGER, second=INTEGER)),
    ToolSpec("read_file", "Reads.", schema(path=STRING)),
)
DIALECTS: tuple[Dialect, ...] = ("openai_chat", "openai_responses", "anthropic")
FREE_LIMIT_SECONDS = 10

by_dialect = pytest.mark.parametrize("dialect", DIALECTS)


def model() -> bytes:
    """The GGUF file of the scripts above."""
    vocabulary = recital_model._Vocabulary(SCRIPTS)
    # The last word of this script is followed by its first one.
    start = vocabulary.texts.index(f"<|script_{_ENDLESS}|>")
    last = start
    while (following := vocabulary.successors[last]) != recital_model._END_TOKEN:
        last = following
    vocabulary.successors[last] = vocabulary.successors[start]
    own: dict[str, Value] = {
        f"tokenizer.ggml.fim_{part}_token_id": vocabulary.texts.index(f"<|script_{number}|>")
        for part, number in (("pre", _PREFIX), ("suf", _SUFFIX), ("mid", _MIDDLE))
    }
    own["tokenizer.chat_template"] = TEMPLATE
    return gguf_bytes(recital_model._metadata(vocabulary, SCRIPTS) | own, recital_model._tensors(vocabulary))


@dataclass(frozen=True, slots=True)
class Server:
    """llama.cpp, and a client that stays warm from test to test."""

    endpoint: Endpoint
    hosts: ModelHosts
    transport: HttpTransport

    def asked(self, dialect: Dialect, words: str, **more: Any) -> Asked:
        """A question in a dialect."""
        messages = (Message("system", "Be brief."), Message("user", words))
        return self.asking(dialect, ModelRequest("m", more.pop("messages", messages), **more))

    def asking(self, dialect: Dialect, request: ModelRequest | FimRequest, **preset: Any) -> Asked:
        """Any request in a dialect."""
        keyed = {"auth": "bearer", "api_key_env": "ENGINE_KEY"}
        return Asked(dialect, self.endpoint.base_url, keyed, preset, request)

    async def hear(self, dialect: Dialect, words: str, **more: Any) -> Heard:
        """What is heard of a question, without a word of trouble."""
        heard = await hear(self.hosts, self.asked(dialect, words, **more))
        assert (heard.sentence, heard.notices) == ("", ["thinking"] if heard.thoughts else [])
        return heard

    async def busy_slots(self) -> int:
        """How many answers llama.cpp is at work on."""
        url = f"{self.endpoint.base_url.removesuffix('/v1')}/slots"
        request = HttpRequest(url, {"authorization": f"Bearer {self.endpoint.api_key}"}, b"", "GET")
        async with self.transport.send(request) as response:
            slots = json.loads(b"".join([chunk async for chunk in response.chunks()]))
        return sum(slot["is_processing"] for slot in slots)


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("llamacpp") / "scripts.gguf"
    path.write_bytes(model())
    return path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(gguf_file: Path) -> AsyncIterator[Server]:
    engine, transport = LocalEngine(str(gguf_file)), HttpTransport()
    endpoint = await engine.start()
    hosts = ModelHosts({"ENGINE_KEY": endpoint.api_key})
    yield Server(endpoint, hosts, transport)
    await hosts.close()
    await transport.close()
    await engine.stop()


@by_dialect
async def test_a_whole_answer(server: Server, dialect: Dialect) -> None:
    heard = await server.hear(dialect, "hello")
    assert heard.text == TEXT
    reason, usage = heard.completed
    assert reason is FinishReason.STOP
    assert usage.input_tokens > 0
    assert usage.output_tokens > 5


@by_dialect
async def test_thoughts(server: Server, dialect: Dialect) -> None:
    heard = await server.hear(dialect, "THINK of an answer")
    # llama.cpp hands the blank lines behind the closing tag over as text; they are no part of the answer.
    assert (heard.text, heard.thoughts.strip()) == ("The answer is 42.", THOUGHT)
    assert heard.completed[0] is FinishReason.STOP


def results(heard: Heard) -> tuple[Message, ...]:
    """The conversation after these calls, with what the tools gave."""
    replay = next((event.replay for event in heard.events if isinstance(event, ReplayGiven)), None)
    given = tuple(ToolResult(call.call_id, call.name, "23") for call in heard.calls)
    return (
        Message("user", "do both"),
        Message("assistant", heard.text, tuple(heard.calls), replay=replay),
        Message("user", "", tool_results=given),
    )


@by_dialect
async def test_two_tools_at_once_and_what_they_gave(server: Server, dialect: Dialect) -> None:
    heard = await server.hear(dialect, "do both", tools=TOOLS)
    assert [(call.name, json.loads(call.arguments), call.problem) for call in heard.calls] == [
        ("add", {"first": 1, "second": 22}, ""),
        ("read_file", {"path": "src/größe.py"}, ""),
    ]
    assert len({call.call_id for call in heard.calls}) == 2
    assert (heard.text.strip(), heard.completed[0]) == ("", FinishReason.TOOL_USE)
    after = await server.hear(dialect, "", messages=results(heard), tools=TOOLS)
    assert (after.text, after.calls) == (AFTER_TOOLS, [])


async def test_infill(server: Server) -> None:
    middle = FimRequest("m", "def add(first, second):\n    return ", "\n")
    heard = await hear(server.hosts, server.asking("openai_chat", middle, fim="llamacpp"))
    assert (heard.text, heard.sentence) == (MIDDLE, "")
    assert heard.completed[0] is FinishReason.STOP


# Over Responses, llama.cpp calls an answer that it cut off complete.
@pytest.mark.parametrize("dialect", ["openai_chat", "anthropic"])
async def test_a_limit_of_tokens(server: Server, dialect: Dialect) -> None:
    heard = await hear(server.hosts, server.asked(dialect, "hello", params={"max_tokens": 2}))
    assert TEXT.startswith(heard.text)
    assert heard.notices == ["the answer was cut off at the token limit"]
    assert heard.completed[0] is FinishReason.LENGTH


@by_dialect
async def test_a_prompt_that_is_too_long(server: Server, dialect: Dialect) -> None:
    heard = await hear(server.hosts, server.asked(dialect, "word " * 2_000))
    assert (heard.text, heard.request_count) == ("", 1)
    assert heard.sentence.startswith("The prompt is too long for the model (400): ")
    assert heard.sentence.endswith("Select less, lower context.max_tokens, or choose a model with a larger context.")


@by_dialect
async def test_a_wrong_key(server: Server, dialect: Dialect) -> None:
    strangers = ModelHosts({"ENGINE_KEY": "sk-of-someone-else-12345"})
    heard = await hear(strangers, server.asked(dialect, "hello"))
    await strangers.close()
    assert heard.sentence == (
        "The host does not accept the API key (401): Invalid API Key: "
        "Check the key that api_key_env or api_key_command of this provider gives."
    )


@by_dialect
async def test_leaving_frees_the_slot(server: Server, dialect: Dialect) -> None:
    heard = Heard()
    hearing = asyncio.create_task(hear(server.hosts, server.asked(dialect, "ENDLESS"), heard))
    await until(lambda: heard.text)
    assert await server.busy_slots() == 1
    hearing.cancel()
    with suppress(asyncio.CancelledError):
        await hearing
    # Left to itself it would go on until its context is full.
    async with asyncio.timeout(FREE_LIMIT_SECONDS):
        while await server.busy_slots():
            pass
    assert heard.request_count == 1


async def test_answers_at_once_and_one_after_another(server: Server) -> None:
    """It offers keep-alive and yet closes behind each stream: the next request may meet a connection that closes."""
    for _ in range(5):
        for dialect in DIALECTS:
            assert (await server.hear(dialect, "do both", tools=TOOLS)).calls
    together = await asyncio.gather(*(server.hear(dialect, "hello") for dialect in DIALECTS))
    assert [heard.text for heard in together] == [TEXT] * len(DIALECTS)
