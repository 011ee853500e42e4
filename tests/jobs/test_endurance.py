"""A day of work in virtual time: thousands of jobs in documents old and new, and the memory stays as it was.

The clock of the loop jumps to whatever is due next, so that timers, waits and progress run as they would in 24 hours.
"""

from __future__ import annotations

import asyncio
import gc
import json
import selectors
import tracemalloc
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from itertools import count
from pathlib import Path

from lsp_llm.config.settings import Status as Manner
from lsp_llm.errors import Auth
from lsp_llm.exchange.kinds import Kind, Mode
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.ports import Order, Target
from lsp_llm.jobs.runner import Runner
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.progress import Progress
from lsp_llm.lsp.status_notification import StatusNotification
from lsp_llm.lsp.wire import Wire
from lsp_llm.records.history import History
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.status.events import Cancelled, Failed, Finished, Status
from lsp_llm.status.hub import Hub
from lsp_llm.stream import events as stream
from lsp_llm.stream.filters.chain import FilterChain
from lsp_llm.text.edits import Edit
from tests.fakes.jobs import Editor, Source
from tests.lsp.wiring import NoCold

HOURS = 24
WARM_HOURS = 8
"""By then every bounded store is full."""
ROUNDS_AN_HOUR = 30
ROUND_SECONDS = 3600 / ROUNDS_AN_HOUR
MOST_GROWTH_BYTES = 64 * 1024
ECHO_SECONDS = 0.002
TOKEN_SECONDS = 2.0

BUSY, STEADY, ASKED = (f"file:///project/{name}.py" for name in ("busy", "steady", "asked"))
TEXT = "one\ntwo\nthree\nfour\nfive\n"


class JumpingSelector(selectors.DefaultSelector):
    """Does not wait: the time that would have been waited has passed."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0 if timeout is not None else None)
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock shows virtual seconds."""

    def __init__(self) -> None:
        self._virtual = JumpingSelector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now


class Screen:
    """Takes what the server writes, accepts every progress, and keeps nothing."""

    wire: Wire

    def send(self, body: bytes) -> None:
        if b"workDoneProgress/create" in body:
            answer = json.dumps({"jsonrpc": "2.0", "id": json.loads(body)["id"], "result": None}).encode()
            asyncio.get_running_loop().call_soon(self.wire.take, answer)


class LateEditor(Editor):
    """Answers and echoes after a moment."""

    def apply(
        self,
        uri: str,
        edits: Sequence[Edit],
        version: int | None,
        regions: Mapping[str, tuple[int, int]],
        answered: Callable[[Answered, str], None],
    ) -> None:
        asyncio.get_running_loop().call_later(ECHO_SECONDS, self._carry_out, uri, edits, answered)


class NoFiles(LedgerFiles):
    """A disk takes longer than all the rest of the day."""

    def write(self, uri: str, content: bytes) -> None:
        assert content


