"""Every way to cancel: from the moment at which it is sent until the model host sees that its connection is closed."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench.client import SERVER, BenchClient, Buffer, initialize_params, spawned
from tests.bench.host import HEAD, sse_event
from tests.bench.report import Goal, Row, Weight

ROUNDS = 2
TEXT = "x = 1"
SAID = " # one"
PLACE = {"start": {"line": 0, "character": len(TEXT)}, "end": {"line": 0, "character": len(TEXT)}}
WAIT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Running:
    """A job that waits for its host; its first text is in the document if the host says any."""

    client: BenchClient
    buffer: Buffer
    job_id: str


def measure() -> list[Row]:
    """The slowest of all cancels counts."""
    return [
        _row("cancel to connection closed", SAID, WAYS),
        # There is nothing to be undone yet.
        _row("  before the first token", "", [way for way in WAYS if way is not by_undo]),
    ]


def _row(name: str, says: str, ways: Sequence[Way]) -> Row:
    with SilentHost(says) as host:
        took = {way.__name__: max(_cancel_ms(host, way) for _ in range(ROUNDS)) for way in ways}
    slowest = max(took, key=lambda way: took[way])
    said = f"{took[slowest]:.1f} ms {slowest.replace('_', ' ')}, else {sorted(took.values())[-2]:.1f} ms at most"
    return Row(name, said, f"{len(ways)} ways", took[slowest], Goal(100, "ms", Weight.MUST))


# --- the ways ---------------------------------------------------------------------------------------------------------


def by_progress(job: Running) -> None:
    """The button of the progress."""
    job.client.notify("window/workDoneProgress/cancel", {"token": f"lsp-llm/{job.job_id}"})


def by_command(job: Running) -> None:
    """`lsp-llm.cancel`."""
    job.client.command("lsp-llm.cancel", {"jobId": job.job_id})


def by_code_action(job: Running) -> None:
    """The menu is opened, and its "LLM: stop" chosen."""
    place = {"textDocument": {"uri": job.buffer.uri}, "range": PLACE, "context": {"diagnostics": []}}
    actions = job.client.request("textDocument/codeAction", place)
    (stop,) = (action["command"] for action in actions if action["title"] == "LLM: stop")
    job.client.request("workspace/executeCommand", stop)


def by_closing(job: Running) -> None:
    """The document is closed."""
    job.client.close(job.buffer)


def by_undo(job: Running) -> None:
    """The user takes the first text back."""
    end = {"line": 0, "character": len(TEXT) + len(SAID)}
    document = {"uri": job.buffer.uri, "version": job.buffer.version + 1}
    change = {"range": {"start": PLACE["start"], "end": end}, "text": ""}
    job.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})


def by_shutdown(job: Running) -> None:
    """`shutdown`."""
    job.client.request("shutdown", None)


def by_end_of_input(job: Running) -> None:
    """The editor is gone."""
    assert job.client.process.stdin
    job.client.process.stdin.close()


Way = Callable[[Running], None]
WAYS: tuple[Way, ...] = (
    by_progress,
    by_command,
    by_code_action,
    by_closing,
    by_undo,
    by_shutdown,
    by_end_of_input,
)


def _cancel_ms(host: SilentHost, way: Way) -> float:
    with _running_job(host) as job:
        began = time.monotonic()
        way(job)
        return (host.closed_at() - began) * 1000


@contextmanager
def _running_job(host: SilentHost) -> Iterator[Running]:
    """A server of its own: some ways end it."""
    with spawned(SERVER) as client:
        client.request("initialize", initialize_params(_options(host.base_url)))
        client.notify("initialized", {})
        buffer = client.open("file:///bench/cancel.py", f"{TEXT}\n")
        job_id = client.command("lsp-llm.yap", {"uri": buffer.uri, "range": PLACE})["jobId"]
        host.wait_until_asked()
        if host.says:
            client.read_until(lambda: bool(buffer.edits))
        yield Running(client, buffer, job_id)


def _options(base_url: str) -> object:
    return {
        "preset": "silent",
        "providers": {"bench": {"base_url": base_url, "auth": "none"}},
        "presets": {"silent": {"provider": "bench", "model": "bench"}},
    }


class SilentHost:
    """A model host that says one token to each request, or none, and then waits until it is left alone."""

    def __init__(self, says: str) -> None:
        self.says = says
        self._asked = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._closed: list[float] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> SilentHost:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    @property
    def base_url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def wait_until_asked(self) -> None:
        """Wait for the next request."""
        assert self._asked.wait(WAIT_SECONDS), "nobody asks"
        self._asked.clear()

    def closed_at(self) -> float:
        """When the connection was closed, by the monotonic clock."""
        with self._news:
            assert self._news.wait_for(lambda: self._closed, WAIT_SECONDS), "the connection stays open"
            return self._closed.pop()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._say(connection)

    def _say(self, connection: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += connection.recv(1 << 16)
        connection.sendall(HEAD)
        if self.says:
            event = sse_event(self.says)
            connection.sendall(b"%x\r\n%b\r\n" % (len(event), event))
        self._asked.set()
        try:
            while connection.recv(1 << 16):
                pass
        except ConnectionError:
            pass
        at = time.monotonic()
        with self._news:
            self._closed.append(at)
            self._news.notify_all()
