"""What a chat costs that has grown: a delta of an answer, a completion and a menu in 5 000 turns and in 10.

Each is the whole way in the server but for the wire: the edit session, an editor that echoes at once, the parse; or the
file, which is looked at and written under a lock.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.document import ChatDocument
from lsp_llm.chat.store import ChatStore
from lsp_llm.chat.terms import ENDING
from lsp_llm.commands.chat_page import DocumentPage, slot_behind
from lsp_llm.commands.open_chats import OpenChat, OpenChats
from lsp_llm.jobs.ports import Target
from lsp_llm.lsp.chat_actions import chat_offers
from lsp_llm.lsp.chat_completion import ChatCompletion
from lsp_llm.text.document import Document
from tests.bench.report import Goal, Row
from tests.fakes.jobs import URI as JOB_URI
from tests.fakes.jobs import Desk

FEW, MANY = 10, 5_000
URI = "file:///talk.chat.md"
EXCHANGE = """## User

How is @src/shop.py to be read, and why?

## Assistant (m)

Like this:

```python
total = sum(line.price * line.count for line in basket)
```

<!-- lsp-llm {"messageId":"a%d"} -->

"""
DELTAS, ROUNDS = 400, 300
FILES = tuple(f"src/part{number}.py" for number in range(2_000))


@dataclass(frozen=True, slots=True)
class _Figures:
    """Microseconds in the middle of many."""

    opening: float
    delta: float
    file_delta: float
    completion: float
    menu: float


def measure() -> list[Row]:
    """Many turns as multiples of few."""
    few, many = (asyncio.run(_figures(count)) for count in (FEW, MANY))
    rows = []
    for name, large, small in (
        ("open a chat of 5 000 turns, for each turn", many.opening, few.opening),
        ("a delta in a chat of 5 000 turns", many.delta, few.delta),
        ("a delta into the file of one", many.file_delta, few.file_delta),
        ("completion in it", many.completion, few.completion),
        ("code actions in it", many.menu, few.menu),
    ):
        ratio = large / small
        rows.append(Row(name, f"{large:.1f} µs", f"{small:.1f} µs (10 turns)", ratio, Goal(2, "×")))
    return rows


async def _figures(count: int) -> _Figures:
    text = "".join(EXCHANGE % number for number in range(count // 2)) + "## User\n\nsee @src/part1\n"
    with tempfile.TemporaryDirectory(prefix="lsp-llm-bench-") as folder:
        desk = Desk(Path(folder), text)
        opening = _median_us(lambda: ChatDocument(Document(text)), 3) / count
        chat = _opened(desk)
        services: Any = SimpleNamespace(
            surroundings=lambda uri: SimpleNamespace(root=None), sends=SimpleNamespace(running=lambda uri: [])
        )
        completion = ChatCompletion(services)
        completion.look(chat).paths = FILES
        end = chat.document.length - 1
        completed = _median_us(lambda: completion.complete(chat, end, "utf-16"), ROUNDS)
        menu = _median_us(lambda: list(chat_offers(services, chat, end)), ROUNDS)
        file_delta = _file_delta_us(Path(folder) / "chats", text)
        return _Figures(opening, await _delta_us(desk, chat), file_delta, completed, menu)


def _opened(desk: Desk) -> OpenChat:
    def cursor(offset: int) -> Target:
        document, version = desk.editor.documents[JOB_URI]
        return Target(JOB_URI, "/talk.chat.md", "markdown", document, version, offset, offset)

    chats = OpenChats()
    chats.opened(URI, desk.document, cursor)
    return chats.get(URI)


async def _delta_us(desk: Desk, chat: OpenChat) -> float:
    last = chat.last_said
    slot = slot_behind(chat, last, last)
    page = DocumentPage(desk.runner, chat, slot, "chat-1", lambda status: None, lambda reason: None)
    page.begin(Turn("", "assistant", model="m"))
    shown = asyncio.Event()
    desk.document.follow(lambda change: shown.set())
    times = []
    for number in range(DELTAS):
        shown.clear()
        began = time.perf_counter()
        page.add(f"word{number}{' ' if number % 12 else chr(10)}so")
        await shown.wait()
        times.append(time.perf_counter() - began)
    page.close()
    return statistics.median(times) * 1e6


def _file_delta_us(folder: Path, text: str) -> float:
    store = ChatStore(folder)
    path = store.path(store.create("", "", "").chat_id)
    path.write_text(text, encoding="utf-8")
    writer = store.writer(path.name.removesuffix(ENDING))
    writer.begin(Turn("", "assistant", model="m"))
    took = _median_us(lambda: writer.add("word "), ROUNDS)
    writer.release()
    return took


def _median_us(work: Callable[[], object], rounds: int) -> float:
    work()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1e6
