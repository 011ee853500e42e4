from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lsp_llm.errors import Auth, Unavailable, UserError
from lsp_llm.exchange.kinds import Kind
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.jobs.answering import Prepared
from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.job_row import KEPT_JOBS
from lsp_llm.jobs.ports import Order
from lsp_llm.status.events import (
    Applying,
    Cancelled,
    Failed,
    Finished,
    Message,
    Queued,
    RequestCompleted,
    RequestSent,
    Streaming,
    Thinking,
)
from lsp_llm.stream import events as stream
from lsp_llm.stream.filters.chain import FilterChain
from lsp_llm.text.edits import Edit
from tests.fakes.jobs import URI, Desk, Source
from tests.turns import until

TEXT = "one\ntwo\nthree\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, TEXT)


def start(desk: Desk, source: Source, selected: str = "two", kind: Kind = "replace", *notes: Message) -> str:
    async def prepare() -> Prepared:
        return Prepared(source, FilterChain([]), notes)

    return desk.runner.start(desk.target(selected), Order(kind, "p", "words"), prepare)


async def test_the_course_of_a_job_is_told_step_by_step(desk: Desk) -> None:
    source = Source()
    job = start(desk, source, "two", "replace", Message("a note"))
    assert desk.runner.running() == desk.runner.running(URI) == [job]
    assert desk.runner.running("file:///other") == []
    source.say(stream.Thinking("hm"))
    source.say(stream.Text("2"), stream.UsageReported(Usage(output_tokens=1)))
    await until(lambda: "2" in desk.text)
    source.finish()
    assert await desk.log.end(job) == Finished()
    assert desk.text == "one\n2\nthree\n"
    usage = Usage(output_tokens=1)
    assert desk.log.of(job) == [
        Queued(URI, "replace", "p"), Message("a note"), RequestSent("fake", "m"), Thinking(), Streaming(1),
        RequestCompleted(usage, FinishReason.STOP), Applying(), Finished(),
    ]  # fmt: skip
    assert desk.runner.running() == []
    assert desk.runner.places.restorable() == [job]


async def test_what_failed_before_asking_leaves_all_as_it_was(desk: Desk) -> None:
    async def prepare() -> Prepared:
        raise UserError("there is no key")

    job = desk.runner.start(desk.target("two"), Order("replace", "p", ""), prepare)
    assert await desk.log.end(job) == Failed("there is no key")
    assert desk.text == TEXT
    assert desk.runner.places.restorable() == []


async def test_the_hint_of_a_host_is_told(desk: Desk) -> None:
    source = Source()
    job = start(desk, source)
    source.say(stream.Text("2"), stream.Failed(Auth("no", "check the key")))
    assert await desk.log.end(job) == Failed("no", "check the key")
    assert desk.text == TEXT
    await source.closed.wait()


async def test_a_fault_of_ours_is_told_as_one_and_the_runner_goes_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    async def prepare() -> Prepared:
        raise KeyError("a bug")

    job = desk.runner.start(desk.target("two"), Order("replace", "p", ""), prepare)
    assert await desk.log.end(job) == Failed("a fault in lsp-llm: 'a bug'", "see the log (--log-file)")
    assert "a bug" in caplog.text
    source = Source()
    job = start(desk, source)
    source.finish("2")
    assert await desk.log.end(job) == Finished()


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ([], "fake sent no first token within 0.01 s"),
        ([stream.Text("2")], "fake stopped in the middle of the answer and said nothing for 0.01 s"),
        ([stream.Thinking("hm")], "fake stopped in the middle of the answer and said nothing for 0.01 s"),
    ],
)
async def test_silence_has_a_limit_before_and_between_tokens(desk: Desk, events: list[stream.Event], said: str) -> None:
    source = Source(60 if events else 0.01, 0.01)
    job = start(desk, source)
    if events:
        source.say(*events)
    outcome = await desk.log.end(job)
    assert isinstance(outcome, Failed)
    assert outcome.reason == said
    assert "_token_timeout_seconds" in outcome.hint
    assert desk.text == TEXT
    assert source.closed.is_set()


