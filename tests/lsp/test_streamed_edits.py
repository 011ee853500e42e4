"""`lsp-llm/edit`: the words in which edits go to an editor part, and a part that carries them out over real pipes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.lsp import wire
from lsp_llm.lsp.client import Client
from lsp_llm.lsp.documents import Documents
from lsp_llm.lsp.handshake import ClientFacts
from lsp_llm.lsp.streamed_edits import METHOD, StreamedEdits
from lsp_llm.status.events import Failed, Finished, Queued, Status
from lsp_llm.text.edits import Edit
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import CAPABILITIES, Buffer, LspClient, Message, host_options
from tests.lsp.wiring import Line

URI = "file:///project/list.txt"
SOURCE = "one\ntwo\nthree\nfour\nfive\n"
ALL = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 0}}
ANSWER = "ONE\ntwo\nthree\nFOUR\nfive\n"
STREAM: Message = {**CAPABILITIES, "experimental": {"lspLlm": {"status": True, "stream": True}}}


# --- the words ------------------------------------------------------------------------------------------------------


class Bench:
    """The port in front of a client that is only written to."""

    def __init__(self, facts: ClientFacts) -> None:
        self.line, documents = Line(), Documents()
        documents.open(URI, "python", 7, "a😀b\nc\n")
        client = Client(self.line.wire, documents)
        client.meet(facts)
        self.editor = StreamedEdits(client, documents)
        self.answered: list[tuple[Answered, str]] = []

    def apply(self, *job_ids: str, version: int | None = 7) -> None:
        """The first job's region is one character long, every further one's two, one line below."""
        places = {job_id: (4, 6) if number else (2, 3) for number, job_id in enumerate(job_ids)}
        edits = [Edit(2, 3, "B"), Edit(4, 4, "x\n")]
        self.editor.apply(
            URI, edits, version, places, lambda answered, reason: self.answered.append((answered, reason))
        )

    def begin(self, *job_ids: str) -> None:
        for job_id in job_ids:
            self.editor.publish(job_id, Queued(URI, "replace", "local"))

    @property
    def sent(self) -> list[Message]:
        return [message["params"] for message in self.line.messages if message["method"] == METHOD]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(message["jobId"], message["kind"]) for message in self.sent]


@pytest.fixture
def bench() -> Bench:
    return Bench(ClientFacts(takes_streamed_edits=True))


def test_a_client_is_served_as_its_row_says_in_either_words() -> None:
    for name in ("Neovim", "helix", "anything"):
        policies = [Bench(ClientFacts(name, takes_streamed_edits=takes)).editor.policy for takes in (False, True)]
        assert policies[0] == policies[1]


async def test_a_job_begins_with_its_place_and_its_edits_come_last_place_first(bench: Bench) -> None:
    bench.begin("1")
    bench.apply("1")
    after_the_face = {"start": {"line": 0, "character": 3}, "end": {"line": 0, "character": 4}}
    next_line = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
    edits = [{"range": next_line, "text": "x\n"}, {"range": after_the_face, "text": "B"}]
    assert bench.sent == [
        {"jobId": "1", "uri": URI, "version": 7, "kind": "begin", "range": after_the_face},
        {"jobId": "1", "uri": URI, "version": 7, "kind": "insert", "edits": edits},
    ]
    assert {message["method"] for message in bench.line.messages} == {METHOD}


@pytest.mark.parametrize(("outcome", "kind"), [(Finished(), "end"), (Failed("down", ""), "abort")])
async def test_a_job_begins_and_ends_once(bench: Bench, outcome: Status, kind: str) -> None:
    bench.begin("1")
    bench.apply("1")
    bench.apply("1")
    bench.editor.publish("1", outcome)
    assert bench.kinds == [("1", "begin"), ("1", "insert"), ("1", "insert"), ("1", kind)]
    assert bench.sent[-1]["version"] is None


async def test_a_job_that_wrote_nothing_is_not_heard_of(bench: Bench) -> None:
    bench.begin("1")
    bench.editor.publish("1", Failed("down", ""))
    assert bench.sent == []


async def test_jobs_that_write_at_once_share_the_request(bench: Bench) -> None:
    bench.begin("1", "2")
    bench.apply("1")
    bench.apply("2", "1")
    bench.editor.publish("1", Finished())
    assert bench.kinds == [("1", "begin"), ("1", "insert"), ("2", "begin"), ("2", "insert"), ("1", "end")]


async def test_what_an_ended_job_does_is_a_step_of_its_own(bench: Bench) -> None:
    bench.begin("1", "2")
    bench.apply("1")
    bench.editor.publish("1", Finished())
    bench.apply("1", "2")
    assert bench.kinds[3:] == [("1", "begin"), ("2", "begin"), ("1", "insert"), ("1", "end")]


async def test_the_changes_of_a_job_are_one_step(bench: Bench) -> None:
    bench.apply("1.1", "1.2")
    assert bench.sent[0]["range"] == {"start": {"line": 0, "character": 3}, "end": {"line": 2, "character": 0}}
    assert bench.kinds == [("1", "begin"), ("1", "insert"), ("1", "end")]


async def test_a_client_without_versions_gets_null(bench: Bench) -> None:
    bench.begin("1")
    bench.apply("1", version=None)
    assert [message["version"] for message in bench.sent] == [None, None]


@pytest.mark.parametrize(
    ("result", "error", "answered"),
    [
        ({"applied": True}, None, (Answered.APPLIED, "")),
        ({"applied": False, "failureReason": "read-only"}, None, (Answered.REFUSED, "read-only")),
        (None, {"code": -32000, "message": "stale"}, (Answered.REFUSED, "stale")),
    ],
)
async def test_the_answer_counts_as_it_does_for_apply_edit(
    bench: Bench, result: Any, error: Any, answered: tuple[Answered, str]
) -> None:
    bench.begin("1")
    bench.apply("1")
    bench.line.answer(result, error)
    assert bench.answered == [answered]


async def test_silence_is_no_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "REQUEST_SECONDS", 0)
    bench.begin("1")
    bench.apply("1")
    await bench.line.silence()
    assert bench.answered == [(Answered.SILENT, "")]


async def test_another_client_gets_apply_edit() -> None:
    bench = Bench(ClientFacts())
    bench.begin("1")
    bench.apply("1")
    bench.editor.publish("1", Finished())
    assert [message["method"] for message in bench.line.messages] == ["workspace/applyEdit"]


# --- a part -----------------------------------------------------------------------------------------------------------


class Part:
    """An editor part: carries edits out one after another, and makes one undo step of all of a job's."""

    def __init__(self, client: LspClient, buffer: Buffer) -> None:
        self._client, self._buffer = client, buffer
        self.kinds: list[str] = []
        self.refusals = 0
        self.is_silent = False
        self._before: dict[str, str] = {}
        self.undo_steps: list[str] = []
        client.answers[METHOD] = self._take

    def _take(self, message: Message) -> None:
        params = message["params"]
        assert params["uri"] == self._buffer.uri
        self.kinds.append(params["kind"])
        if params["kind"] == "insert":
            self._insert(message, params)
            return
        if params["kind"] == "begin":
            assert not self._before
            self._before[params["jobId"]] = self._buffer.text
        else:
            self.undo_steps.append(self._before.pop(params["jobId"]))
        self._say(message, is_applied=True)

    def _insert(self, message: Message, params: Message) -> None:
        assert params["jobId"] in self._before
        if self.is_silent:
            return
        if self.refusals or params["version"] != self._buffer.version:
            self.refusals = max(0, self.refusals - 1)
            self._say(message, is_applied=False)
            return
        self._say(message, is_applied=True)
        for change in params["edits"]:
            self._client.type(self._buffer, self._buffer.edit({**change, "newText": change["text"]}))

    def _say(self, message: Message, *, is_applied: bool) -> None:
        self._client.send({"id": message["id"], "result": {"applied": is_applied}})

    def undo(self) -> None:
        text = self.undo_steps.pop()
        self._client.type(self._buffer, Edit(0, len(self._buffer.text), text))


