from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from lsp_llm.commands.accept import Accept
from lsp_llm.commands.chat_edits import CHANGED, EMPTY, OfferedEdits
from lsp_llm.commands.open_chats import MOST_AWAITED
from lsp_llm.errors import UserError
from lsp_llm.exchange.tools import ToolCall
from lsp_llm.jobs.choices import UNMADE
from lsp_llm.jobs.runner import Runner
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit
from lsp_llm.tools.approval import Decision, Policy
from lsp_llm.tools.base import Outcome, Proposal
from lsp_llm.tools.desk import Desk, Question
from tests.commands.chat_desk import ChatDesk
from tests.jobs.test_writing import Holder
from tests.tools.test_desk import Screen
from tests.turns import some_turns, until

TEXT = "one\ntwo\nthree\n"
NEW = "ONE\ntwo\nTHREE\n"
JOB = "chat-1"


class Asked(Screen):
    """Keeps the questions too."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[ToolCall] = []

    def called(self, call: ToolCall, question: Question | None) -> None:
        self.questions.append(call)
        super().called(call, question)


class Scene:
    """A file, its proposals, and the user's desk."""

    def __init__(
        self, folder: Path, policy: Policy = "ask", limit_seconds: float = 60, open_seconds: float = 60
    ) -> None:
        self.world = ChatDesk(folder)
        self.file = folder / "a b.py"
        self.file.write_text(TEXT)
        self.screen = Asked()
        self.desk = Desk(self.screen, limit_seconds)
        self.edits = OfferedEdits(self.world.chat_services, self.desk, policy, open_seconds)

    @property
    def runner(self) -> Runner:
        return self.world.runner

    @property
    def document(self) -> Document:
        return self.world.editor.documents[self.file.as_uri()][0]

    def open(self) -> None:
        self.world.open_file(self.file.as_uri())

    def propose(self, new: str = NEW, old: str | None = TEXT) -> asyncio.Task[Outcome]:
        proposal = Proposal(self.file.as_posix(), old, 0, len(old or ""), new)
        return asyncio.create_task(self.edits.propose(proposal))

    async def offered(self, new: str = NEW) -> asyncio.Task[Outcome]:
        task = self.propose(new)
        await self.screen.asked.wait()
        return task


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.open()
    return scene


@pytest.mark.parametrize(
    ("decision", "outcome", "text"),
    [("allow", "accepted", NEW), ("always", "accepted", NEW), ("deny", "declined", TEXT)],
)
async def test_the_whole_is_asked_for_under_the_id_of_its_job(
    scene: Scene, decision: Decision, outcome: str, text: str
) -> None:
    proposing = await scene.offered()
    assert scene.world.editor.shown == (scene.file.as_uri(), JOB, TEXT, NEW)
    (call,) = scene.screen.questions
    assert (call.call_id, call.name) == (JOB, "edit_file")
    assert json.loads(call.arguments) == {"path": scene.file.as_posix(), "old_text": TEXT, "new_text": NEW}
    assert scene.document.text == TEXT
    assert scene.desk.answer(JOB, decision)
    assert (await proposing).decision == outcome
    assert scene.document.text == text
    if text == NEW:
        scene.runner.restore(JOB)
    await until(lambda: scene.document.text == TEXT)


