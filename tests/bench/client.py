"""A client that costs next to nothing: it stamps a frame when it is read, answers every edit and echoes it at once.

What the server has to say to the user ends the run: a bench has nothing to complain of.

It blocks in one read of the server's output and keeps no text while a job runs; the edits are carried out afterwards,
on a replica of its own, so that what the editor would show can be compared with what the host has said.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from lsp_llm.lsp.convert import offsets_of
from lsp_llm.lsp.documents import move
from lsp_llm.lsp.framing import BrokenFrame, FrameDecoder, frame
from lsp_llm.lsp.messages import (
    ApplyEditParams,
    ContentChange,
    DidChange,
    Envelope,
    Notification,
    Position,
    Range,
    Request,
    Result,
    TextEdit,
    VersionedDocument,
)
from lsp_llm.text.document import Document


@dataclass(frozen=True, slots=True)
class Program:
    """A server to be measured; `idle_command` is one of its commands that has nothing to do."""

    command: Sequence[str]
    idle_command: str


SERVER = Program((str(Path(sys.executable).with_name("lsp-llm")),), "lsp-llm.cancel")
STOCK = Program((sys.executable, str(Path(__file__).with_name("stock_pygls.py"))), "stock.nothing")
LIMIT_SECONDS = 60
READ_BYTES = 64 * 1024

_envelope = msgspec.json.Decoder(Envelope)
_apply = msgspec.json.Decoder(ApplyEditParams)
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Buffer:
    """An open document: its text at first, and every edit since with the time at which it was read."""

    uri: str
    document: Document
    version: int = 1
    edits: list[tuple[int, Sequence[TextEdit]]] = field(default_factory=list)

    def arrivals(self) -> Iterator[tuple[int, str]]:
        """Carry out the edits in their order, and give when each was read (ns) and what the text has gained by it."""
        edits, self.edits = self.edits, []
        for read_at, group in edits:
            move(self.document, changes(group), "utf-16")
            yield read_at, "".join(edit.new_text for edit in group)

    @property
    def text(self) -> str:
        """What the editor shows."""
        for _ in self.arrivals():
            pass
        return self.document.text

    def slice(self, range_: Range) -> str:
        """What stands in a range."""
        return self.document.slice(*offsets_of(self.document, range_, "utf-16"))


class BenchClient:
    """One server in a child process; every wait has a time limit."""

    def __init__(self, process: subprocess.Popen[bytes], idle_command: str) -> None:
        assert process.stdin
        assert process.stdout
        self.process = process
        self._idle_command = idle_command
        self.progress_ends: dict[str, str] = {}
        self.shown = 0
        """Documents that the server has asked to show."""
        self._in, self._out = process.stdout.fileno(), process.stdin.fileno()
        self._frames = FrameDecoder()
        self._buffers: dict[str, Buffer] = {}
        self._results: dict[int, Any] = {}
        self._count = 0

    # --- out ----------------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Write everything, however often it takes."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._out, view) :]

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send(frame(_encode(Notification(method, params))))

    def post(self, method: str, params: Any) -> int:
        """Send a request and give its id."""
        number, data = self._prepared(method, params)
        self.send(data)
        return number

    def _prepared(self, method: str, params: Any) -> tuple[int, bytes]:
        self._count += 1
        return self._count, frame(_encode(Request(self._count, method, params)))

    def request(self, method: str, params: Any) -> Any:
        """Send a request and give its result."""
        return self.result(self.post(method, params))

    def result(self, number: int) -> Any:
        """The result of a request, as soon as it is there."""
        self.read_until(lambda: number in self._results)
        return self._results.pop(number)

    def command(self, name: str, argument: Any) -> Any:
        """Run a command and give its answer."""
        return self.request("workspace/executeCommand", {"command": name, "arguments": [argument]})

    def idle_request(self) -> tuple[int, bytes]:
        """A request that is still to be sent and costs the server as little as any: its id and its bytes."""
        return self._prepared("workspace/executeCommand", {"command": self._idle_command, "arguments": [{}]})

    def settle(self) -> None:
        """Wait until the server has taken everything that was sent so far."""
        number, data = self.idle_request()
        self.send(data)
        self.result(number)

    def open(self, uri: str, text: str) -> Buffer:
        """Open a document."""
        self.notify(
            "textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}
        )
        buffer = self._buffers[uri] = Buffer(uri, Document(text))
        return buffer

    def close(self, buffer: Buffer) -> None:
        """Close it."""
        del self._buffers[buffer.uri]
        self.notify("textDocument/didClose", {"textDocument": {"uri": buffer.uri}})

    # --- in -----------------------------------------------------------------------------------------------------------

    def read_until(self, holds: Callable[[], bool]) -> None:
        """Take what the server sends until something holds."""
        limit = time.monotonic() + LIMIT_SECONDS
        while not holds():
            data = os.read(self._in, READ_BYTES)
            read_at = time.monotonic_ns()
            assert data, "the server has ended"
            assert time.monotonic() < limit, "the server takes too long"
            for body in self._frames.push(data):
                assert not isinstance(body, BrokenFrame)
                self._take(body, read_at)

    def ended(self, job_id: str) -> None:
        """Wait until a job's progress ends; fails where the job did."""
        self.read_until(lambda: f"lsp-llm/{job_id}" in self.progress_ends)
        said = self.progress_ends[f"lsp-llm/{job_id}"]
        assert said.endswith("done"), said

    def _take(self, body: bytes, read_at: int) -> None:
        message = _envelope.decode(body)
        if message.method == "workspace/applyEdit":
            self._apply(message, read_at)
        elif message.method is msgspec.UNSET:
            assert message.error is msgspec.UNSET, bytes(message.error)
            assert isinstance(message.id, int)
            assert isinstance(message.result, msgspec.Raw)
            self._results[message.id] = msgspec.json.decode(message.result)
        elif message.method == "$/progress":
            assert isinstance(message.params, msgspec.Raw)
            self._take_progress(msgspec.json.decode(message.params))
        elif message.method == "window/showMessage":
            assert isinstance(message.params, msgspec.Raw)
            raise AssertionError(bytes(message.params))
        elif isinstance(message.id, (int, str)):
            result: Any = [None] if message.method == "workspace/configuration" else None
            if message.method == "window/showDocument":
                self.shown, result = self.shown + 1, {"success": True}
            self.send(frame(_encode(Result(message.id, result))))

    def _apply(self, message: Envelope, read_at: int) -> None:
        assert isinstance(message.params, msgspec.Raw)
        assert isinstance(message.id, (int, str))
        (change,) = _apply.decode(message.params).edit.document_changes
        buffer = self._buffers[change.text_document.uri]
        buffer.version += 1
        buffer.edits.append((read_at, change.edits))
        echo = DidChange(VersionedDocument(buffer.uri, buffer.version), changes(change.edits))
        answer = frame(_encode(Result(message.id, {"applied": True})))
        self.send(answer + frame(_encode(Notification("textDocument/didChange", echo))))

    def _take_progress(self, params: Any) -> None:
        value = params["value"]
        if value["kind"] == "end":
            self.progress_ends[params["token"]] = value["message"]