class Scene:
    """A client with a part and a document, and a host that answers."""

    def __init__(self, client: LspClient, host: FakeHost) -> None:
        self.client, self.host = client, host
        self.buffer = client.open(URI, SOURCE)
        self.part = Part(client, self.buffer)

    async def start(self, **more: Any) -> str:
        job = await self.client.command("replace", {"uri": URI, "range": ALL, **more})
        return str(job["jobId"])

    async def becomes(self, text: str) -> None:
        await self.client.until(lambda: self.buffer.text == text, f"{text!r}")

    async def replace(self, **more: Any) -> str:
        job = await self.start(**more)
        exchange = await self.host.request()
        for at in range(0, len(ANSWER), 5):
            await exchange.say(ANSWER[at : at + 5])
        await exchange.done()
        assert (await self.client.ended(job))["kind"] == "finished"
        return job


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with scenes() as scene:
        yield scene


@asynccontextmanager
async def scenes() -> AsyncIterator[Scene]:
    async with FakeHost() as host:
        options = host_options(host.base_url)
        async with LspClient(options=options, initialize={"capabilities": STREAM}) as client:
            yield Scene(client, host)
            assert client.asked("workspace/applyEdit") == 0


async def test_an_answer_streams_through_the_part_and_is_one_undo_step(scene: Scene) -> None:
    await scene.replace()
    assert scene.buffer.text == ANSWER
    kinds = scene.part.kinds
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert set(kinds[1:-1]) == {"insert"}
    assert scene.part.undo_steps == [SOURCE]
    scene.part.undo()
    assert scene.buffer.text == SOURCE


