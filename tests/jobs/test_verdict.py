"""What reports say of an edit, by client."""

from __future__ import annotations

import pytest

from lsp_llm.jobs.edit_events import Answered
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.flight import Flight
from lsp_llm.jobs.misplaced import Misplacement
from lsp_llm.jobs.verdict import Landed, Missing, Verdict, verdict
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Change, Edit

WAITING = EditPolicy(trust_after_seconds=None)
STRICT = EditPolicy(applied_is_proof=True, trust_after_seconds=None)
BLIND = EditPolicy(sends_version=False, applied_is_proof=True, may_land_elsewhere=True)
ECHO, KEY = Change(1, "", "xy"), Change(0, "", "!")


def judged(policy: EditPolicy, text: str, answered: Answered | None, *changes: Change) -> Verdict | None:
    flight = Flight(1, 1 if policy.sends_version else None, [Edit(1, 1, "xy")])
    if answered is not None:
        flight.answer(answered)
    if changes:
        flight.report(changes)
    return verdict(flight, Document(text), policy)


@pytest.mark.parametrize("policy", [WAITING, STRICT, BLIND])
def test_a_refused_edit_is_missing(policy: EditPolicy) -> None:
    assert judged(policy, "!ab", Answered.REFUSED, KEY) == Missing([KEY])


@pytest.mark.parametrize("policy", [WAITING, STRICT, BLIND])
def test_an_answer_without_a_report_says_nothing(policy: EditPolicy) -> None:
    assert judged(policy, "ab", Answered.APPLIED) is None


def test_an_echo_counts_before_the_answer_unless_the_answer_is_proof() -> None:
    assert judged(WAITING, "axyb", None, ECHO) == Landed([], may_have_covered_keys=False)
    assert judged(STRICT, "axyb", None, ECHO) is None
    assert judged(STRICT, "axyb", Answered.APPLIED, ECHO) == Landed([], may_have_covered_keys=False)


def test_a_report_without_the_edit_means_dropped_where_the_answer_is_no_proof() -> None:
    assert judged(WAITING, "!ab", Answered.APPLIED, KEY) == Missing([KEY])


def test_where_the_answer_is_proof_a_report_without_the_text_means_that_the_user_cut_it() -> None:
    found = judged(STRICT, "ab!", Answered.APPLIED, Change(2, "", "!"))
    assert found == Landed([Change(4, "", "!"), Change(1, "xy", "")], may_have_covered_keys=False)


def test_a_client_that_ignores_versions_may_have_put_it_elsewhere() -> None:
    found = judged(BLIND, "!xyab", Answered.APPLIED, Change(0, "", "!xy"))
    assert isinstance(found, Misplacement)
    assert found.others == [KEY]


def test_keys_next_to_an_edit_that_was_placed_blindly_are_suspect() -> None:
    found = judged(BLIND, "axyb!", Answered.APPLIED, Change(1, "b", "xyb!"))
    assert found == Landed([Change(4, "", "!")], may_have_covered_keys=False)
    found = judged(BLIND, "axy!b", Answered.APPLIED, Change(1, "", "xy!"))
    assert found == Landed([Change(3, "", "!")], may_have_covered_keys=True)


def test_a_part_at_the_texts_end_may_leave_a_line_end_too_many_until_the_rest_is_reported() -> None:
    """Neovim 0.10: an edit down to the end of the text, and another one before it, 20 ms after the last report."""
    flight = Flight(1, 1, [Edit(0, 3, "ONE"), Edit(4, 8, "TWO\n")])
    flight.report([Change(4, "two", "TWO\n")])
    assert verdict(flight, Document("one\nTWO\n\n"), WAITING) is None
    flight.answer(Answered.APPLIED)
    assert verdict(flight, Document("one\nTWO\n\n"), WAITING) is None
    flight.report([Change(0, "one", "ONE"), Change(8, "\n", "")])
    assert verdict(flight, Document("ONE\nTWO\n"), WAITING) == Landed([], may_have_covered_keys=False)


def test_a_line_end_at_another_place_is_the_users() -> None:
    flight = Flight(1, 1, [Edit(0, 3, "ONE"), Edit(4, 8, "TWO\n")])
    flight.answer(Answered.APPLIED)
    flight.report([Change(4, "two", "\nTWO")])
    assert verdict(flight, Document("one\n\nTWO\n"), WAITING) == Missing([Change(4, "two", "\nTWO")])
