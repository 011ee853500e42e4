from __future__ import annotations

from collections.abc import Sequence

import pytest

from lsp_llm.config.settings import Status as Manner
from lsp_llm.status.events import Cancelled, Finished, Message, Queued, RequestSent, Status, Thinking
from lsp_llm.status.hub import Hub

QUEUED = Queued("file:///a.py", "yap", "claude")


class Sink:
    def __init__(self, name: str, told: list[tuple[str, str, Status]]) -> None:
        self._name, self._told = name, told

    def publish(self, job_id: str, status: Status) -> None:
        self._told.append((self._name, job_id, status))


class Desk:
    def __init__(self, manner: Manner | None = None, sinks: Sequence[str] = ("a",)) -> None:
        self.told: list[tuple[str, str, Status]] = []
        self.now = 10.0
        self.hub = Hub([Sink(name, self.told) for name in sinks], lambda uri: manner or Manner(), lambda: self.now)

    def course(self, *statuses: Status, job: str = "1") -> list[Status]:
        before = len(self.told)
        for status in statuses:
            self.hub.publish(job, status)
        return [status for _, _, status in self.told[before:]]


def test_everyone_is_told_in_their_order() -> None:
    desk = Desk(sinks=("a", "b"))
    desk.hub.publish("1", Thinking())
    desk.hub.publish("2", Finished())
    assert desk.told == [("a", "1", Thinking()), ("b", "1", Thinking()), ("a", "2", Finished()), ("b", "2", Finished())]


def test_a_hub_without_sinks_tells_nobody() -> None:
    Desk(sinks=()).hub.publish("1", Thinking())


@pytest.mark.parametrize(("level", "count"), [("info", 3), ("warning", 2), ("error", 1)])
def test_messages_below_the_level_are_not_told(level: str, count: int) -> None:
    desk = Desk(Manner(level=level))  # type: ignore[arg-type]
    said = desk.course(QUEUED, Message("i"), Message("w", "warning"), Message("e", "error"), Finished())
    assert (len([status for status in said if isinstance(status, Message)]), said[-1]) == (count, Finished())


def test_the_users_own_words_take_turns() -> None:
    desk = Desk(Manner(messages=("yapped for {seconds} s", "{kind} by {model} at {provider} ({preset}), {else}")))
    endings = []
    for job in "123":
        desk.course(QUEUED, RequestSent("anthropic", "opus"), job=job)
        desk.now += 2.6
        endings += desk.course(Finished(), job=job)
    own = Finished("yapped for 3 s")
    assert endings == [own, Finished("yap by opus at anthropic (claude), {else}"), own]


def test_what_was_stopped_is_not_told_in_own_words() -> None:
    desk = Desk(Manner(messages=("yapped",)))
    assert desk.course(QUEUED, Cancelled())[-1] == Cancelled()
