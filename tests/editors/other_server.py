"""A language server that knows no command: what else may serve a buffer. It answers `initialize` and `shutdown`."""

from __future__ import annotations

import json
import sys
from typing import Any

RESULTS: dict[str, Any] = {
    "initialize": {"capabilities": {"textDocumentSync": 1}, "serverInfo": {"name": "other"}},
    "shutdown": None,
}


def main() -> None:
    """Serve until the input ends or `exit` comes."""
    while header := sys.stdin.buffer.readline():
        length = int(header.split(b":")[1])
        while sys.stdin.buffer.readline().strip():
            pass
        message = json.loads(sys.stdin.buffer.read(length))
        if message["method"] == "exit":
            return
        if "id" in message:
            answer = {"jsonrpc": "2.0", "id": message["id"], "result": RESULTS.get(message["method"])}
            body = json.dumps(answer).encode()
            sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