async def test_what_means_nothing_does_not_keep_a_host_alive(desk: Desk) -> None:
    source = Source(0.02)
    job = start(desk, source)

    async def chatter() -> None:
        while not source.closed.is_set():
            source.say(stream.Unknown(": ping"))
            await asyncio.sleep(0.001)

    chattering = asyncio.create_task(chatter())
    assert isinstance(await desk.log.end(job), Failed)
    await chattering


async def test_an_answer_cut_off_at_the_limit_is_said(desk: Desk) -> None:
    source = Source()
    job = start(desk, source)
    source.say(stream.Text("2"), stream.Finish(FinishReason.LENGTH))
    source.queue.put_nowait(None)
    await desk.log.end(job)
    assert Message("the answer was cut off at the token limit", "warning") in desk.log.of(job)


async def test_stopping_closes_the_answer_and_keeps_what_came(desk: Desk) -> None:
    source = Source()
    job = start(desk, source, "three|", "yap")
    source.say(stream.Text("!"))
    await until(lambda: "!" in desk.text)
    desk.runner.stop(job)
    assert await desk.log.end(job) == Cancelled()
    await asyncio.wait_for(source.closed.wait(), 5)
    assert desk.text == "one\ntwo\nthree!\n"


async def test_restoring_puts_the_original_back_and_says_so(desk: Desk) -> None:
    source = Source()
    job = start(desk, source)
    source.finish("2\nand more")
    await desk.log.end(job)
    desk.editor.type(URI, [Edit(0, 0, "zero\n")])
    desk.runner.restore(job)
    await until(lambda: desk.text == "zero\n" + TEXT)
    await until(lambda: desk.log.of(job)[-1] == Message("the original is back"))
    assert desk.runner.places.restorable() == []


async def test_two_jobs_write_at_once_but_not_in_one_place(desk: Desk) -> None:
    first, second = Source(), Source()
    jobs = [start(desk, first, "one"), start(desk, second, "three")]
    with pytest.raises(UserError, match=f"^job {jobs[0]} is still writing there: stop it first"):
        start(desk, Source(), "one\ntwo")
    first.say(stream.Text("1"))
    second.say(stream.Text("3"))
    await until(lambda: desk.text == "1\ntwo\n3\n")
    first.finish()
    second.finish()
    assert [await desk.log.end(job) for job in jobs] == [Finished(), Finished()]
    assert desk.runner.places.restorable() == jobs
    assert desk.runner.places.touched(URI, 0, 0, jobs) == jobs[0]
    assert desk.runner.places.touched(URI, 6, 8, jobs) == jobs[1]
    assert desk.runner.places.touched(URI, 3, 4, jobs) is None


async def test_closing_the_document_ends_its_jobs(desk: Desk) -> None:
    source = Source()
    job = start(desk, source)
    await until(lambda: RequestSent("fake", "m") in desk.log.of(job))
    desk.runner.closed(URI)
    assert await desk.log.end(job) == Cancelled("the document was closed")
    await asyncio.wait_for(source.closed.wait(), 5)
    assert not desk.runner.watches(URI)
    assert not desk.runner.places.knows(job)
    desk.runner.closed(URI)


async def test_what_was_meant_for_a_closed_document_does_not_reach_the_one_opened_after(desk: Desk) -> None:
    """An answer, a timer or a stream of before would be taken for one of the new session: both count from 1."""
    old, new = Source(), Source()
    desk.editor.is_frozen = True
    start(desk, old)
    old.say(stream.Text("old"))
    await until(lambda: len(desk.editor.offered) == 1)
    desk.runner.closed(URI)
    desk.document = desk.editor.open(TEXT)
    job = start(desk, new)
    new.say(stream.Text("new"))
    await until(lambda: len(desk.editor.offered) == 2)
    desk.editor.offered[0](Answered.REFUSED, "closed")
    assert len(desk.editor.offered) == 2
    desk.editor.offered[1](Answered.REFUSED, "stale")
    desk.editor.is_frozen = False
    desk.editor.type(URI, [Edit(0, 0, "# ")])
    await until(lambda: "new" in desk.text)
    new.finish()
    assert await desk.log.end(job) == Finished()
    assert desk.text == "# one\nnew\nthree\n"


