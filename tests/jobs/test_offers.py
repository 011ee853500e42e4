"""What becomes of an offer, told when nothing of it is open any more; and offers in documents that were closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lsp_llm.jobs.choices import CROSSED, UNMADE
from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    AlternativeRequested,
    Answered,
    ApplyEdit,
    ChangeRequested,
    Decided,
    DocumentClosed,
    EditAnswered,
    OfferDropped,
    Offered,
    OfferRequested,
    Publish,
    RestoreRequested,
    Schedule,
    Settled,
    Stop,
    Tick,
)
from lsp_llm.jobs.lifecycle import IN_DOUBT
from lsp_llm.status.events import Cancelled, Finished, Message
from lsp_llm.text.edits import Edit
from tests.jobs.bench import ChoiceBench

LIST = "one\ntwo\nthree\nfour\nfive\n"
SHOUTED = "ONE\ntwo\nthree\nFOUR\nfive\n"
FIRST, SECOND = ("one\n", "ONE\n"), ("four\n", "FOUR\n")


def offering(answer: str = SHOUTED, text: str = LIST) -> ChoiceBench:
    bench = ChoiceBench(text)
    bench.session.start("1", 0, len(text), "preview")
    bench.do(OfferRequested("1", answer))
    return bench


def decided(bench: ChoiceBench) -> list[Decided]:
    return [effect for effect in bench.effects if isinstance(effect, Decided)]


def reopened(bench: ChoiceBench) -> ChoiceBench:
    """The same text in a document that was opened anew."""
    bench.do(DocumentClosed())
    again = ChoiceBench(bench.text)
    again.session.take_over(bench.session)
    return again


# --- decided ----------------------------------------------------------------------------------------------------------


def test_a_whole_answer_is_offered_at_once() -> None:
    bench = offering()
    assert bench.effects == [Offered("1", (Edit(0, 4, "ONE\n"), Edit(14, 19, "FOUR\n"))), Settled("1", Finished())]
    assert bench.offered == ["1.1", "1.2"]


def test_it_is_decided_when_all_of_it_is_in_the_document() -> None:
    bench = offering()
    bench.do(AcceptRequested("1"))
    assert decided(bench) == []
    bench.land()
    assert decided(bench) == [Decided("1", 2)]


def test_what_was_left_out_is_told() -> None:
    bench = offering()
    bench.does(AcceptRequested("1", 2))
    assert decided(bench) == []
    bench.do(RestoreRequested("1", 1))
    assert decided(bench) == [Decided("1", 1, (FIRST,))]


@pytest.mark.parametrize("event", [RestoreRequested("1"), OfferDropped("1")])
def test_a_dropped_one(event: object) -> None:
    bench = offering()
    bench.do(event)
    assert decided(bench) == [Decided("1", 0, (FIRST, SECOND))]
    bench.do(event)
    assert decided(bench) == []


def test_dropping_what_is_left_keeps_what_was_taken() -> None:
    bench = offering()
    bench.does(AcceptRequested("1", 2))
    bench.does(OfferDropped("1", "why"))
    assert decided(bench) == [Decided("1", 1, (FIRST,), "why")]
    assert bench.text == LIST.replace("four", "FOUR")


def test_what_was_taken_and_put_back_again_counts_as_left() -> None:
    bench = offering()
    bench.does(AcceptRequested("1", 2))
    bench.does(RestoreRequested("1"))
    assert decided(bench) == [Decided("1", 0, (FIRST, SECOND))]
    assert bench.text == LIST


@pytest.mark.parametrize("undo", [Edit(0, 0, "one\n"), Edit(0, 4, "one\ntwo\n")])
@pytest.mark.parametrize("event", [RestoreRequested("1"), OfferDropped("1"), RestoreRequested("1", 2)])
def test_what_was_taken_and_undone_counts_as_left(undo: Edit, event: object) -> None:
    """The user's undo has left nothing to put back, and that is what the model must hear."""
    bench = offering("two\nthree\n", "one\ntwo\n")
    bench.does(AcceptRequested("1", 1))
    bench.change(undo)
    bench.does(event)
    assert bench.text == "one\ntwo\n"
    assert [(said.job_id, said.taken) for said in decided(bench)] == [("1", 0)]


