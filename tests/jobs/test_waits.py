"""What a session waits for."""

from __future__ import annotations

from lsp_llm.jobs.edit_events import Effect, Schedule
from lsp_llm.jobs.waits import Waits


def test_a_wait_is_over_with_its_own_tick() -> None:
    effects: list[Effect] = []
    waits = Waits(effects)
    waits.begin("show", 0.5)
    waits.begin("rest", 2.0)
    assert effects == [Schedule(0.5, 1), Schedule(2.0, 2)]
    assert waits.over(2) == "rest"
    assert not waits.is_any("rest", "retry")
    assert waits.is_any("show")
    assert waits.over(2) is None


def test_a_newer_wait_takes_the_place_of_the_one_before() -> None:
    waits = Waits([])
    waits.begin("show", 1)
    waits.begin("show", 1)
    assert waits.over(1) is None
    assert waits.over(2) == "show"


def test_what_is_waited_for_no_longer_has_no_tick() -> None:
    waits = Waits([])
    waits.end("show")
    waits.begin("show", 1)
    waits.end("show")
    assert waits.over(1) is None
