from __future__ import annotations

from lsp_llm.status.events import Finished, Status, Thinking
from lsp_llm.status.hub import Hub


class Sink:
    def __init__(self, name: str, told: list[tuple[str, str, Status]]) -> None:
        self._name, self._told = name, told

    def publish(self, job_id: str, status: Status) -> None:
        self._told.append((self._name, job_id, status))


def test_everyone_is_told_in_their_order() -> None:
    told: list[tuple[str, str, Status]] = []
    hub = Hub([Sink("a", told), Sink("b", told)])
    hub.publish("1", Thinking())
    hub.publish("2", Finished())
    assert told == [("a", "1", Thinking()), ("b", "1", Thinking()), ("a", "2", Finished()), ("b", "2", Finished())]


def test_a_hub_without_sinks_tells_nobody() -> None:
    Hub([]).publish("1", Thinking())
