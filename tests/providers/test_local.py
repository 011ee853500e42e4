"""The embedded engine for real: llama.cpp in a child process, spoken to over HTTP."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lsp_llm.errors import UserError
from lsp_llm.providers.base import HttpRequest
from lsp_llm.providers.local import Endpoint, LocalEngine
from lsp_llm.providers.recital import SCRIPTS, Script
from lsp_llm.providers.recital_model import recital_gguf
from lsp_llm.providers.transport import HttpTransport


@pytest.fixture(autouse=True)
def no_model_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LSP_LLM_GGUF", raising=False)


@pytest.fixture
async def engine() -> AsyncIterator[LocalEngine]:
    engine = LocalEngine()
    yield engine
    await engine.stop()


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    transport = HttpTransport()
    yield transport
    await transport.close()


@pytest.fixture
def own_gguf(tmp_path: Path) -> Path:
    path = tmp_path / "my-model.gguf"
    path.write_bytes(recital_gguf([Script("", "I am the file that was named.")]))
    return path


async def ask(transport: HttpTransport, endpoint: Endpoint, prompt: str, key: str | None = None) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {endpoint.api_key if key is None else key}"}
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": prompt}]
    body = json.dumps({"messages": messages, "stream": True}).encode()
    request = HttpRequest(f"{endpoint.base_url}/chat/completions", headers, body)
    async with transport.send(request) as response:
        return response.status, b"".join([chunk async for chunk in response.chunks()])


def said(body: bytes) -> str:
    """The text of a streamed OpenAI chat answer."""
    events = [line.removeprefix(b"data: ") for line in body.split(b"\n\n") if line]
    assert events.pop() == b"[DONE]"
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


async def test_each_script_is_recited_for_its_cue_wherever_it_stands(
    engine: LocalEngine, transport: HttpTransport
) -> None:
    endpoint = await engine.start()
    assert endpoint.label == "recital (no model: repeats a script)"
    for script in SCRIPTS:
        prompt = f"<file>\ndef other(): ...\n</file>\n{script.cue}\nAnswer with code only, do not explain.\n" * 20
        status, body = await ask(transport, endpoint, prompt)
        assert status == 200
        assert said(body) == script.text


async def test_several_answers_at_once_do_not_mix(engine: LocalEngine, transport: HttpTransport) -> None:
    endpoint = await engine.start()
    answers = await asyncio.gather(*(ask(transport, endpoint, script.cue) for script in SCRIPTS))
    assert [said(body) for _, body in answers] == [script.text for script in SCRIPTS]


async def test_nobody_without_the_key_is_answered(engine: LocalEngine, transport: HttpTransport) -> None:
    endpoint = await engine.start()
    assert endpoint.api_key not in repr(endpoint)
    status, _ = await ask(transport, endpoint, "Hello", key="another")
    assert status == 401


async def test_it_is_started_once_for_all_who_ask_and_again_after_a_stop(engine: LocalEngine) -> None:
    first, second = await asyncio.gather(engine.start(), engine.start())
    assert first is second
    await engine.stop()
    assert await engine.start() != first


async def test_a_named_file_is_served_under_its_name(own_gguf: Path, transport: HttpTransport) -> None:
    engine = LocalEngine(str(own_gguf))
    endpoint = await engine.start()
    assert endpoint.label == engine.label == "my-model.gguf"
    _, body = await ask(transport, endpoint, "Who are you?")
    await engine.stop()
    assert said(body) == "I am the file that was named."
    assert b'"model":"my-model.gguf"' in body


async def test_the_environment_names_a_file_too(own_gguf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LSP_LLM_GGUF", str(own_gguf))
    assert LocalEngine().label == "my-model.gguf"


async def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.gguf"
    with pytest.raises(UserError, match="no GGUF file") as caught:
        await LocalEngine(str(path)).start()
    assert str(path) in str(caught.value)


@pytest.fixture
def broken_gguf(own_gguf: Path) -> Path:
    own_gguf.write_bytes(own_gguf.read_bytes()[:100_000])
    return own_gguf


async def test_a_broken_file_is_named_with_llama_cpps_own_reason(broken_gguf: Path) -> None:
    engine = LocalEngine(str(broken_gguf))
    with pytest.raises(UserError, match="corrupted or incomplete") as caught:
        await engine.start()
    assert str(broken_gguf) in str(caught.value)


async def test_without_llama_cpp_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(UserError, match=r"pip install 'lsp-llm\[local\]'"):
        await LocalEngine().start()


async def test_stop_without_a_start_does_nothing() -> None:
    await LocalEngine().stop()


async def test_a_start_that_is_cancelled_leaves_no_child() -> None:
    engine = LocalEngine()
    starting = asyncio.create_task(engine.start())
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert (await engine.start()).base_url
    await engine.stop()


PARENT = """
import asyncio
from lsp_llm.providers.local import LocalEngine

async def main():
    print((await LocalEngine().start()).base_url, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_the_child_dies_with_a_parent_that_is_killed_and_prints_nothing_for_it() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=PIPE)
    assert parent.stdout
    async with asyncio.timeout(60):
        address = urlsplit((await parent.stdout.readline()).decode().strip())
        assert address.port
        gone = asyncio.create_task(no_longer_served(address.port))
    async with asyncio.timeout(60):
        parent.kill()
        assert await parent.stdout.read() == b""
        await parent.wait()
        await gone


async def no_longer_served(port: int) -> None:
    """Return when nothing listens there any more: each connection made until then lasts as long as the engine does."""
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            return
        with suppress(ConnectionResetError):
            await reader.read()
        writer.close()
