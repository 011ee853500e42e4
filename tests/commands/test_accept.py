from __future__ import annotations

import pytest

from lsp_llm.commands.accept import Accept
from lsp_llm.commands.restore import Restore
from lsp_llm.errors import UserError
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI
from tests.turns import until

ONE = "def one():\n    return 1\n"
UNO = "def uno():\n    return 2\n"


async def test_what_a_preview_offers_is_taken(desk: CommandDesk) -> None:
    before = desk.text
    job = await desk.replaced(ONE, UNO, mode="preview")
    assert desk.text == before
    assert desk.editor.shown == (URI, job, before, before.replace(ONE, UNO))
    assert desk.run(Accept()) == {"jobId": job}
    await until(lambda: desk.text == before.replace(ONE, UNO))
    assert desk.run(Restore()) == {"jobId": job}
    await until(lambda: desk.text == before)


async def test_one_change_of_a_preview_is_taken(desk: CommandDesk) -> None:
    before = desk.text
    job = await desk.replaced(f"{ONE}\n\ntwo = 2\n", f"{UNO}\n\ntwo = 3\n", mode="preview")
    assert desk.run(Accept(), uri=URI, hunk=2) == {"jobId": job}
    await until(lambda: desk.text == before.replace("two = 2", "two = 3"))
    with pytest.raises(UserError, match=r"has no change 7 to accept$"):
        desk.run(Accept(), job_id=job, hunk=7)


async def test_what_an_ended_job_wrote_is_not_restored_any_more_also_by_the_next_server(desk: CommandDesk) -> None:
    job = await desk.replaced(ONE, UNO)
    assert list(desk.ledger.iterdir())
    assert desk.run(Accept(), job_id=job) == {"jobId": job}
    assert list(desk.ledger.iterdir()) == []
    with pytest.raises(UserError, match=r"^there is nothing to restore$"):
        desk.run(Restore())


def test_there_is_nothing_to_accept(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match=r"^there is nothing to accept$"):
        desk.run(Accept())
