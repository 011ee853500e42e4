"""A language client by hand: the real server as a child process, messages as plain dicts, one buffer per document.

It behaves like VS Code: a stale edit is refused, an applied one is answered first and echoed then. It complains about
messages that nobody read, so that a server that says too much fails the test.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from lsp_llm.lsp.convert import offsets_of, position_of
from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.messages import Position, Range
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit

Message = dict[str, Any]

LIMIT_SECONDS = 60
"""A server that does not do what a test waits for fails the test; it does not hang it."""


class Refusal(Exception):
    """An error that the server answered with."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(f"{code}: {message}")
        self.data = data
        self.code = code
        self.message = message


class Buffer:
    """A document as the editor has it."""

    def __init__(self, uri: str, text: str) -> None:
        self.uri = uri
        self.document = Document(text)
        self.version = 1

    @property
    def text(self) -> str:
        return self.document.text

    def change(self, edits: Sequence[Edit]) -> list[Message]:
        """Apply simultaneous edits and give the content changes that report them, last place first."""
        changes = []
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            changes.append({"range": self.range(edit.start, edit.end), "text": edit.text})
            self.document.apply(edit)
        self.version += 1
        return changes

    def range(self, start: int, end: int) -> Message:
        ends = {}
        for name, offset in (("start", start), ("end", end)):
            position = position_of(self.document, offset, "utf-16")
            ends[name] = {"line": position.line, "character": position.character}
        return ends

    def edit(self, value: Message) -> Edit:
        ends = [Position(value["range"][name]["line"], value["range"][name]["character"]) for name in ("start", "end")]
        return Edit(*offsets_of(self.document, Range(*ends), "utf-16"), value["newText"])


