from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lsp_llm.jobs.ports import Order, Target
from lsp_llm.lsp.code_actions import code_actions
from lsp_llm.text.document import Document

URI = "file:///project/a.py"


class Jobs:
    """The part of the runner that knows what is going on."""

    def __init__(
        self,
        running: Sequence[str] = (),
        restorable: Sequence[str] = (),
        touched: str | None = None,
        offered: Sequence[str] = (),
        known: Sequence[str] = (),
    ) -> None:
        self._running, self._restorable, self._touched = list(running), list(restorable), touched
        self._offered, self._known = list(offered), known

    def running(self, uri: str) -> list[str]:
        assert uri == URI
        return self._running

    def restorable(self, uri: str) -> list[str]:
        assert uri == URI
        return self._restorable

    def latest(self, uri: str) -> str | None:
        assert uri == URI
        return self._restorable[-1] if self._restorable else None

    def offered(self, uri: str) -> list[str]:
        assert uri == URI
        return self._offered

    def order(self, job_id: str) -> Order | None:
        return Order("replace", "p", "") if job_id in self._known else None

    def touched(self, uri: str, start: int, end: int, job_ids: Sequence[str]) -> str | None:
        assert list(job_ids) == (self._offered or self._restorable)
        return self._touched


SELECTED = Target(URI, "/project/a.py", "python", Document("x\n😀 = 1\n"), 1, 2, 5)
CURSOR = replace(SELECTED, start=3)


def offers(target: Target, jobs: Any = None, only: Sequence[str] = ()) -> dict[str, Any]:
    runner: Any = jobs or Jobs()
    actions = code_actions(target, "utf-16", runner, only)
    assert all(action.kind == "refactor.rewrite" for action in actions)
    assert all(action.command and action.command.title == action.title for action in actions)
    return {action.title: (action.command.command, action.command.arguments) for action in actions if action.command}


def test_a_selection_can_be_replaced_and_yapped_behind() -> None:
    place = {"uri": URI, "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 4}}}
    assert offers(SELECTED) == {
        "LLM: replace selection": ("lsp-llm.replace", [place]),
        "LLM: yap here": ("lsp-llm.yap", [place]),
    }


def test_a_cursor_can_only_yap() -> None:
    assert list(offers(replace(SELECTED, end=SELECTED.start))) == ["LLM: yap here"]


def test_a_running_job_can_be_stopped_from_anywhere_in_the_document() -> None:
    assert offers(CURSOR, Jobs(["3", "4"]))["LLM: stop"] == ("lsp-llm.cancel", [{"uri": URI}])


@pytest.mark.parametrize(("touched", "restored"), [(None, "5"), ("3", "3")])
def test_restoring_means_the_job_at_the_place_or_else_the_latest(touched: str | None, restored: str) -> None:
    jobs = Jobs(restorable=["3", "5"], touched=touched)
    assert offers(CURSOR, jobs)["LLM: restore original"] == ("lsp-llm.restore", [{"jobId": restored}])


@pytest.mark.parametrize(("touched", "chosen"), [(None, "5"), ("3", "3")])
def test_accepting_means_the_same_job(touched: str | None, chosen: str) -> None:
    jobs = Jobs(restorable=["3", "5"], touched=touched)
    assert offers(CURSOR, jobs)["LLM: accept"] == ("lsp-llm.accept", [{"jobId": chosen}])


def test_only_what_is_known_to_have_been_asked_can_be_asked_again() -> None:
    assert offers(CURSOR, Jobs(restorable=["3"], known=["3"]))["LLM: retry"] == ("lsp-llm.retry", [{"jobId": "3"}])
    assert "LLM: retry" not in offers(CURSOR, Jobs(restorable=["3"]))


def test_a_preview_is_taken_or_dropped_whole_from_anywhere_in_the_document() -> None:
    found = offers(CURSOR, Jobs(restorable=["9"], offered=["5.1", "5.2"], known=["9"]))
    assert list(found)[2:] == ["LLM: accept", "LLM: restore original"]
    assert found["LLM: accept"] == ("lsp-llm.accept", [{"jobId": "5"}])
    assert found["LLM: restore original"] == ("lsp-llm.restore", [{"jobId": "5"}])


def test_the_change_of_a_preview_at_the_place_is_taken_or_dropped_by_itself() -> None:
    found = offers(CURSOR, Jobs(offered=["5.1", "5.2"], touched="5.1"))
    assert found["LLM: accept this change"] == ("lsp-llm.accept", [{"jobId": "5.1"}])
    assert found["LLM: drop this change"] == ("lsp-llm.restore", [{"jobId": "5.1"}])


@pytest.mark.parametrize("only", [[], ["refactor.rewrite"], ["refactor"], [""], ["quickfix", "refactor"]])
def test_kinds_that_are_ours(only: list[str]) -> None:
    assert len(offers(SELECTED, only=only)) == 2


@pytest.mark.parametrize("only", [["quickfix"], ["refactor.rewrite.more"], ["refactor.re"], ["source", "refac"]])
def test_kinds_that_are_not(only: list[str]) -> None:
    assert offers(SELECTED, only=only) == {}