async def test_what_a_job_was_told_is_known_until_its_document_is_closed(desk: Desk) -> None:
    source = Source()
    job = start(desk, source)
    assert desk.runner.order(job) is None
    source.finish("2")
    await desk.log.end(job)
    assert desk.runner.order(job) == Order("replace", "p", "words")
    desk.runner.closed(URI)
    assert desk.runner.order(job) is None


async def test_what_a_job_was_told_is_forgotten_with_the_job(desk: Desk) -> None:
    jobs = []
    for _ in range(KEPT_JOBS + 2):
        source = Source()
        jobs.append(start(desk, source, "one|"))
        source.finish("x")
        await desk.log.end(jobs[-1])
    assert desk.runner.order(jobs[0]) is None
    assert desk.runner.order(jobs[2]) == Order("replace", "p", "words")


async def test_closing_the_runner_waits_for_every_connection_to_close(desk: Desk) -> None:
    sources = [Source(), Source()]
    jobs = [start(desk, source, selected) for source, selected in zip(sources, ("one", "two"), strict=True)]
    await until(lambda: sum(isinstance(status, RequestSent) for _, status in desk.log.told) == 2)
    desk.runner.stop(jobs[0])
    await desk.runner.close()
    assert all(source.closed.is_set() for source in sources)
    assert await desk.log.end(jobs[1]) == Cancelled("the server is shutting down")
    await desk.runner.close()


async def test_every_job_is_in_the_history_with_what_had_come(desk: Desk) -> None:
    source = Source()
    job = start(desk, source)
    source.say(stream.Text("half an answer"), stream.Failed(Auth("no")))
    await desk.log.end(job)
    (entry,) = map(json.loads, desk.history.read_text().splitlines())
    assert entry.pop("timestamp")
    assert entry == {
        "uri": URI, "kind": "replace", "preset": "p", "query": "words",
        "outcome": "failed", "reason": "no", "answer": "half an answer",
        "statuses": ["preparing", "request sent to fake (m)"],
    }  # fmt: skip


async def test_where_a_host_is_unavailable_the_next_preset_is_asked(desk: Desk) -> None:
    first, second = Source(), Source()

    async def fall_back() -> Prepared:
        return Prepared(second, FilterChain([]), (Message("asking q instead"),))

    async def prepare() -> Prepared:
        return Prepared(first, FilterChain([]), fallback=fall_back)

    job = desk.runner.start(desk.target("two"), Order("replace", "p", ""), prepare)
    first.say(stream.Failed(Unavailable("down")))
    second.finish("2")
    assert await desk.log.end(job) == Finished()
    assert desk.text == "one\n2\nthree\n"
    said = [status for status in desk.log.of(job) if isinstance(status, Message)]
    assert said == [Message("fake: down", "warning"), Message("asking q instead")]


@pytest.mark.parametrize(
    "events", [[stream.Text("2"), stream.Failed(Unavailable("down"))], [stream.Failed(Auth("no"))]]
)
async def test_but_not_behind_text_nor_for_a_fault_of_the_users(desk: Desk, events: list[stream.Event]) -> None:
    source = Source()

    async def fall_back() -> Prepared:
        raise AssertionError

    async def prepare() -> Prepared:
        return Prepared(source, FilterChain([]), fallback=fall_back)

    job = desk.runner.start(desk.target("two"), Order("replace", "p", ""), prepare)
    source.say(*events)
    assert isinstance(await desk.log.end(job), Failed)
    assert desk.text == TEXT
