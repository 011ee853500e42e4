"""A response document as it goes over the wire, held against tests/transcripts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.fakes.chats import on_disk
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, host_options

TRANSCRIPT = Path(__file__).parents[1] / "transcripts" / "response_document.txt"
CODE = "TAX = 0.19\n"


class Recorder(LspClient):
    """Writes down what is asked for, shown and written."""

    def __init__(self, root: Path, base_url: str) -> None:
        super().__init__(root=root, options=host_options(base_url))
        self.lines: list[str] = []
        self.folder = root

    async def command(self, name: str, *arguments: Any) -> Any:
        self.note("->", {f"lsp-llm.{name}": arguments[0]})
        return await super().command(name, *arguments)

    def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message and "uri" in (message.get("result") or {}):
            self.note("<-", {"lsp-llm.ask": message["result"]})
        elif message.get("method") == "window/showDocument":
            self.note("<-", {"window/showDocument": message["params"]})
        elif message.get("method") == "workspace/applyEdit":
            (change,) = message["params"]["edit"]["documentChanges"]
            self.note("<-", {"workspace/applyEdit": change["edits"]})
        super()._take(message)

    def note(self, direction: str, told: dict[str, Any]) -> None:
        text = json.dumps(told, ensure_ascii=False).replace(self.folder.as_uri(), "file:///folder")
        text = re.sub(r"file:///[^\"]*/chats/", "file:///chats/", text)
        text = re.sub(r"\d{8}-\d{6}-[0-9a-f]{4}", "CHAT", text)
        text = re.sub(r"\bm-[0-9a-f]{8}", "MESSAGE", text)
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "TIME", text)
        self.lines.append(f"{direction} {re.sub(r'[0-9]+[.][0-9] s -->', 'SECONDS s -->', text)}")


async def test_the_transcript_is_still_true(tmp_path: Path) -> None:
    async with FakeHost() as host, Recorder(tmp_path, host.base_url) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), CODE)
        place = {"uri": code.uri, "range": code.range(0, len(CODE))}
        made = await client.command("ask", {"query": "why?", "target": "document", **place})
        await client.until(lambda: client.asked("window/showDocument") == 1)
        text = on_disk(made["uri"])
        client.note("  ", {"the document": text})
        buffer = client.open(made["uri"], text, "markdown")
        exchange = await host.request()
        await client.until(lambda: "waiting" in buffer.text)
        await exchange.say("Be")
        await client.until(lambda: "Be" in buffer.text)
        await exchange.say("cause.")
        await client.until(lambda: "Because." in buffer.text)
        await exchange.done()
        await client.until(lambda: " s -->" in buffer.text)
        client.note("  ", {"the document": buffer.text})
    assert client.lines == TRANSCRIPT.read_text(encoding="utf-8").splitlines()
