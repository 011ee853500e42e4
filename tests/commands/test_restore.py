from __future__ import annotations

import pytest

from lsp_llm.commands.replace import Replace
from lsp_llm.commands.restore import Restore
from lsp_llm.errors import UserError
from lsp_llm.status.events import Cancelled
from tests.commands.desk import CommandDesk, written_by_hand
from tests.fakes.jobs import URI
from tests.turns import until


async def test_the_latest_comes_back_first_and_any_one_by_its_id(desk: CommandDesk) -> None:
    before = desk.text
    first = await desk.replaced("def one():\n    return 1\n", "def uno():\n    return 1\n")
    second = await desk.replaced("\n\n", "\n# between\n")
    third = await desk.replaced("two = 2\n", "due = 2\n")
    assert desk.run(Restore(), job_id=first) == {"jobId": first}
    await until(lambda: desk.text.startswith("def one"))
    assert desk.run(Restore()) == {"jobId": third}
    await until(lambda: "two" in desk.text)
    assert desk.run(Restore(), uri=URI) == {"jobId": second}
    await until(lambda: desk.text == before)
    with pytest.raises(UserError, match=r"^there is nothing to restore$"):
        desk.run(Restore())


async def test_what_was_written_by_hand_last_is_the_latest(desk: CommandDesk) -> None:
    """An answer of a chat, or a block of it that was applied."""
    before = desk.text
    first = await desk.replaced("two = 2\n", "due = 2\n")
    await written_by_hand(desk, "due = 2\n|", "by hand\n")
    third = await desk.replaced("def one", "def uno")
    for job_id in (third, "chat-12", first):
        assert desk.run(Restore()) == {"jobId": job_id}
    await until(lambda: desk.text == before)


async def test_a_running_job_is_stopped_and_taken_back(desk: CommandDesk) -> None:
    before = desk.text
    job = desk.run(Replace(), "two = 2\n")["jobId"]
    _, _, source = await desk.asked()
    source.say()
    assert desk.run(Restore()) == {"jobId": job}
    assert await desk.log.end(job) == Cancelled("the original was restored")
    assert desk.text == before
    await desk.runner.close()


async def test_a_running_job_has_no_changes_to_put_back_yet(desk: CommandDesk) -> None:
    job = desk.run(Replace(), "two = 2\n")["jobId"]
    for options in ({"job_id": job}, {}):
        with pytest.raises(UserError, match=f"^job {job} is still writing: stop it first$"):
            desk.run(Restore(), hunk=1, **options)
    await desk.runner.close()


async def test_one_change_is_put_back(desk: CommandDesk) -> None:
    before = desk.text
    job = await desk.replaced(before, before.replace("two", "due").replace("one", "uno"))
    assert desk.run(Restore(), hunk=2) == {"jobId": job}
    await until(lambda: desk.text == before.replace("one", "uno"))
    with pytest.raises(UserError, match=f"^job {job} has no change 2 to restore$"):
        desk.run(Restore(), hunk=2)


async def test_a_job_that_is_not_there(desk: CommandDesk) -> None:
    await desk.replaced("two = 2\n", "three = 3\n")
    with pytest.raises(UserError, match=r"^there is no job 7 to restore$"):
        desk.run(Restore(), job_id="7")
    with pytest.raises(UserError, match=r"^there is nothing to restore$"):
        desk.run(Restore(), uri="file:///other.py")
