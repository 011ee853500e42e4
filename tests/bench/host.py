"""A paced model host in a process of its own: every token is the monotonic clock at the moment it is sent.

    with running_host() as base_url: ...

The request's body says under `bench` what is wanted: `tokens` stamped tokens at `per_second` (0: all at once), the
first after `first_token_seconds`; or `pieces`, text to be said as it is. A stamped answer ends in a token with the
CRC-32 of all that stood before it, so that a reader can tell whether it has everything.
"""

from __future__ import annotations

import json
import socketserver
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
TOKENS_A_LINE = 8


@contextmanager
def running_host() -> Iterator[str]:
    """The base URL of a host in a child process."""
    command = [sys.executable, "-m", "tests.bench.host"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin
        assert child.stdout
        try:
            yield f"http://127.0.0.1:{int(child.stdout.readline())}/v1"
        finally:
            child.stdin.close()


def stamps(answer: str) -> list[int]:
    """The stamps of a whole answer in nanoseconds; fails where a token is missing, doubled or out of its place."""
    said, _, checksum = answer.rpartition("=")
    assert f"{zlib.crc32(said.encode()):08x}" == checksum, f"not what the host said: {answer[:200]!r}"
    return [int(word) for word in said.split()]


class _Exchange(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        while head := self._head():
            body = json.loads(self.rfile.read(int(head["content-length"])))
            self.wfile.write(HEAD)
            order = body["bench"]
            time.sleep(order.get("first_token_seconds", 0))
            if "pieces" in order:
                self._say_all(order["pieces"])
            else:
                self._say_stamps(order["tokens"], order["per_second"])
            self._end()

    def _head(self) -> dict[str, str]:
        fields: dict[str, str] = {}
        while (line := self.rfile.readline().strip()) or not fields:
            if not line:
                return {}
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return fields

    def _say_all(self, pieces: list[str]) -> None:
        self.wfile.write(b"".join(map(_event, pieces)))

    def _say_stamps(self, tokens: int, per_second: float) -> None:
        checksum = 0
        due = time.monotonic()
        for count in range(1, tokens + 1):
            if per_second:
                due += 1 / per_second
                time.sleep(max(0.0, due - time.monotonic()))
            text = f"{time.monotonic_ns()}{' ' if count % TOKENS_A_LINE else chr(10)}"
            self.wfile.write(_event(text))
            checksum = zlib.crc32(text.encode(), checksum)
        self.wfile.write(_event(f"={checksum:08x}"))

    def _end(self) -> None:
        self.wfile.write(_event("", "stop") + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")


def sse_event(text: str, finish_reason: str | None = None) -> bytes:
    """One event as the big hosts send it, with all that nobody reads."""
    payload: dict[str, Any] = {
        "id": "chatcmpl-9pKqGk0Yw7n2s3V5b1zJ4aLr",
        "object": "chat.completion.chunk",
        "created": 1793577600,
        "model": "bench",
        "system_fingerprint": "fp_44709d6fcb",
        "choices": [{"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": finish_reason}],
    }
    return b"data: " + json.dumps(payload, separators=(",", ":")).encode() + b"\n\n"


def _event(text: str, finish_reason: str | None = None) -> bytes:
    return _chunk(sse_event(text, finish_reason))


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class _Host(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


def main() -> None:
    """Serve until standard input ends."""
    with _Host(("127.0.0.1", 0), _Exchange) as host:
        import threading

        threading.Thread(target=host.serve_forever, daemon=True).start()
        print(host.server_address[1], flush=True)
        sys.stdin.read()
        host.shutdown()


if __name__ == "__main__":
    main()