def test_so_it_does_where_the_last_change_is_put_back_on_its_way() -> None:
    bench = offering()
    bench.does(AcceptRequested("1", 1))
    bench.change(Edit(0, 4, "one\n"))
    bench.do(AcceptRequested("1", 2))
    sent = bench.sent
    bench.do(RestoreRequested("1"))
    bench.echo(sent)
    bench.land()
    assert bench.text == LIST
    assert decided(bench) == [Decided("1", 0, (FIRST, SECOND))]


def test_what_was_taken_and_deleted_again_counts_as_left() -> None:
    bench = offering("one\nmore\ntwo\nfive\n", "one\ntwo\n")
    bench.does(AcceptRequested("1", 1))
    bench.change(Edit(4, 9, ""))
    bench.does(OfferDropped("1"))
    assert decided(bench) == [Decided("1", 0, (("", "more\n"), ("", "five\n")))]


def test_a_change_that_takes_what_the_user_has_deleted_is_there() -> None:
    bench = offering("two\nthree\n", "one\ntwo\n")
    bench.change(Edit(0, 4, ""))
    bench.does(AcceptRequested("1", 1))
    bench.does(RestoreRequested("1", 1))
    bench.does(AcceptRequested("1", 2))
    assert bench.text == "two\nthree\n"
    assert decided(bench) == [Decided("1", 2)]


def test_what_was_taken_and_accepted_for_good_is_there() -> None:
    bench = offering()
    bench.does(AcceptRequested("1", 1))
    bench.does(AcceptRequested("1", 1))
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST.replace("one", "ONE")
    assert decided(bench) == [Decided("1", 1, (SECOND,))]


def test_what_the_editor_does_not_take_has_a_reason() -> None:
    bench = offering()
    bench.do(AcceptRequested("1"))
    for _ in range(6):
        sent = bench.sent
        bench.do(EditAnswered(sent.flight, Answered.REFUSED, "read-only"))
        for wait in [effect for effect in bench.effects if isinstance(effect, Schedule)]:
            bench.do(Tick(wait.token))
    (said,) = decided(bench)
    assert (said.taken, said.left) == (0, (FIRST, SECOND))
    assert "read-only" in said.reason


def test_an_offer_of_nothing_is_decided_at_once() -> None:
    assert decided(offering(LIST)) == [Decided("1", 0)]


def test_another_answer_of_the_job_is_another_offer() -> None:
    bench = offering()
    bench.do(AlternativeRequested("1", 1))
    assert decided(bench) == []
    bench.does(AcceptRequested("1"))
    assert decided(bench) == [Decided("1", 2)]


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_may_be_emptied(text: str) -> None:
    bench = offering(text)
    bench.does(AcceptRequested("1"))
    assert bench.text == text
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST


def test_an_empty_document_is_filled() -> None:
    bench = offering(LIST, "")
    bench.does(AcceptRequested("1"))
    assert bench.text == LIST


# --- made at once -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SHOUTED, ""])
def test_a_change_is_made_unasked_and_each_part_of_it_can_be_put_back(text: str) -> None:
    bench = ChoiceBench(LIST)
    bench.session.start("1", 0, len(LIST), "preview")
    bench.do(ChangeRequested("1", text))
    assert not any(isinstance(effect, Offered) for effect in bench.effects)
    bench.land()
    assert bench.text == text
    assert decided(bench)[0].left == ()
    bench.does(RestoreRequested("1.1"))
    assert bench.text == LIST.replace("four", "FOUR") if text else LIST
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST


