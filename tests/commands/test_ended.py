from __future__ import annotations

import pytest

from lsp_llm.commands.ended import ended_change, ended_fill, ended_job
from lsp_llm.commands.yap import Yap
from lsp_llm.errors import UserError
from tests.commands.desk import CommandDesk, written_by_hand
from tests.fakes.jobs import URI


async def test_the_job_that_is_named_or_else_the_latest(desk: CommandDesk) -> None:
    first = await desk.replaced("two = 2\n", "due = 2\n")
    second = await desk.replaced("def one():\n    return 1\n", "def uno():\n    return 1\n")
    assert ended_job(desk.services, first, "", "retry") == first
    assert ended_job(desk.services, "", "", "retry") == second
    assert ended_job(desk.services, "", URI, "retry") == second
    with pytest.raises(UserError, match=r"^there is nothing to retry$"):
        ended_job(desk.services, "", "file:///other.py", "retry")
    with pytest.raises(UserError, match=r"^there is no job 7 to retry$"):
        ended_job(desk.services, "7", "", "retry")


async def test_the_latest_is_by_age_and_not_by_kind_and_a_preview_counts_as_a_whole(desk: CommandDesk) -> None:
    preview = await desk.replaced("two = 2\n", "due = 2\n", mode="preview")
    assert desk.runner.places.offered() == [f"{preview}.1"]
    assert ended_job(desk.services, "", "", "accept") == preview
    later = await desk.replaced("def one():\n    return 1\n", "def uno():\n    return 1\n")
    assert ended_job(desk.services, "", "", "accept") == later


async def test_a_fill_is_no_answer_in_a_chat(desk: CommandDesk) -> None:
    fill = await desk.replaced("two = 2\n", "due = 2\n")
    hand = await written_by_hand(desk, "due = 2\n|", "by hand\n")
    assert ended_job(desk.services, "", "", "restore") == hand
    assert ended_fill(desk.services, "", "", "retry") == fill
    assert ended_fill(desk.services, "", URI, "retry") == fill
    assert ended_fill(desk.services, hand, "", "retry") == hand


async def test_a_job_that_is_still_writing_has_not_ended(desk: CommandDesk) -> None:
    job = desk.run(Yap(), "two|")["jobId"]
    with pytest.raises(UserError, match=f"^job {job} is still writing: stop it first$"):
        ended_job(desk.services, job, "", "accept")
    with pytest.raises(UserError, match=r"^there is nothing to accept$"):
        ended_job(desk.services, "", "", "accept")
    await desk.runner.close()


@pytest.mark.parametrize("mode", ["stream", "preview"])
async def test_a_change_must_be_there(desk: CommandDesk, mode: str) -> None:
    job = await desk.replaced("two = 2\n", "due = 2\n", mode=mode)
    assert ended_change(desk.services, job, "", 1, "accept") == job
    assert ended_change(desk.services, job, "", None, "accept") == job
    for hunk in (0, 2, -1):
        with pytest.raises(UserError, match=f"^job {job} has no change {hunk} to accept$"):
            ended_change(desk.services, job, "", hunk, "accept")
