"""What the history has of a job."""

from __future__ import annotations

import pytest

from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.jobs.course import Course
from lsp_llm.jobs.ports import Order
from lsp_llm.records.history import Entry
from lsp_llm.status.events import Cancelled, Failed, Finished, Message, Outcome, RequestCompleted, Streaming


def test_what_was_said_is_kept_in_words_and_what_was_used() -> None:
    course = Course("file:///a.py", Order("replace", "p", "words"))
    course.files = ("/a.py",)
    course.note(Message("a note"))
    course.note(Streaming(3))
    course.note(RequestCompleted(Usage(input_tokens=5, output_tokens=7), FinishReason.STOP))
    entry = course.entry(Finished(), "answer")
    assert entry == Entry(
        "file:///a.py",
        "replace",
        "p",
        "words",
        "finished",
        "",
        "answer",
        ("a note", entry.statuses[1]),
        ("/a.py",),
        5,
        7,
    )


@pytest.mark.parametrize(
    ("outcome", "said"), [(Failed("why", "a hint"), ("failed", "why")), (Cancelled(), ("cancelled", ""))]
)
def test_how_it_ended_has_a_name_and_a_reason(outcome: Outcome, said: tuple[str, str]) -> None:
    entry = Course("", Order("yap", "", "")).entry(outcome, "")
    assert (entry.outcome, entry.reason) == said