async def test_a_yes_for_good_makes_the_next_one_at_once(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.desk.answer(JOB, "always")
    await proposing
    del scene.world.editor.shown
    assert (await scene.propose("1\n", NEW)).decision == "made"
    assert not hasattr(scene.world.editor, "shown")
    scene.runner.restore("chat-2")
    await until(lambda: scene.document.text == NEW)


async def test_what_is_decided_in_the_file_answers_the_call(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.runner.accept(JOB)
    assert await proposing == Outcome("accepted", "it is not saved yet")
    assert scene.screen.verdicts == [(JOB, "approved")]
    assert scene.desk.waiting == ()


async def test_a_part_is_told_with_what_was_left_out(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.runner.accept(f"{JOB}.2")
    await until(lambda: scene.document.text == TEXT.replace("three", "THREE"))
    assert scene.desk.waiting == (JOB,)
    scene.runner.restore(f"{JOB}.1")
    assert await proposing == Outcome("partly", "-one\n+ONE")
    assert scene.screen.verdicts == [(JOB, "approved")]


async def test_a_no_to_the_rest_keeps_what_was_taken(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.runner.accept(JOB, 1)
    await some_turns()
    scene.desk.answer(JOB, "deny")
    assert (await proposing).decision == "partly"
    assert scene.document.text == TEXT.replace("one", "ONE")


async def test_dropping_all_of_it_in_the_file_is_a_no(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.runner.restore(JOB)
    outcome = await proposing
    assert outcome.decision == "declined"
    assert "denied" in outcome.reason
    assert scene.screen.verdicts == [(JOB, "denied")]


async def test_the_offer_moves_with_what_the_user_types_meanwhile(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.world.editor.type(scene.file.as_uri(), [Edit(0, 0, "zero\n")])
    scene.desk.answer(JOB, "allow")
    assert (await proposing).decision == "accepted"
    assert scene.document.text == f"zero\n{NEW}"


async def test_nobody_is_asked_where_everything_is_approved_and_it_can_be_put_back(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "always")
    assert await scene.propose() == Outcome("made", "it is not saved yet")
    assert scene.world.pages.asked == [scene.file.as_uri()]  # type: ignore[attr-defined]
    assert (scene.document.text, scene.screen.calls) == (NEW, [])
    scene.runner.restore(f"{JOB}.2")
    await until(lambda: scene.document.text == NEW.replace("THREE", "three"))
    assert scene.file.read_text() == TEXT, "saving is the editor's"


async def test_a_new_file_is_made_empty_and_filled_by_the_editor(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "always")
    scene.file = tmp_path / "new" / "b.py"
    assert (await scene.propose(old=None)).decision == "made"
    assert (scene.document.text, scene.file.read_text()) == (NEW, "")


async def test_of_a_new_file_that_is_declined_an_empty_one_stays(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.file = tmp_path / "new.py"
    proposing = scene.propose(old=None)
    await scene.screen.asked.wait()
    scene.desk.answer(JOB, "deny")
    assert (await proposing).reason.startswith(EMPTY)


async def test_a_file_that_cannot_be_made(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.file = scene.file / "b.py"
    outcome = await scene.propose(old=None)
    assert outcome.decision == "failed"
    assert "cannot be written" in outcome.reason


async def test_another_text_than_was_meant_is_left_alone(scene: Scene) -> None:
    assert await scene.propose(old="other") == Outcome("failed", CHANGED)
    assert scene.screen.calls == []


async def test_a_place_where_a_job_is_writing_is_refused(scene: Scene) -> None:
    target = scene.world.open_chats.at_path(scene.file)
    assert target is not None
    scene.runner.lend("other", replace(target, start=1, end=2), Holder())
    outcome = await scene.propose()
    assert outcome.decision == "failed"
    assert "still writing" in outcome.reason


async def test_nobody_answers(tmp_path: Path) -> None:
    scene = Scene(tmp_path, limit_seconds=0.01)
    outcome = await scene.propose()
    assert outcome.decision == "declined"
    assert "did not answer in time" in outcome.reason
    assert scene.runner.places.offered() == []


async def test_a_cancelled_call_takes_its_offer_along(scene: Scene) -> None:
    proposing = await scene.offered()
    scene.runner.accept(JOB, 1)
    await some_turns()
    proposing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await proposing
    assert scene.runner.places.offered() == []
    assert scene.desk.waiting == ()
    assert scene.document.text == TEXT.replace("one", "ONE"), "what the user took stays"


async def test_a_call_that_is_cancelled_before_the_file_is_shown_offers_nothing(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.world.pages.is_shut = True  # type: ignore[attr-defined]
    proposing = scene.propose()
    await some_turns()
    proposing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await proposing
    scene.open()
    await some_turns()
    assert scene.runner.places.offered() == []


async def test_a_file_that_no_editor_opens_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    scene = Scene(tmp_path, open_seconds=0.01)
    scene.world.pages.is_shut = True  # type: ignore[attr-defined]
    outcome = await scene.propose()
    assert outcome == Outcome("failed", "a b.py was not opened in the editor within 0.01 s")
    scene.open()
    await some_turns()
    assert scene.runner.places.offered() == []


async def test_files_that_no_editor_opened_are_in_nobodys_way(tmp_path: Path) -> None:
    scene = Scene(tmp_path, open_seconds=0.01)
    scene.world.pages.is_shut = True  # type: ignore[attr-defined]
    met: list[str] = []
    scene.world.open_chats.when_open(scene.file, lambda target: met.append(target.path))
    for number in range(MOST_AWAITED):
        await scene.edits.propose(Proposal(str(tmp_path / f"{number}.py"), None, 0, 0, "x"))
    scene.open()
    assert met == [str(scene.file)]


async def test_a_file_that_is_closed_again_at_once(tmp_path: Path) -> None:
    scene = Scene(tmp_path)
    scene.world.pages.is_shut = True  # type: ignore[attr-defined]
    proposing = scene.propose()
    await some_turns()
    scene.open()
    scene.world.open_chats.closed(scene.file.as_uri())
    assert await proposing == Outcome("failed", "a b.py was closed again")


# --- closed meanwhile -------------------------------------------------------------------------------------------------


async def closed(scene: Scene) -> asyncio.Task[Outcome]:
    proposing = await scene.offered()
    scene.runner.closed(scene.file.as_uri())
    scene.world.open_chats.closed(scene.file.as_uri())
    return proposing


async def test_a_yes_for_a_closed_document_opens_it_and_is_done_there(scene: Scene) -> None:
    proposing = await closed(scene)
    scene.desk.answer(JOB, "allow")
    assert (await proposing).decision == "accepted"
    assert scene.document.text == NEW


async def test_accepting_by_command_opens_it_too(scene: Scene) -> None:
    proposing = await closed(scene)
    services = scene.world.chat_services
    scene.world.pages.is_shut = True  # type: ignore[attr-defined]
    assert Accept().run(services, None, Accept.options(hunk=1)) == {"jobId": JOB}
    Accept().run(services, None, Accept.options(job_id=f"{JOB}.2"))
    assert not proposing.done()
    scene.open()
    assert (await proposing).decision == "accepted"
    assert scene.document.text == NEW


async def test_a_no_for_a_closed_document(scene: Scene) -> None:
    proposing = await closed(scene)
    scene.desk.answer(JOB, "deny")
    assert (await proposing).decision == "declined"
    scene.open()
    with pytest.raises(UserError, match="nothing to accept"):
        Accept().run(scene.world.chat_services, None, Accept.options())


async def test_a_yes_for_a_document_that_changed_while_it_was_closed_does_nothing(scene: Scene) -> None:
    proposing = await closed(scene)
    scene.file.write_text("other\n")
    scene.desk.answer(JOB, "allow")
    outcome = await proposing
    assert outcome.decision == "failed"
    assert "changed while it was closed" in outcome.reason
    assert scene.document.text == "other\n"


async def test_what_is_made_unasked_is_not_waited_for_once_its_document_is_closed(tmp_path: Path) -> None:
    """An edit is on its way, and nobody was asked who could decide over it later."""
    scene = Scene(tmp_path, "always")
    scene.open()
    scene.world.editor.is_frozen = True
    proposing = scene.propose()
    await until(lambda: bool(scene.world.editor.offered))
    scene.runner.closed(scene.file.as_uri())
    assert await asyncio.wait_for(proposing, 10) == Outcome("failed", UNMADE)
    assert scene.runner.places.offered() == []