async def test_atomic_is_one_insert(scene: Scene) -> None:
    await scene.replace(mode="atomic")
    assert scene.buffer.text == ANSWER
    assert scene.part.kinds == ["begin", "insert", "end"]


async def test_the_user_types_above_meanwhile(scene: Scene) -> None:
    job = await scene.start()
    exchange = await scene.host.request()
    await exchange.say("ONE\ntw")
    await scene.client.until(lambda: "ONE" in scene.buffer.text, "the first text")
    scene.client.type(scene.buffer, Edit(0, 0, "# mine\n"))
    await exchange.say(ANSWER[6:])
    await exchange.done()
    await scene.client.ended(job)
    assert scene.buffer.text == "# mine\n" + ANSWER


async def test_a_refused_insert_is_planned_anew_in_the_same_group(scene: Scene) -> None:
    scene.part.refusals = 2
    await scene.replace()
    assert scene.buffer.text == ANSWER
    assert (scene.part.kinds.count("begin"), scene.part.kinds.count("end")) == (1, 1)


async def test_a_failure_puts_the_original_back_and_aborts(scene: Scene) -> None:
    job = await scene.start()
    exchange = await scene.host.request()
    await exchange.say("uno\ndos\n")
    await scene.client.until(lambda: "uno" in scene.buffer.text, "the first text")
    exchange.break_connection()
    assert (await scene.client.ended(job))["kind"] == "failed"
    assert scene.buffer.text == SOURCE
    assert scene.part.kinds[-2:] == ["insert", "abort"]
    assert "end" not in scene.part.kinds


async def test_a_stop_ends_the_group_and_restore_is_another(scene: Scene) -> None:
    job = await scene.start()
    exchange = await scene.host.request()
    await exchange.say("uno\ndos\n")
    await scene.client.until(lambda: "uno" in scene.buffer.text, "the first text")
    await scene.client.command("cancel", {"jobId": job})
    assert (await scene.client.ended(job))["kind"] == "cancelled"
    assert scene.part.kinds[-1] == "end"
    scene.part.kinds.clear()
    await scene.client.command("restore")
    await scene.becomes(SOURCE)
    await scene.client.until(lambda: scene.part.kinds == ["begin", "insert", "end"], "a group of its own")


async def test_a_preview_reaches_the_part_when_it_is_accepted(scene: Scene) -> None:
    job = await scene.replace(mode="preview")
    assert scene.part.kinds == []
    await scene.client.command("accept", {"jobId": job})
    await scene.becomes(ANSWER)
    await scene.client.until(lambda: scene.part.kinds == ["begin", "insert", "end"], "one step")


async def test_a_part_that_never_answers_holds_nobody_up(scene: Scene) -> None:
    scene.part.is_silent = True
    job = await scene.start()
    exchange = await scene.host.request()
    await exchange.say(ANSWER)
    await scene.client.until(lambda: "insert" in scene.part.kinds, "an insert")
    assert await scene.client.command("cancel") == {"cancelled": [job]}
    assert (await scene.client.ended(job))["kind"] == "cancelled"
    assert scene.part.kinds == ["begin", "insert", "end"]
    assert scene.buffer.text == SOURCE