def test_a_change_that_nobody_was_asked_for_ends_with_its_document() -> None:
    """Whoever made it waits to hear of it, and nobody would decide over it."""
    bench = ChoiceBench(LIST)
    bench.session.start("1", 0, len(LIST), "preview")
    bench.do(ChangeRequested("1", SHOUTED))
    again = reopened(bench)
    assert decided(bench) == [Decided("1", 0, (FIRST, SECOND), UNMADE)]
    assert again.offered == []


# --- beside an edit in flight -----------------------------------------------------------------------------------------


def test_an_offer_waits_until_it_is_known_where_its_lines_are() -> None:
    """Until then what the user has typed is in the document, and not yet in the regions."""
    bench = ChoiceBench(LIST)
    end = len(LIST)
    bench.session.start("2", end, end)
    bench.say("x\n", "2")
    in_flight = bench.sent
    bench.session.start("1", 0, end, "preview")
    bench.change(Edit(0, 0, "zero\n"))
    bench.do(OfferRequested("1", SHOUTED))
    assert bench.offered == []
    bench.do(EditAnswered(in_flight.flight, Answered.APPLIED))
    bench.land()
    bench.does(AcceptRequested("1", 1))
    assert bench.text == f"zero\nONE\n{LIST[4:]}x\n"


def waiting(event: object) -> tuple[ChoiceBench, ApplyEdit]:
    """Job 1 has to wait for an edit of job 2's that is on its way."""
    bench = ChoiceBench(LIST)
    bench.session.start("2", len(LIST), len(LIST))
    bench.say("x\n", "2")
    in_flight = bench.sent
    bench.session.start("1", 0, len(LIST), "preview")
    bench.do(event)
    return bench, in_flight


@pytest.mark.parametrize("request_type", [OfferRequested, ChangeRequested])
def test_what_is_dropped_while_it_waits_does_not_come(request_type: type) -> None:
    bench, in_flight = waiting(request_type("1", SHOUTED))
    assert bench.do(OfferDropped("1", "why")) == [Stop("1"), Settled("1", Cancelled("why"))]
    bench.echo(in_flight)
    assert bench.offered == []
    assert bench.text == f"{LIST}x\n"


def test_a_change_that_is_made_unasked_leaves_what_was_typed_while_it_waited() -> None:
    bench, _ = waiting(ChangeRequested("1", SHOUTED))
    bench.change(Edit(1, 1, "mine"))
    bench.change(Edit(len(bench.text), len(bench.text), "x\n"))
    bench.land()
    assert bench.text == f"mine\nONE\n{SHOUTED[4:]}x\n"
    bench.does(RestoreRequested("1"))
    assert bench.text == f"ominene\n{LIST[4:]}x\n"


# --- beside another job -----------------------------------------------------------------------------------------------


def with_another() -> ChoiceBench:
    bench = offering()
    bench.session.start("2", 0, len(LIST), "preview")
    bench.do(OfferRequested("2", "uno\ntwo\ntre\nfour\nfive\n"))
    return bench


def test_of_two_changes_of_one_place_only_one_can_be_taken() -> None:
    bench = with_another()
    bench.do(AcceptRequested("1"))
    bench.echo(bench.sent)
    assert bench.text == SHOUTED
    assert Publish("2.1", Message(CROSSED, "warning")) in bench.effects
    bench.does(AcceptRequested("2"))
    assert bench.text == SHOUTED.replace("three", "tre")
    assert decided(bench) == [Decided("2", 1, (("one\n", "uno\n"),), CROSSED)]


def test_nor_when_both_are_wanted_at_once() -> None:
    bench = with_another()
    bench.do(AcceptRequested("1", 1))
    sent = bench.sent
    bench.do(AcceptRequested("2", 1))
    bench.echo(sent)
    bench.land()
    assert bench.text == LIST.replace("one", "ONE")
    assert bench.offered == ["1.2", "2.2"]


