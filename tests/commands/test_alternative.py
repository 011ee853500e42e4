from __future__ import annotations

import msgspec
import pytest

from lsp_llm.commands.alternative import Alternative, AlternativeOptions
from lsp_llm.commands.retry import Retry
from lsp_llm.commands.yap import Yap
from lsp_llm.errors import UserError
from tests.commands.desk import CommandDesk
from tests.turns import until


async def test_one_walks_among_the_answers_in_both_directions(desk: CommandDesk) -> None:
    await desk.replaced("two = 2\n", "due = 2\n")
    job = await desk.answered(desk.run(Retry()), "deux = 2\n")
    for step, word in ((1, "due"), (1, "deux"), (-1, "due"), (-1, "deux")):
        assert desk.run(Alternative(), step=step) == {"jobId": job}
        await until(lambda word=word: f"{word} = 2\n" in desk.text)  # type: ignore[misc]


async def test_not_while_another_job_writes_there(desk: CommandDesk) -> None:
    before = desk.text
    await desk.replaced(before, "due = 2\ndeux = 2\n")
    await desk.answered(desk.run(Retry()), "tre = 3\ntrois = 3\n")
    other = desk.run(Yap(), "tre = 3|")["jobId"]
    with pytest.raises(UserError, match=f"^job {other} is still writing there"):
        desk.run(Alternative(), step=1)
    await desk.runner.close()
    assert desk.text == "tre = 3\ntrois = 3\n"


def test_there_is_nothing_to_show_another_answer_of(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match=r"^there is nothing to show another answer of$"):
        desk.run(Alternative(), step=1)


@pytest.mark.parametrize("step", [0, 2, "1", None])
def test_a_step_is_forward_or_back(step: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"step": step}, AlternativeOptions)
