from __future__ import annotations

import pytest

from lsp_llm.commands.cancel import Cancel
from lsp_llm.commands.restore import Restore
from lsp_llm.commands.retry import Retry
from lsp_llm.commands.yap import Yap
from lsp_llm.errors import UserError
from lsp_llm.status.events import Cancelled, Queued
from lsp_llm.text.edits import Edit
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI
from tests.turns import until


async def test_the_same_is_asked_again_of_the_original(desk: CommandDesk) -> None:
    before = desk.text
    await desk.replaced("two = 2\n", "due = 2\n", query="in Italian")
    desk.editor.type(URI, [Edit(0, 0, "# mine\n")])
    job = desk.run(Retry())["jobId"]
    assert desk.log.of(job) == [Queued(URI, "replace", "fake")]
    resolved, words, source = await desk.asked()
    assert resolved.preset.model == "m"
    assert "in Italian" in words
    assert "two = 2" in words
    assert "due" not in words
    assert "# mine" in words
    assert "due" in desk.text
    source.finish("tre = 2\n")
    await desk.log.end(job)
    assert desk.text == "# mine\n" + before.replace("two", "tre")
    desk.run(Restore())
    await until(lambda: desk.text == "# mine\n" + before)


async def test_other_words_another_preset_and_none_at_all(desk: CommandDesk) -> None:
    await desk.replaced("two = 2\n", "due = 2\n", query="in Italian")
    job = desk.run(Retry(), query="in French", preset="other")
    resolved, words, _ = await desk.asked()
    assert resolved.preset.model == "n"
    assert "in French" in words
    assert "in Italian" not in words
    desk.run(Cancel())
    desk.run(Retry(), job_id=job["jobId"], query="")
    resolved, words, _ = await desk.asked()
    assert resolved.preset.model == "n"
    assert "in French" not in words
    await desk.runner.close()


async def test_one_that_is_stopped_before_its_first_text_can_be_restored_and_asked_again(desk: CommandDesk) -> None:
    before = desk.text
    await desk.replaced("two = 2\n", "due = 2\n")
    job = desk.run(Retry())["jobId"]
    await desk.asked()
    desk.run(Cancel(), job_id=job)
    assert await desk.log.end(job) == Cancelled()
    assert "due" in desk.text
    await desk.answered(desk.run(Retry()), "tre = 2\n")
    desk.run(Restore())
    await until(lambda: desk.text == before)


async def test_it_is_done_as_the_first_time(desk: CommandDesk) -> None:
    before = desk.text
    await desk.replaced("two = 2\n", "due = 2\n", mode="preview")
    job = await desk.answered(desk.run(Retry()), "tre = 2\n")
    assert desk.editor.shown == (URI, job, before, before.replace("two", "tre"))
    assert desk.runner.places.offered() == [f"{job}.1"]


async def test_not_before_the_job_has_ended(desk: CommandDesk) -> None:
    job = desk.run(Yap(), "two|")["jobId"]
    with pytest.raises(UserError, match=f"^job {job} is still writing: stop it first$"):
        desk.run(Retry(), job_id=job)
    await desk.runner.close()


async def test_not_while_another_job_writes_there(desk: CommandDesk) -> None:
    former = await desk.replaced(desk.text, "due = 2\ndeux = 2\n")
    other = desk.run(Yap(), "due = 2|")["jobId"]
    with pytest.raises(UserError, match=f"^job {other} is still writing there"):
        desk.run(Retry(), job_id=former)
    await desk.runner.close()


async def test_what_was_asked_before_the_server_started_is_not_known(desk: CommandDesk) -> None:
    await desk.replaced("two = 2\n", "due = 2\n")
    desk.runner.closed(URI)
    document, version = desk.editor.documents[URI]
    desk.runner.opened(URI, document, version)
    (job,) = desk.runner.places.restorable()
    with pytest.raises(UserError, match=f"^what job {job} was asked is not known any more: select the code"):
        desk.run(Retry())


async def test_an_unknown_preset_leaves_all_as_it_is(desk: CommandDesk) -> None:
    job = await desk.replaced("two = 2\n", "due = 2\n")
    with pytest.raises(UserError, match="there is no preset"):
        desk.run(Retry(), preset="ohter")
    assert desk.runner.places.restorable() == [job]
