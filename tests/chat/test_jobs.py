from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.chat.jobs import ChatJobs, ChatOrder
from lsp_llm.errors import Unavailable, UserError
from lsp_llm.lsp.uris import shown_name
from lsp_llm.records.history import History
from lsp_llm.status.events import Cancelled, Failed, Finished, Message, Queued, Streaming
from tests.fakes.jobs import StatusLog

ORDER = ChatOrder("c", "file:///c.chat.md", "p", "why?")


class Jobs:
    def __init__(self, folder: Path) -> None:
        self.log = StatusLog()
        self.jobs = ChatJobs(self.log, History(folder), shown_name)
        self.history = folder / "history.jsonl"
        self.released = 0

    def release(self) -> None:
        self.released += 1

    def begin(self, work: Coroutine[Any, Any, None]) -> tuple[str, asyncio.Task[None]]:
        job_id = self.jobs.next_id()
        return job_id, self.jobs.begin(job_id, ORDER, work, lambda: "so far", self.release)


async def endless() -> None:
    await asyncio.Event().wait()


async def test_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)

    async def work() -> None:
        tell = jobs.jobs.tell("chat-1")
        tell(Message("note"))
        tell(Streaming(3))
        assert jobs.jobs.running("c") == jobs.jobs.running(uri=ORDER.uri) == ["chat-1"]
        assert jobs.jobs.running("other") == jobs.jobs.running(uri="other") == []

    job_id, task = jobs.begin(work())
    await task
    assert await jobs.log.end(job_id) == Finished()
    assert jobs.log.of(job_id) == [Queued(ORDER.uri, "chat", "p"), Message("note"), Streaming(3), Finished()]
    entry = json.loads(jobs.history.read_text())
    assert (entry["query"], entry["answer"], entry["outcome"], entry["reason"]) == ("why?", "so far", "finished", "")
    assert entry["statuses"] == ["preparing", "note"], "what is said again and again is not kept"
    assert (jobs.jobs.running(), jobs.released) == ([], 1)


async def test_a_document_is_the_same_however_its_uri_is_spelled(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    job_id, _ = jobs.begin(endless())
    assert jobs.jobs.running(uri="file:///%63.chat.md") == [job_id]
    assert jobs.jobs.running(uri="untitled:c.chat.md") == []
    await jobs.jobs.close()


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (UserError("no key"), Failed("no key")),
        (Unavailable("down", "wait"), Failed("down", "wait")),
        (ValueError("bug"), Failed("a fault in lsp-llm: bug", "see the log (--log-file)")),
    ],
)
async def test_how_it_may_fail(tmp_path: Path, error: Exception, outcome: Failed) -> None:
    jobs = Jobs(tmp_path)

    async def work() -> None:
        raise error

    job_id, task = jobs.begin(work())
    with pytest.raises(type(error)):
        await task
    assert await jobs.log.end(job_id) == outcome
    assert jobs.released == 1


@pytest.mark.parametrize("turns", [0, 1])
async def test_stopped_before_and_after_it_began(tmp_path: Path, turns: int) -> None:
    jobs = Jobs(tmp_path)
    job_id, _ = jobs.begin(endless())
    for _ in range(turns):
        await asyncio.sleep(0)
    assert jobs.jobs.stop(job_id, "because")
    assert await jobs.log.end(job_id) == Cancelled("because")
    assert jobs.released == 1
    assert not jobs.jobs.stop(job_id)


async def test_the_end_of_the_server_stops_all(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    first, _ = jobs.begin(endless())
    second, _ = jobs.begin(endless())
    await jobs.jobs.close()
    assert [await jobs.log.end(job_id) for job_id in (first, second)] == [Cancelled("the server is shutting down")] * 2
    assert jobs.jobs.knows(second) and not jobs.jobs.knows("chat-3") and not jobs.jobs.knows("1")


async def test_a_failure_that_nobody_waits_for_is_no_fault_of_the_loop(tmp_path: Path) -> None:
    jobs, complaints = Jobs(tmp_path), list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))

    async def work() -> None:
        raise UserError("no key")

    job_id, task = jobs.begin(work())
    await jobs.log.end(job_id)
    del task
    gc.collect()
    assert complaints == []
