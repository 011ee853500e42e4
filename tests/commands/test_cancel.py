from __future__ import annotations

import pytest

from lsp_llm.commands.cancel import Cancel
from lsp_llm.commands.yap import Yap
from lsp_llm.errors import UserError
from lsp_llm.status.events import Cancelled, Finished
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI


async def test_one_job_those_of_a_document_or_all(desk: CommandDesk) -> None:
    jobs = [desk.run(Yap(), place)["jobId"] for place in ("one|", "1|", "two|")]
    assert desk.run(Cancel(), job_id=jobs[1]) == {"cancelled": [jobs[1]]}
    assert await desk.log.end(jobs[1]) == Cancelled()
    assert desk.run(Cancel(), uri="file:///other.py") == {"cancelled": []}
    assert desk.run(Cancel(), uri=URI) == {"cancelled": [jobs[0], jobs[2]]}
    assert desk.run(Cancel()) == {"cancelled": []}
    await desk.runner.close()


async def test_a_job_that_has_ended_is_none_that_was_stopped(desk: CommandDesk) -> None:
    job = desk.run(Yap(), "two|")["jobId"]
    _, _, source = await desk.asked()
    source.finish("!")
    assert await desk.log.end(job) == Finished()
    assert desk.run(Cancel(), job_id=job) == {"cancelled": []}


def test_a_job_that_never_was(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match=r"^there is no job 7$"):
        desk.run(Cancel(), job_id="7")