def changes(edits: Sequence[TextEdit]) -> list[ContentChange]:
    """Simultaneous edits as the changes of a didChange, last place first."""
    return [ContentChange(edit.new_text, edit.range) for edit in reversed(edits)]


@contextmanager
def running(program: Program, options: Any = None) -> Iterator[BenchClient]:
    """A server that is initialized; it has a second to end by itself, then it is killed."""
    with spawned(program) as client:
        client.request("initialize", initialize_params(options))
        client.notify("initialized", {})
        yield client
        client.request("shutdown", None)
        client.notify("exit", None)


@contextmanager
def spawned(program: Program) -> Iterator[BenchClient]:
    """A server that has been told nothing yet."""
    environ = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"}
    pipe = subprocess.PIPE
    with subprocess.Popen(program.command, stdin=pipe, stdout=pipe, bufsize=0, env=environ) as process:
        try:
            yield BenchClient(process, program.idle_command)
            assert process.stdin
            process.stdin.close()
            process.wait(2)
        finally:
            process.kill()


def initialize_params(options: Any) -> Any:
    """What a client like VS Code says."""
    return {
        "processId": os.getpid(),
        "rootUri": None,
        "clientInfo": {"name": "Visual Studio Code", "version": "1.106"},
        "initializationOptions": options,
        "capabilities": {
            "general": {"positionEncodings": ["utf-16"]},
            "window": {"workDoneProgress": True},
            "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
        },
    }


def range_of(first_line: int, end_line: int) -> Range:
    """Whole lines."""
    return Range(Position(first_line, 0), Position(end_line, 0))


def cpu_seconds(pid: int) -> float:
    """What all threads of a process have used so far."""
    folder = Path(f"/proc/{pid}/task")
    return sum(int((task / "schedstat").read_text().split()[0]) for task in folder.iterdir()) / 1e9
