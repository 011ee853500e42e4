"""A language server of a few lines: one code action that puts "hello" before the text.

It shows that a driver can attach a server and see an edit arrive, apart from anything the real server does. It is no
example of a good server: it knows no versions and answers whatever it does not know with null.
"""

from __future__ import annotations

import json
import sys
from typing import Any

CAPABILITIES = {
    "textDocumentSync": 2,
    "codeActionProvider": True,
    "executeCommandProvider": {"commands": ["stub.greet"]},
}
START = {"line": 0, "character": 0}


def read() -> dict[str, Any]:
    """The next message; ends the program when the editor is gone."""
    length = 0
    while (line := sys.stdin.buffer.readline()) != b"\r\n":
        if not line:
            sys.exit()
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    message: dict[str, Any] = json.loads(sys.stdin.buffer.read(length))
    return message


def write(message: dict[str, Any]) -> None:
    """Send one message."""
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
    sys.stdout.buffer.flush()


def greet(uri: str) -> dict[str, Any]:
    """The request that puts "hello" before the text."""
    edit = {"range": {"start": START, "end": START}, "newText": "hello "}
    return {"id": "greeting", "method": "workspace/applyEdit", "params": {"edit": {"changes": {uri: [edit]}}}}


def main() -> None:
    """Serve until the editor leaves."""
    while True:
        message = read()
        match message:
            case {"id": request, "method": "initialize"}:
                write({"id": request, "result": {"capabilities": CAPABILITIES}})
            case {"id": request, "method": "textDocument/codeAction", "params": {"textDocument": {"uri": uri}}}:
                command = {"title": "Greet", "command": "stub.greet", "arguments": [uri]}
                action = {"title": "Greet", "kind": "refactor.rewrite", "command": command}
                write({"id": request, "result": [action]})
            case {"id": request, "method": "workspace/executeCommand", "params": {"arguments": [uri]}}:
                write({"id": request, "result": None})
                write(greet(uri))
            case {"method": "exit"}:
                return
            case {"id": request, "method": _}:
                write({"id": request, "result": None})
            case _:
                pass  # A notification, or the answer to our request.


if __name__ == "__main__":
    main()
