"""After any interleaving in which answers are offered the document is what the user took, and everybody was told, once.

A failure prints a small script with its transcript; `world_of` runs it again. The long run of `test_interleavings` has
such scripts too.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, given, settings

from lsp_llm.jobs.choices import Choices
from lsp_llm.jobs.offers import Offers
from tests.jobs.judging import judged, told, world_of
from tests.jobs.offer_scripts import draw_offers
from tests.jobs.offering import OfferWorld
from tests.jobs.script import Chunk, JobPlan, Script, Step
from tests.jobs.test_interleavings import PROFILE_NAMES, SEEDS

ENOUGH = 400


@settings(max_examples=2000, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
@given(SEEDS, PROFILE_NAMES)
def test_what_is_taken_is_there_and_what_is_not_is_not(seed: int, profile: str) -> None:
    script = draw_offers(seed, profile)
    assert not judged(script), told(script)


def test_the_scripts_take_drop_and_open_again() -> None:
    worlds = [world_of(draw_offers(seed)).run() for seed in range(ENOUGH)]
    offering = [world for world in worlds if isinstance(world, OfferWorld)]
    wishes = [wish for world in offering for each in world.wishes.values() for wish in each]
    assert len(offering) == ENOUGH
    assert min(wishes.count("taken"), wishes.count("left")) > ENOUGH // 3
    assert wishes.count("undone") > ENOUGH // 40
    assert sum(world.was_closed and bool(world.wishes) for world in offering) > ENOUGH // 10


def _drop_only_what_is_shown(self: Choices, job_id: str, reason: str) -> None:
    self._drop(self._offered(job_id, None), reason)


def _forget_without_a_word(self: Offers) -> None:
    self._waiting = {
        job_id: changes
        for job_id, changes in self._waiting.items()
        if any(self._state(change.job) == "open" for change in changes)
    }


def _offer_again_whatever_was_on_its_way(self: Choices, doubt: str) -> None:
    for job in self._row:
        job.phase = "offered" if job.phase == "taking" else job.phase
    self._row.sort()


@pytest.mark.parametrize(
    ("owner", "name", "fault"),
    [
        (Choices, "drop", _drop_only_what_is_shown),
        (Choices, "close", lambda self, doubt: None),
        (Choices, "close", _offer_again_whatever_was_on_its_way),
        (Choices, "_put_back", lambda self, job: None),
        (Offers, "decide", _forget_without_a_word),
    ],
)
def test_the_laws_see_it(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, fault: Callable[..., object]) -> None:
    monkeypatch.setattr(owner, name, fault)
    assert any(judged(draw_offers(seed)) for seed in range(3 * ENOUGH))


def test_of_an_offer_that_is_decided_after_its_document_was_opened_again_it_is_told_once() -> None:
    jobs = (JobPlan(8, 8, (Chunk(684, "\n"),), "offer"), JobPlan(5, 7, (Chunk(1199, ""),), "offer"))
    steps = (
        Step(525, "take", 0, length=1),
        Step(592, "type", 2, 997, 0, "一"),
        Step(1102, "close"),
        Step(1103, "reopen"),
        Step(1201, "take", 1, length=1),
    )
    script = Script("yegappan", "a\nb\n\nb\nb", jobs, steps, 297, delays_ms=(3, 300), is_distinct=False)
    assert judged(script) == []


def test_changes_of_two_jobs_at_one_place_stand_in_the_order_of_the_jobs() -> None:
    jobs = (JobPlan(4, 4, (Chunk(3, "\nγ"),)), JobPlan(0, 4, (Chunk(1, "кҷм\nA"),), "make"))
    world = world_of(Script("lsp-mode", "кҷм\nӽ\n", jobs, ())).run()
    assert world.editor.text == "кҷм\nA\nγӽ\n"


def test_what_is_put_back_while_it_is_taken_does_not_stay() -> None:
    job = JobPlan(0, 4, (Chunk(0, "aбв\n"),), "offer")
    steps = (Step(10, "take", 0, length=1), Step(500, "put back", 0, length=1))
    script = Script("neovim-0.10", "абв\nг\n", (job,), steps, delays_ms=(300,))
    assert judged(script) == []
    assert world_of(script).run().editor.text == "абв\nг\n"


def test_what_is_undone_and_put_back_while_the_rest_is_taken_counts_as_left() -> None:
    job = JobPlan(0, 7, (Chunk(291, "\n"), Chunk(647, "a")), "offer")
    steps = (
        Step(562, "take", 0, length=1),
        Step(843, "type", None, 103, 0, "丂"),
        Step(1015, "undo"),
        Step(1456, "undo"),
        Step(1916, "take", 0),
        Step(2046, "put back", 0),
    )
    script = Script("unknown-lazy", "оҴъұа\n\n", (job,), steps)
    assert judged(script) == []
    (said,) = world_of(script).run().decided
    assert said.taken == 0


def test_a_change_that_deletes_what_the_user_has_deleted_is_there_however_they_decide() -> None:
    job = JobPlan(2, 5, (Chunk(0, "\nb"),), "offer")
    steps = (Step(40, "type", 0, 0, 2, ""), Step(200, "take", 0), Step(250, "put back", 0))
    script = Script("vscode", "а\nҸ\n\n", (job,), steps, delays_ms=(40,))
    assert judged(script) == []
    (said,) = world_of(script).run().decided
    assert (said.taken, [after for _, after in said.left]) == (1, ["b"])