class LspClient:
    """`async with LspClient(...) as client`: initialized and ready."""

    def __init__(
        self,
        *arguments: str,
        environ: Mapping[str, str] | None = None,
        initialize: Message | None = None,
        options: Any = None,
        root: Path | None = None,
    ) -> None:
        self.arguments = arguments
        self._environ = environ or {}
        self.params: Message = {
            "processId": os.getpid(),
            "capabilities": CAPABILITIES,
            "clientInfo": {"name": "Visual Studio Code"},
        }
        if root is not None:
            self.params["workspaceFolders"] = [{"uri": root.as_uri(), "name": root.name}]
        self.params |= initialize or {}
        if options is not None:
            self.params["initializationOptions"] = options
        self.buffers: dict[str, Buffer] = {}
        self.notifications: list[Message] = []
        self.requests: list[Message] = []
        self.answers: dict[str, Callable[[Any], Any]] = {"workspace/applyEdit": self._apply}
        self.server_info: Message = {}
        self.errors = ""
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Event()
        self._count = 0

    async def __aenter__(self) -> Self:
        await self.spawn()
        try:
            self.server_info = await self.request("initialize", self.params)
            self.notify("initialized", {})
        except BaseException:
            await self.kill()
            raise
        return self

    async def __aexit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            await self.kill()
            return
        if self.process.returncode is None:
            await self.request("shutdown", None)
            self.notify("exit", None)
        await self.gone()

    async def kill(self) -> None:
        """End the server of a test that has failed."""
        if self.process.returncode is None:
            self.process.kill()
        await self.gone()

    async def gone(self) -> int:
        """Wait for the end of the server, and give its exit code; what it wrote to stderr is in `errors`."""
        code = await asyncio.wait_for(self.process.wait(), LIMIT_SECONDS)
        await self._reading
        self.errors = await self._listening
        sys.stderr.write(self.errors)
        if self.process.stdin is not None:
            self.process.stdin.close()
        self._home.cleanup()
        return code

    async def spawn(self) -> None:
        self._home = tempfile.TemporaryDirectory(prefix="lsp-llm-test-")
        self.home = Path(self._home.name)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "lsp_llm", *self.arguments,
            stdin=PIPE, stdout=PIPE, stderr=PIPE, env={**_bare_environment(self.home), **self._environ},
        )  # fmt: skip
        self._reading = asyncio.create_task(self._read())
        self._listening = asyncio.create_task(self._listen())

    # --- out ----------------------------------------------------------------------------------------------------------

    def send(self, message: Message) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(frame(json.dumps({"jsonrpc": "2.0", **message}).encode()))

    def notify(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    async def request(self, method: str, params: Any) -> Any:
        """The result; raises Refusal."""
        self._count += 1
        waiting = self._waiting[self._count] = asyncio.get_running_loop().create_future()
        self.send({"id": self._count, "method": method, "params": params})
        return await asyncio.wait_for(waiting, LIMIT_SECONDS)

    async def command(self, name: str, *arguments: Any) -> Any:
        return await self.request(
            "workspace/executeCommand", {"command": f"lsp-llm.{name}", "arguments": list(arguments)}
        )

    def open(self, uri: str, text: str, language: str = "python") -> Buffer:
        buffer = self.buffers[uri] = Buffer(uri, text)
        item = {"uri": uri, "languageId": language, "version": buffer.version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})
        return buffer

    def close(self, buffer: Buffer) -> None:
        del self.buffers[buffer.uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": buffer.uri}})

    def type(self, buffer: Buffer, edit: Edit) -> None:
        """What the user types."""
        self._report(buffer, buffer.change([edit]))

    def _report(self, buffer: Buffer, changes: list[Message]) -> None:
        document = {"uri": buffer.uri, "version": buffer.version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    # --- in -----------------------------------------------------------------------------------------------------------

    async def until(self, holds: Callable[[], bool], what: str = "") -> None:
        """Wait for a message that makes it true."""
        try:
            async with asyncio.timeout(LIMIT_SECONDS):
                while not holds():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            seen = [message.get("params") for message in self.notifications[-8:]]
            raise AssertionError(f"never: {what or holds}; last notifications {seen}") from None

    def statuses(self, kind: str = "") -> list[Message]:
        found = [message["params"] for message in self.notifications if message["method"] == "lsp-llm/status"]
        return [status for status in found if kind in ("", status["kind"])]

    def messages(self) -> list[str]:
        return [item["params"]["message"] for item in self.notifications if item["method"] == "window/showMessage"]

    def asked(self, method: str) -> int:
        """How many requests of this kind the server has sent."""
        return sum(message["method"] == method for message in self.requests)

    async def ended(self, job_id: str) -> Message:
        """The last status of a job."""
        ends = ("finished", "cancelled", "failed")
        found: list[Message] = []

        def has_ended() -> bool:
            found[:] = [status for status in self.statuses() if status["jobId"] == job_id and status["kind"] in ends]
            return bool(found)

        await self.until(has_ended, f"the end of job {job_id}")
        return found[0]

    async def _read(self) -> None:
        assert self.process.stdout is not None
        frames = FrameDecoder()
        while data := await self.process.stdout.read(1 << 16):
            for body in frames.push(data):
                assert not isinstance(body, BrokenFrame), f"the server wrote {body.beginning!r}"
                self._take(json.loads(body))
                self._news.set()

    async def _listen(self) -> str:
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()

    def _take(self, message: Message) -> None:
        if "method" not in message:
            waiting = self._waiting.pop(message["id"], None) if message["id"] is not None else None
            if waiting is None:
                self.notifications.append({"method": "(answer)", "params": message})
            elif "error" in message:
                error = message["error"]
                waiting.set_exception(Refusal(error["code"], error["message"], error.get("data")))
            else:
                waiting.set_result(message["result"])
        elif "id" in message:
            self.requests.append(message)
            self._answer(message)
        else:
            self.notifications.append(message)

    def _answer(self, message: Message) -> None:
        answer = self.answers.get(message["method"])
        if answer is not None:
            answer(message)
        elif message["method"] in ("window/workDoneProgress/create", "client/registerCapability"):
            self.send({"id": message["id"], "result": None})
        elif message["method"] == "workspace/configuration":
            self.send({"id": message["id"], "result": [None]})
        else:
            self.send({"id": message["id"], "error": {"code": -32601, "message": "not here"}})

    def _apply(self, message: Message) -> None:
        (change,) = message["params"]["edit"]["documentChanges"]
        buffer = self.buffers.get(change["textDocument"]["uri"])
        version = change["textDocument"]["version"]
        if buffer is None or (version is not None and version != buffer.version):
            self.send({"id": message["id"], "result": {"applied": False}})
            return
        changes = buffer.change([buffer.edit(edit) for edit in change["edits"]])
        self.send({"id": message["id"], "result": {"applied": True}})
        self._report(buffer, changes)


CAPABILITIES: Message = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"workDoneProgress": True},
    "workspace": {"configuration": True, "applyEdit": True},
    "experimental": {"lspLlm": {"status": True}},
}


def _bare_environment(home: Path) -> dict[str, str]:
    """No key, no settings and no state of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
    return {**kept, "HOME": str(home), **folders}


def host_options(base_url: str, **preset: Any) -> Message:
    """Settings whose preset speaks to a fake host."""
    provider = {"base_url": base_url, "auth": "none"}
    return {
        "preset": "fake",
        "providers": {"fake": provider},
        "presets": {"fake": {"provider": "fake", "model": "m", **preset}},
    }