class Ends:
    """How many jobs ended in which way."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def publish(self, job_id: str, status: Status) -> None:
        if isinstance(status, Finished | Cancelled | Failed):
            self.counts[type(status).__name__] += 1


class Day:
    """One user, one client, one runner."""

    def __init__(self, folder: Path) -> None:
        screen = Screen()
        screen.wire = Wire(screen, NoCold)
        client = Client(screen.wire, Documents())
        client.meet(ClientFacts(shows_progress=True, wants_status=True))
        self.editor, self.ends = LateEditor(), Ends()
        sinks = [Progress(client), StatusNotification(client), self.ends]
        hub = Hub(sinks, lambda uri: Manner(), asyncio.get_running_loop().time)
        self.runner = self.editor.runner = Runner(self.editor, self.editor, hub, History(folder), NoFiles(folder))
        self.numbers = count()
        self.open(BUSY)
        self.open(STEADY)
        self.open(ASKED)
        self.latest = ""

    async def work(self) -> int:
        """Bytes by which the memory has grown after the warm hours."""
        warm = 0
        for hour in range(HOURS):
            if hour == WARM_HOURS:
                warm = _memory_bytes()
            for turn in range(ROUNDS_AN_HOUR):
                await self._turn(hour * ROUNDS_AN_HOUR + turn)
        grown = _memory_bytes() - warm
        await self.runner.close()
        return grown

    async def _turn(self, turn: int) -> None:
        jobs = (self._kept, self._accepted, self._stopped, self._failed, self._restored, self._silent, self._retried)
        again = (self._same_line, self._same_job, self._undecided)
        job, other, uri = jobs[turn % len(jobs)], again[turn % len(again)], f"file:///project/{turn}.py"
        await asyncio.gather(job(), other(), self._type(BUSY), self._short_lived(uri), asyncio.sleep(ROUND_SECONDS))
        if turn % len(jobs) == len(jobs) - 1:
            self._replace_all(BUSY)

    # --- jobs ---------------------------------------------------------------------------------------------------------

    async def _kept(self) -> None:
        await self._whole(BUSY, 1)

    async def _accepted(self) -> None:
        self.runner.accept(await self._whole(BUSY, 2))

    async def _restored(self) -> None:
        self.runner.restore(await self._whole(BUSY, 3))
        await asyncio.sleep(TOKEN_SECONDS)

    async def _stopped(self) -> None:
        job, source = self._start(BUSY, 1, "yap")
        source.say(stream.Text("some of it"))
        await asyncio.sleep(TOKEN_SECONDS)
        self.runner.stop(job)
        await asyncio.sleep(TOKEN_SECONDS)

    async def _failed(self) -> None:
        _, source = self._start(BUSY, 2)
        source.say(stream.Text("some of it\n"))
        await asyncio.sleep(TOKEN_SECONDS)
        source.say(stream.Failed(Auth("no")))
        await asyncio.sleep(TOKEN_SECONDS)

    async def _silent(self) -> None:
        self._start(BUSY, 0)
        await asyncio.sleep(ROUND_SECONDS)

    async def _retried(self) -> None:
        await self._again(await self._whole(BUSY, 1))

    async def _same_line(self) -> None:
        """The user asks for another version of one line, over and over; nothing else changes in that document."""
        await self._whole(STEADY, 1)

    async def _same_job(self) -> None:
        """The user is content with no answer, and asks the same again all day."""
        self.latest = await (self._again(self.latest) if self.latest else self._whole(ASKED, 1))

    async def _undecided(self) -> None:
        """The user looks at a preview and neither takes nor drops it."""
        _, source = self._start(ASKED, 3, mode="preview")
        await self._say(source)

    async def _short_lived(self, uri: str) -> None:
        self.open(uri)
        await self._whole(uri, 0)
        self.runner.closed(uri)
        del self.editor.documents[uri]

    async def _whole(self, uri: str, line: int) -> str:
        job, source = self._start(uri, line)
        await self._say(source)
        return job

    async def _say(self, source: Source) -> None:
        source.say(stream.Text("number "))
        await asyncio.sleep(TOKEN_SECONDS)
        source.say(stream.Text(str(next(self.numbers) % 900 + 100)))
        await asyncio.sleep(TOKEN_SECONDS)
        source.finish("\n")
        await asyncio.sleep(TOKEN_SECONDS)

    async def _again(self, former: str) -> str:
        source = Source()
        job = self.runner.start_again(former, Order("replace", "p", "words"), _preparing(source))
        await self._say(source)
        return job

    def _start(self, uri: str, line: int, kind: Kind = "replace", mode: Mode = "stream") -> tuple[str, Source]:
        document, version = self.editor.documents[uri]
        start, end = document.offset(line, 0), document.offset(line + 1, 0)
        source = Source()
        target = Target(uri, uri, "python", document, version, end if kind == "yap" else start, end)
        return self.runner.start(target, Order(kind, "p", "words", mode), _preparing(source)), source

    # --- the user -----------------------------------------------------------------------------------------------------

    def open(self, uri: str) -> None:
        document = self.editor.open(TEXT, uri)
        self.runner.opened(uri, document, 1)

    async def _type(self, uri: str) -> None:
        for letter in "#\n":
            self.editor.type(uri, [Edit(0, 0, letter)])
            await asyncio.sleep(TOKEN_SECONDS / 3)

    def _replace_all(self, uri: str) -> None:
        document, _ = self.editor.documents[uri]
        self.editor.type(uri, [Edit(0, document.length, TEXT)])


def _preparing(source: Source) -> Callable[[], Awaitable[Prepared]]:
    async def prepare() -> Prepared:
        return Prepared(source, FilterChain([]))

    return prepare


def _memory_bytes() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_a_day_of_work_leaves_the_memory_as_it_was(tmp_path: Path) -> None:
    tracemalloc.start()
    try:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            grown_bytes, ends, hours = runner.run(_day(tmp_path))
    finally:
        tracemalloc.stop()
    print(f"{dict(ends)} in {hours:.1f} hours, {grown_bytes} bytes more than after {WARM_HOURS}")
    assert hours >= HOURS
    assert ends["Finished"] > 1500 and ends["Cancelled"] > 100 and ends["Failed"] > 200
    assert grown_bytes < MOST_GROWTH_BYTES


async def _day(folder: Path) -> tuple[int, Counter[str], float]:
    day = Day(folder)
    grown = await day.work()
    return grown, day.ends.counts, asyncio.get_running_loop().time() / 3600
