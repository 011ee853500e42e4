"""The picture of the terminal chat: the real program with its server inside, and a host driven by hand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

from lsp_llm.app.shared import ServeOptions, shared_parts
from lsp_llm.cli.chat import Inside
from lsp_llm.cli.demo.picture import with_own_font
from lsp_llm.tui.app import ChatApp, Opening
from tests.fakes.host import Exchange, FakeHost
from tests.lsp.chat_client import call
from tests.tui.stage import Stage

SIZE = (100, 39)
PRESET = "codestral"
MODEL = "codestral-latest"
FILE = "TAX = 0.19\n\n\ndef gross(net):\n    return net * (1 + TAX)\n"
THOUGHT = "The user wants rounding. Money is rounded half up, which float and round() do not do."
ANSWER = """`gross` rounds nothing, so a sum of prices can be off by a cent. **Decimal** rounds as money does:

```python
from decimal import ROUND_HALF_UP, Decimal

TAX = Decimal("0.19")

def gross(net: Decimal) -> Decimal:
    return (net * (1 + TAX)).quantize(Decimal("0.01"), ROUND_HALF_UP)
```
"""


def settings(folder: Path, host: FakeHost) -> Path:
    path = folder / "config.toml"
    path.write_text(
        f'preset = "{PRESET}"\n[providers.codestral]\nbase_url = "{host.base_url}"\nauth = "none"\n'
        f'[presets.{PRESET}]\nprovider = "codestral"\nmodel = "{MODEL}"\nprice = {{input = 300, output = 900}}\n',
        encoding="utf-8",
    )
    return path


async def played(shown: Stage, host: FakeHost) -> None:
    """A conversation up to the middle of its last answer."""
    await shown.shows("Connected", MODEL)
    await shown.say("Why are my invoices sometimes a cent off? Look at shop.py")
    await call(await host.request(), ("c1", "read_file", {"path": "shop.py"}), text="Let me look at it.")
    await shown.shows("Allow (a)")
    await shown.press("tab", "a")
    await answered(await host.request(), ANSWER)
    await shown.until(lambda: shown.app.talk.tokens.received and not shown.app.talk.is_answering)
    await shown.shows("ROUND_HALF_UP")
    await shown.say("And a test for it, please")
    request = await host.request()
    await think(request)
    await request.say("A price on the edge shows it:\n\n```python\ndef test_half_a_cent_goes_up():\n    assert gross(")
    await shown.shows("goes_up", "writing")


async def think(request: Exchange) -> None:
    await request._event({"choices": [{"index": 0, "delta": {"reasoning_content": THOUGHT}}]})


async def answered(request: Exchange, text: str) -> None:
    await think(request)
    await request.say(text)
    await request.done()


async def picture(folder: Path) -> str:
    """The SVG, which needs no other file."""
    async with FakeHost() as host:
        inside = Inside(shared_parts(ServeOptions(settings(folder, host))))
        app = ChatApp(lambda tell: inside, Opening())
        async with app.run_test(size=SIZE) as pilot:
            await played(Stage(app, pilot), host)
            await pilot.pause()
            svg = app.export_screenshot(title="lsp-llm chat", simplify=True)
        await inside.close()
    return with_own_font(svg)


def terminal_chat(_programs: Path) -> bytes:
    """A conversation in `lsp-llm chat`, in the middle of an answer; no program of an editor is needed."""
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path(name)
        (folder / "shop.py").write_text(FILE, encoding="utf-8")
        os.environ |= {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "DATA", "CACHE")}
        return asyncio.run(picture(folder)).encode()
