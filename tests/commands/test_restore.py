from __future__ import annotations

import pytest

from lsp_llm.commands.replace import Replace
from lsp_llm.commands.restore import Restore
from lsp_llm.errors import UserError
from lsp_llm.status.events import Cancelled, Finished
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI
from tests.turns import until


async def replaced(desk: CommandDesk, selected: str, answer: str) -> str:
    job = str(desk.run(Replace(), selected)["jobId"])
    _, _, source = await desk.asked()
    source.finish(answer)
    assert await desk.log.end(job) == Finished()
    return job


async def test_the_latest_comes_back_first_and_any_one_by_its_id(desk: CommandDesk) -> None:
    before = desk.text
    first = await replaced(desk, "def one():\n    return 1\n", "def uno():\n    return 1\n")
    second = await replaced(desk, "\n\n", "\n# between\n")
    third = await replaced(desk, "two = 2\n", "due = 2\n")
    assert desk.run(Restore(), job_id=first) == {"jobId": first}
    await until(lambda: desk.text.startswith("def one"))
    assert desk.run(Restore()) == {"jobId": third}
    await until(lambda: "two" in desk.text)
    assert desk.run(Restore(), uri=URI) == {"jobId": second}
    await until(lambda: desk.text == before)
    with pytest.raises(UserError, match=r"^there is nothing to restore$"):
        desk.run(Restore())


async def test_a_running_job_is_stopped_and_taken_back(desk: CommandDesk) -> None:
    before = desk.text
    job = desk.run(Replace(), "two = 2\n")["jobId"]
    _, _, source = await desk.asked()
    source.say()
    assert desk.run(Restore()) == {"jobId": job}
    assert await desk.log.end(job) == Cancelled("the original was restored")
    assert desk.text == before
    await desk.runner.close()


async def test_a_job_that_is_not_there(desk: CommandDesk) -> None:
    await replaced(desk, "two = 2\n", "three = 3\n")
    with pytest.raises(UserError, match=r"^there is no job 7 to restore$"):
        desk.run(Restore(), job_id="7")
    with pytest.raises(UserError, match=r"^there is nothing to restore$"):
        desk.run(Restore(), uri="file:///other.py")
