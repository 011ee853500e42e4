"""Many clients of one server, in a process of their own: each has some documents into which answers stream at once.

    python -m tests.bench.crowd_load ADDRESS BASE_URL CLIENTS STREAMS

The token is in LSP_LLM_TOKEN. Each line of standard input names a part of a round (come, stream, go), and is answered
with a line of JSON when it is over. An answer that is not whole fails the run.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec

from lsp_llm.lsp.link import Link
from lsp_llm.lsp.linked import Linked
from lsp_llm.lsp.messages import ApplyEditParams, DidChange, Envelope, Notification, Request, Result, VersionedDocument
from lsp_llm.remote.addresses import read_address
from lsp_llm.remote.dialing import dial
from lsp_llm.text.document import Document
from tests.bench.client import Buffer, changes, initialize_params
from tests.bench.host import stamps
from tests.bench.rounds import Pace

LIMIT_SECONDS = 120
LINES = 200
CROWD = Pace("crowd", 300, 50)
WORD = Pace("word", 1, 50)
APART_SECONDS = 0.01
"""So much later each answer is asked for: people do not press a key in the same instant."""

_envelope = msgspec.json.Decoder(Envelope)
_apply = msgspec.json.Decoder(ApplyEditParams)
_encode = msgspec.json.Encoder().encode


class CrowdClient:
    """One client, which answers every edit and echoes it at once."""

    def __init__(self, link: Link) -> None:
        self._linked = Linked(link)
        self._running = asyncio.create_task(self._linked.run(self))
        self._buffers: dict[str, Buffer] = {}
        self._results: dict[int, asyncio.Future[Any]] = {}
        self._ends: dict[str, str] = {}
        self._news = asyncio.Event()
        self._count = 0

    async def request(self, method: str, params: Any) -> Any:
        self._count += 1
        waiting = self._results[self._count] = asyncio.get_running_loop().create_future()
        self._linked.send(_encode(Request(self._count, method, params)))
        return await asyncio.wait_for(waiting, LIMIT_SECONDS)

    def notify(self, method: str, params: Any) -> None:
        self._linked.send(_encode(Notification(method, params)))

    async def begin(self, base_url: str) -> None:
        """Initialize with a preset that asks the paced host."""
        provider = {"base_url": base_url, "auth": "none"}
        presets = {pace.name: {"provider": "bench", "model": "bench", "params": pace.body} for pace in (CROWD, WORD)}
        options = {"preset": "crowd", "providers": {"bench": provider}, "presets": presets}
        await self.request("initialize", initialize_params(options))
        self.notify("initialized", {})

    async def stream_into(self, name: str, pace: Pace, after_seconds: float = 0) -> list[float]:
        """Have an answer stream into a new document; milliseconds from the host to here, token by token."""
        await asyncio.sleep(after_seconds)
        text = "".join(f"value_{line} = {line}\n" for line in range(LINES))
        uri = f"file:///bench/{name}"
        buffer = self._buffers[uri] = Buffer(uri, Document(text))
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        place = {"line": LINES // 2, "character": 0}
        argument = {"uri": uri, "range": {"start": place, "end": place}, "preset": pace.name}
        command = {"command": "lsp-llm.yap", "arguments": [argument]}
        token = f"lsp-llm/{(await self.request('workspace/executeCommand', command))['jobId']}"
        await self._until(lambda: token in self._ends)
        assert self._ends[token].endswith("done"), self._ends[token]
        arrivals = list(buffer.arrivals())
        expected = stamps("".join(arrived for _, arrived in arrivals))
        assert len(expected) == pace.tokens
        assert re.sub(r"(?:\d{9,}\s)+=\w{8}", "", buffer.text) == text, "text beside the answer was changed"
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        return [(read_at - int(word)) / 1e6 for read_at, said in arrivals for word in re.findall(r"\d{9,}(?=\s)", said)]

    async def end(self) -> None:
        await self.request("shutdown", None)
        self.notify("exit", None)
        await self._running
        await self._linked.drain(1)

    def take(self, body: bytes) -> None:
        read_at = time.monotonic_ns()
        message = _envelope.decode(body)
        if message.method == "workspace/applyEdit":
            self._edit(message, read_at)
        elif message.method is msgspec.UNSET:
            assert message.error is msgspec.UNSET, bytes(message.error)
            assert isinstance(message.id, int)
            assert isinstance(message.result, msgspec.Raw)
            self._results.pop(message.id).set_result(msgspec.json.decode(message.result))
        elif message.method == "$/progress":
            self._note_progress(json.loads(body)["params"])
        elif message.method == "window/showMessage":
            raise AssertionError(body)
        elif isinstance(message.id, (int, str)):
            self._linked.send(_encode(Result(message.id, None)))

    def _edit(self, message: Envelope, read_at: int) -> None:
        assert isinstance(message.params, msgspec.Raw)
        assert isinstance(message.id, (int, str))
        (change,) = _apply.decode(message.params).edit.document_changes
        buffer = self._buffers[change.text_document.uri]
        buffer.version += 1
        buffer.edits.append((read_at, change.edits))
        self._linked.send(_encode(Result(message.id, {"applied": True})))
        echo = DidChange(VersionedDocument(buffer.uri, buffer.version), changes(change.edits))
        self.notify("textDocument/didChange", echo)

    def _note_progress(self, params: Any) -> None:
        if params["value"]["kind"] == "end":
            self._ends[params["token"]] = params["value"]["message"]
            self._news.set()

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_SECONDS):
            while not holds():
                self._news.clear()
                await self._news.wait()


class Load:
    """All clients, through the parts of a round."""

    def __init__(self, address: str, base_url: str, clients: int, streams: int) -> None:
        self._address = read_address(address)
        self._base_url = base_url
        self._clients = clients
        self._streams = streams
        self._crowd: list[CrowdClient] = []

    async def come(self) -> None:
        """Connect everybody, and have each ask for one word: what a client costs once is paid then."""
        token = os.environ["LSP_LLM_TOKEN"]
        self._crowd = [CrowdClient(await dial(self._address, token)) for _ in range(self._clients)]
        await asyncio.gather(*(client.begin(self._base_url) for client in self._crowd))
        words = [client.stream_into(f"word-{number}", WORD) for number, client in enumerate(self._crowd)]
        await asyncio.gather(*words)

    async def stream(self) -> list[float]:
        """The latencies of all tokens in milliseconds, in the order of the answers."""
        places = enumerate(client for client in self._crowd for _ in range(self._streams))
        answers = [client.stream_into(str(number), CROWD, APART_SECONDS * number) for number, client in places]
        return [value for values in await asyncio.gather(*answers) for value in values]

    async def go(self) -> None:
        """Everybody leaves."""
        await asyncio.gather(*(client.end() for client in self._crowd))
        self._crowd = []


async def run(load: Load) -> None:
    """Do what the lines of standard input name, and answer each with a line."""
    parts = {"come": load.come, "stream": load.stream, "go": load.go}
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await parts[line.strip()]()), flush=True)


def main() -> None:
    """Wait for orders."""
    address, base_url, clients, streams = sys.argv[1:]
    gc.disable()
    asyncio.run(run(Load(address, base_url, int(clients), int(streams))))


if __name__ == "__main__":
    main()
