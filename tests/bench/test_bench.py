"""The bench itself: what fails it, and that a token lost, doubled or moved is noticed."""

from __future__ import annotations

import zlib

import pytest

from tests.bench.host import stamps
from tests.bench.report import Goal, Row, Weight, exit_code


@pytest.mark.parametrize(
    ("figure", "goal", "verdict", "code"),
    [
        (9.0, Goal(10, "×", Weight.MUST), "reached", 0),
        (11.0, Goal(10, "×", Weight.MUST), "MISSED", 1),
        (11.0, Goal(10, "×"), "not reached", 0),
        (24.0, Goal(25, "×", Weight.MUST, is_floor=True), "MISSED", 1),
        (26.0, Goal(25, "×", Weight.MUST, is_floor=True), "reached", 0),
        (11.0, None, "", 0),
    ],
)
def test_only_a_goal_that_must_be_met_fails_the_bench(
    figure: float, goal: Goal | None, verdict: str, code: int
) -> None:
    row = Row("a measure", "1 µs", "2 µs", figure, goal)
    assert row.verdict == verdict
    assert exit_code([Row("another", "1 µs"), row]) == code


def said(*tokens: str) -> str:
    text = "".join(tokens)
    return f"{text}={zlib.crc32(text.encode()):08x}"


def test_a_whole_answer_gives_its_stamps() -> None:
    assert stamps(said("100 ", "200\n", "300 ")) == [100, 200, 300]


@pytest.mark.parametrize("broken", ["100 300 ", "100 200 200 300 ", "200 100 300 ", ""])
def test_an_answer_that_is_not_what_the_host_said_fails(broken: str) -> None:
    checksum = said("100 ", "200 ", "300 ").rpartition("=")[2]
    with pytest.raises(AssertionError, match="not what the host said"):
        stamps(f"{broken}={checksum}")
