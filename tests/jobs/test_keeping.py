"""What can be restored outlives the server, through the runner; the editor obeys."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.jobs.choices import UNMADE
from lsp_llm.jobs.edit_events import Decided
from lsp_llm.status.events import Cancelled, Finished
from lsp_llm.stream import events as stream
from lsp_llm.text.edits import Edit
from tests.fakes.jobs import URI, Desk, Source
from tests.jobs.test_runner import TEXT, start
from tests.turns import until


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, TEXT)


async def ended_job(desk: Desk) -> str:
    """The id of a job that has written 2 in the place of "two"."""
    source = Source()
    job = start(desk, source)
    source.finish("2")
    await desk.log.end(job)
    return job


async def test_what_can_be_restored_is_known_again_when_the_text_is_opened_as_it_was(desk: Desk) -> None:
    await ended_job(desk)
    desk.editor.type(URI, [Edit(0, 0, "zero\n")])
    desk.runner.saved(URI)
    desk.runner = desk.editor.runner = desk.another_runner()
    desk.runner.opened(URI, desk.editor.open(TEXT), 1)
    assert not desk.runner.watches(URI)
    desk.document = desk.editor.open("zero\none\n2\nthree\n")
    desk.runner.opened(URI, desk.document, 1)
    (known,) = desk.runner.places.restorable(URI)
    assert desk.runner.order(known) is None
    desk.runner.restore(known)
    await until(lambda: desk.text == "zero\n" + TEXT)


async def test_nothing_is_kept_of_a_document_in_which_nothing_can_be_restored(desk: Desk) -> None:
    job = await ended_job(desk)
    assert len(list(desk.ledger.iterdir())) == 1
    desk.runner.restore(job)
    await until(lambda: desk.text == TEXT)
    desk.runner.saved(URI)
    assert list(desk.ledger.iterdir()) == []


async def test_closing_without_saving_leaves_what_the_last_save_kept(desk: Desk) -> None:
    await ended_job(desk)
    (kept,) = desk.ledger.iterdir()
    content = kept.read_bytes()
    desk.editor.type(URI, [Edit(0, 0, "not saved")])
    desk.runner.closed(URI)
    assert kept.read_bytes() == content


async def test_nor_is_anything_kept_of_what_ends_because_it_was_closed(desk: Desk) -> None:
    await ended_job(desk)
    (kept,) = desk.ledger.iterdir()
    content = kept.read_bytes()
    desk.editor.type(URI, [Edit(0, 0, "not saved")])
    other = start(desk, Source(), "three")
    decided: list[Decided] = []
    desk.editor.is_frozen = True
    desk.runner.make("chat-1", desk.target("|"), "made\n", decided.append)
    desk.runner.closed(URI)
    assert isinstance(await desk.log.end(other), Cancelled)
    assert decided == [Decided("chat-1", 0, (("", "made\n"),), UNMADE)]
    assert kept.read_bytes() == content


async def test_nothing_is_kept_while_it_is_not_known_where_an_edit_has_landed(desk: Desk) -> None:
    """What was typed since has moved the text, and not yet the places of the jobs."""
    await ended_job(desk)
    (kept,) = desk.ledger.iterdir()
    content = kept.read_bytes()
    desk.editor.is_frozen = True
    other = Source()
    start(desk, other, "three")
    other.say(stream.Text("3"))
    await until(lambda: len(desk.editor.offered) == 2)
    desk.editor.type(URI, [Edit(0, 0, "zero\n")])
    desk.runner.saved(URI)
    assert kept.read_bytes() == content
    text = desk.text
    desk.runner.closed(URI)
    assert kept.read_bytes() == content
    desk.runner.opened(URI, desk.editor.open(text), 1)
    assert desk.runner.places.restorable() == []


async def test_what_is_saved_in_the_middle_of_a_job_can_be_restored_after_a_close(desk: Desk) -> None:
    source = Source()
    start(desk, source)
    source.say(stream.Text("2"))
    await until(lambda: "2" in desk.text)
    desk.runner.saved(URI)
    text = desk.text
    desk.runner.closed(URI)
    desk.document = desk.editor.open(text)
    desk.runner.opened(URI, desk.document, 1)
    (known,) = desk.runner.places.restorable(URI)
    desk.runner.restore(known)
    await until(lambda: desk.text == TEXT)


async def test_a_state_folder_that_cannot_be_written_fails_no_job(desk: Desk) -> None:
    desk.ledger.write_text("not a folder")
    source = Source()
    job = start(desk, source)
    source.finish("2")
    assert await desk.log.end(job) == Finished()
    desk.runner.restore(job)
    await until(lambda: desk.text == TEXT)
    desk.runner.closed(URI)
