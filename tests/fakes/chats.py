"""Chat documents as text, and what tests do with them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lsp_llm.text.edits import Edit
from tests.fakes.host import Exchange
from tests.fakes.lsp_client import Buffer

HEAD = "---\ntitle:\npreset:\nsystem:\n---\n\n"
HELLO = f"{HEAD}## User\n\nHello\n"
NEXT = "\n\n## User\n\n"
TALK = f"""{HELLO}
## Assistant (m)

<details><summary>Thinking</summary>

Hm.

</details>

Put this into `shop.py`:

```python
a = 1
```

<!-- lsp-llm {{"messageId":"x","usage":{{"inputTokens":9,"outputTokens":3}},"status":"cut off"}} -->

## User

What of @shop.py and @gone.py?
"""


def chat_uri(folder: Path) -> str:
    return (folder / "talk.chat.md").as_uri()


def without_comments(text: str) -> str:
    """The document without the lines that say what an answer was."""
    return re.sub(r"\n\n<!-- lsp-llm [^\n]*", "", text)


def typed(buffer: Buffer, text: str) -> Edit:
    """A key press at the very end."""
    return Edit(buffer.document.length, buffer.document.length, text)


def asked(exchange: Any) -> list[tuple[str, str]]:
    """What the host was asked, without the system's words."""
    return [(each["role"], each["content"]) for each in exchange.json["messages"] if each["role"] != "system"]


def at(buffer: Buffer, line: int, character: int = 0) -> dict[str, Any]:
    return {"textDocument": {"uri": buffer.uri}, "position": {"line": line, "character": character}}


def on_disk(uri: str) -> str:
    """What stands in a file."""
    return Path(uri.removeprefix("file://")).read_text(encoding="utf-8")


async def call_tool(exchange: Exchange, name: str, arguments: Any) -> None:
    """An answer that calls a tool."""
    await exchange.start()
    function = {"name": name, "arguments": json.dumps(arguments)}
    delta = {"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": function}]}
    event = {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    await exchange.send(b"data: " + json.dumps(event).encode() + b"\n\n")
    await exchange.done("tool_calls")