# --- put back on its way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hunk", [None, 1])
def test_a_change_that_is_put_back_while_it_is_taken_does_not_stay(hunk: int | None) -> None:
    bench = offering("ONE\ntwo\nthree\nfour\nfive\n")
    bench.do(AcceptRequested("1"))
    sent = bench.sent
    assert bench.session.jobs.has_change("1", 1)
    assert bench.do(RestoreRequested("1", hunk)) == []
    bench.echo(sent)
    bench.land()
    assert bench.text == LIST
    assert decided(bench) == [Decided("1", 0, (FIRST,))]


# --- closed and opened again ------------------------------------------------------------------------------------------


def test_an_offer_goes_on_where_the_same_text_is_opened_again() -> None:
    bench = offering()
    bench.does(AcceptRequested("1", 1))
    bench.change(Edit(0, 0, "mine\n"))
    again = reopened(bench)
    assert decided(bench) == []
    assert again.offered == ["1.2"]
    again.change(Edit(0, 0, "more\n"))
    again.does(AcceptRequested("1"))
    assert again.text == "more\nmine\n" + SHOUTED
    assert decided(again) == [Decided("1", 2)]
    again.does(RestoreRequested("1.2"))
    assert again.text == "more\nmine\n" + SHOUTED.replace("FOUR", "four")


def test_the_session_of_before_knows_nothing_of_it_any_more() -> None:
    bench = offering()
    again = reopened(bench)
    again.does(AcceptRequested("1"))
    assert bench.do(Tick(1)) == []
    assert bench.session.jobs.jobs == {}


def test_what_was_being_taken_is_offered_again() -> None:
    bench = offering()
    bench.do(AcceptRequested("1"))
    again = reopened(bench)
    assert decided(bench) == []
    assert again.offered == ["1.1", "1.2"]
    again.does(AcceptRequested("1"))
    assert again.text == SHOUTED


def test_of_what_was_being_put_back_nobody_says_that_it_is() -> None:
    bench = offering("ONE\ntwo\nthree\nfour\nfive\n")
    bench.do(AcceptRequested("1"))
    sent = bench.sent
    bench.do(RestoreRequested("1"))
    bench.echo(sent)
    bench.do(DocumentClosed())
    assert decided(bench) == [Decided("1", 0, (FIRST,), "the document was closed")]
    assert not any(isinstance(effect, Publish) for effect in bench.effects)


def test_an_offer_whose_place_is_in_doubt_is_dropped() -> None:
    bench = offering()
    bench.do(AcceptRequested("1", 1))
    bench.change(Edit(4, 8, "2\n"))
    bench.do(DocumentClosed())
    (said,) = decided(bench)
    assert (said.taken, said.reason) == (0, IN_DOUBT)
    assert bench.offered == []


def test_a_job_that_begins_in_doubt_ends_with_its_document() -> None:
    bench = ChoiceBench(LIST)
    bench.session.start("1", 4, 8)
    bench.say("x", "1")
    bench.change(Edit(4, 8, "2\n"))
    bench.session.start("2", 4, 6)
    bench.do(DocumentClosed())
    assert Settled("2", Cancelled("the document was closed")) in bench.effects


@given(
    st.lists(st.integers(0, 3), max_size=6),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(["x", "new\n", ""])), max_size=4),
)
def test_whatever_is_taken_before_and_after_no_letter_is_lost(steps: list[int], typed: list[tuple[int, str]]) -> None:
    """What the user types is in the text, once, whatever was taken or dropped and however often it was reopened."""
    bench = offering()
    letters = ""
    for step in steps:
        match step:
            case 0:
                bench = reopened(bench)
            case 1 | 2 if f"1.{step}" in bench.offered:
                bench.does(AcceptRequested(f"1.{step}"))
            case _ if typed:
                at, text = typed.pop()
                at = min(at, len(bench.text))
                bench.change(Edit(at, at, text))
                letters += text
            case _:
                pass
    # A line in which the user typed keeps its end.
    said = bench.text.lower().replace("\n", "")
    assert sorted(said) == sorted((LIST + letters).replace("\n", ""))
    bench.does(OfferDropped("1"))
    assert bench.offered == []
    assert not any(isinstance(effect, ApplyEdit) for effect in bench.effects)
