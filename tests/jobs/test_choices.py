"""What a user may do with a whole answer, step by step; the test plays the editor."""

from __future__ import annotations

import pytest

from lsp_llm.jobs.choices import KEPT_ANSWERS
from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    AlternativeRequested,
    Answered,
    ApplyEdit,
    EditAnswered,
    Offered,
    RestoreRequested,
    Settled,
    Stop,
    StopRequested,
    StreamEnded,
    StreamFailed,
)
from lsp_llm.status.events import Cancelled, Failed, Finished
from lsp_llm.text.edits import Edit
from tests.jobs.bench import ChoiceBench, is_at_rest

LIST = "one\ntwo\nthree\nfour\nfive\n"
SHOUTED = "ONE\ntwo\nthree\nFOUR\nfive\n"
SHOUTING = (Edit(0, 4, "ONE\n"), Edit(14, 19, "FOUR\n"))


# --- previews ---------------------------------------------------------------------------------------------------------


def test_a_preview_offers_every_change_and_writes_nothing() -> None:
    bench = ChoiceBench(LIST)
    bench.session.start("1", 0, len(LIST), "preview")
    assert bench.say(SHOUTED, "1") == []
    assert bench.do(StreamEnded("1")) == [Offered("1", SHOUTING), Settled("1", Finished())]
    assert bench.offered == ["1.1", "1.2"]
    assert is_at_rest(bench.session)
    assert bench.text == LIST


def test_an_answer_that_repeats_the_original_offers_nothing() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(LIST)
    assert bench.offered == []
    bench.does(AcceptRequested("1"))
    assert bench.text == LIST


def test_all_changes_are_taken_in_one_edit() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.do(AcceptRequested("1"))
    assert len(bench.sent.edits) == 2
    bench.land()
    assert bench.text == SHOUTED
    assert bench.offered == []


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        (Edit(0, 0, "zero\n"), "zero\n" + SHOUTED),
        (Edit(8, 8, "mine\n"), SHOUTED[:8] + "mine\n" + SHOUTED[8:]),
        (Edit(4, 8, ""), SHOUTED[:4] + SHOUTED[8:]),
        (Edit(len(LIST), len(LIST), "six\n"), SHOUTED + "six\n"),
    ],
)
def test_what_the_user_types_moves_the_offered_changes(typed: Edit, taken: str) -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.change(typed)
    bench.does(AcceptRequested("1"))
    assert bench.text == taken


def test_what_the_user_types_inside_an_offered_change_stays() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.change(Edit(2, 2, "!"))
    bench.does(AcceptRequested("1.1"))
    assert bench.text.startswith("!\nONE\ntwo\n")
    bench.does(RestoreRequested("1.1"))
    assert bench.text == "on!" + LIST[2:]


def test_a_pure_deletion_is_taken_and_put_back() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(LIST.replace("two\n", ""))
    bench.do(AcceptRequested("1", 1))
    assert bench.sent.edits == [Edit(4, 8, "")]
    bench.land()
    assert bench.text == LIST.replace("two\n", "")
    bench.does(RestoreRequested("1.1"))
    assert bench.text == LIST


@pytest.mark.parametrize("before", ["one\n", "three\n", ""])
def test_a_pure_insertion_is_taken_and_put_back(before: str) -> None:
    at = LIST.index(before) if before else len(LIST)
    bench = ChoiceBench(LIST)
    bench.offer(LIST[:at] + "new\n" + LIST[at:])
    bench.change(Edit(0, 0, "mine\n"))
    bench.do(AcceptRequested("1", 1))
    assert bench.sent.edits == [Edit(at + 5, at + 5, "new\n")]
    bench.land()
    assert bench.text == "mine\n" + LIST[:at] + "new\n" + LIST[at:]
    bench.does(RestoreRequested("1", 1))
    assert bench.text == "mine\n" + LIST


def test_dropping_a_change_leaves_the_others() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.does(RestoreRequested("1", 1))
    assert bench.offered == ["1.2"]
    bench.does(AcceptRequested("1"))
    assert bench.text == LIST.replace("four", "FOUR")


def test_restoring_a_preview_drops_what_waits_and_puts_back_what_was_taken() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.does(AcceptRequested("1.2"))
    bench.does(RestoreRequested("1"))
    assert bench.offered == bench.restorable == []
    assert bench.text == LIST


def test_a_preview_that_was_taken_whole_is_put_back_whole() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.does(AcceptRequested("1"))
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST


def test_accepting_what_was_taken_makes_it_the_users_own() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.does(AcceptRequested("1"))
    bench.does(AcceptRequested("1"))
    assert bench.restorable == []
    assert bench.text == SHOUTED


def test_a_preview_beside_a_job_that_writes() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED[:8], 0, 8)
    bench.session.start("2", 8, len(LIST))
    bench.say("3\n", "2")
    bench.do(AcceptRequested("1"))
    bench.echo(ApplyEdit(1, [Edit(8, 8, "3\n")], 1))
    bench.land()
    bench.does(StreamEnded("2"))
    assert bench.text == "ONE\ntwo\n3\n"


# --- one change of a finished job -------------------------------------------------------------------------------------


def test_one_change_is_put_back_by_itself_and_the_rest_later() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.does(RestoreRequested("1", 2))
    assert bench.text == SHOUTED.replace("FOUR", "four")
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST


def test_one_change_is_accepted_by_itself_and_the_rest_put_back() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.does(AcceptRequested("1", 1))
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST.replace("one", "ONE")


def test_changes_count_anew_once_one_is_a_job_of_its_own() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.does(RestoreRequested("1", 1))
    bench.does(RestoreRequested("1", 1))
    assert bench.text == LIST
    assert {"1.1", "1.2"} <= bench.session.jobs.jobs.keys()


def test_a_change_that_there_is_not_changes_nothing() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    for hunk in (0, 3, -1):
        assert bench.do(RestoreRequested("1", hunk)) == []
        assert bench.do(AcceptRequested("1", hunk)) == []
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST


def test_a_job_that_is_still_writing_has_no_changes_yet() -> None:
    bench = ChoiceBench(LIST)
    bench.session.start("1", 0, len(LIST))
    bench.say(SHOUTED[:12], "1")
    bench.land()
    assert bench.do(RestoreRequested("1", 1)) == []
    assert bench.do(AcceptRequested("1", 1)) == []
    bench.answer(SHOUTED[12:])
    assert bench.text == SHOUTED


def test_restoring_a_job_that_writes_stops_it() -> None:
    bench = ChoiceBench(LIST)
    bench.session.start("1", 0, len(LIST))
    bench.say(SHOUTED[:12], "1")
    bench.land()
    assert bench.do(RestoreRequested("1"))[0] == Stop("1")
    bench.land()
    assert bench.settled() == [Settled("1", Cancelled("the original was restored"))]
    assert bench.text == LIST


# --- asked again ------------------------------------------------------------------------------------------------------


def test_a_retry_that_is_stopped_before_its_first_text_keeps_the_former_answer_restorable() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.retry("2", "1")
    assert bench.say(" \n", "2") == []
    assert bench.do(StopRequested("2")) == [Stop("2"), Settled("2", Cancelled())]
    assert bench.text == SHOUTED
    assert bench.restorable == ["2"]
    bench.does(RestoreRequested("2"))
    assert bench.text == LIST


@pytest.mark.parametrize("end", [StopRequested("2"), StreamFailed("2", Failed("down")), StreamEnded("2")])
def test_a_retry_without_text_leaves_no_empty_answer_to_walk_to(end: object) -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.retry("2", "1")
    bench.does(end)
    bench.does(AlternativeRequested("2", 1))
    assert bench.text == SHOUTED
    bench.retry("3", "2")
    bench.answer(LIST.replace("two", "zwei"), "3")
    for step, text in ((-1, SHOUTED), (-1, LIST.replace("two", "zwei")), (1, SHOUTED)):
        bench.does(AlternativeRequested("3", step))
        assert bench.text == text


def test_a_retry_from_the_middle_of_a_walk_goes_on_from_there() -> None:
    bench = ChoiceBench(LIST)
    answers = [LIST.replace("two", word) for word in ("zwei", "deux", "due")]
    bench.replace(answers[0])
    for number in (2, 3):
        bench.retry(str(number), str(number - 1))
        bench.answer(answers[number - 1], str(number))
    bench.does(AlternativeRequested("3", 1))
    assert bench.text == answers[0]
    bench.retry("4", "3")
    bench.do(StopRequested("4"))
    assert bench.text == answers[0]
    bench.does(AlternativeRequested("4", 1))
    assert bench.text == answers[1]


def test_the_user_walks_among_the_latest_answers_alone() -> None:
    bench = ChoiceBench(LIST)
    bench.replace("answer 1\n")
    for number in range(2, KEPT_ANSWERS + 4):
        bench.retry(str(number), str(number - 1))
        bench.answer(f"answer {number}\n", str(number))
    bench.does(AlternativeRequested(str(number), 1))
    assert bench.text == "answer 3\n"


def test_another_answer_of_a_job_with_one_is_none() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    assert [bench.do(AlternativeRequested("1", step)) for step in (1, -1, 1)] == [[], [], []]
    assert (bench.text, bench.restorable) == (SHOUTED, ["1"])


def test_another_answer_goes_where_the_region_is_by_now() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.retry("2", "1")
    bench.answer(LIST.replace("two", "zwei"), "2")
    bench.change(Edit(0, 0, "mine\n"))
    bench.does(AlternativeRequested("2", -1))
    assert bench.text == "mine\n" + SHOUTED


def test_a_preview_that_is_asked_again_offers_the_new_answer_alone() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.session.start_again("2", "1", "preview")
    assert bench.offered == []
    bench.answer(LIST.replace("two", "zwei"), "2")
    assert Offered("2", (Edit(4, 8, "zwei\n"),)) in bench.effects
    bench.does(AcceptRequested("2"))
    assert bench.text == LIST.replace("two", "zwei")


def test_another_answer_of_a_preview_is_offered_and_not_written() -> None:
    bench = ChoiceBench(LIST)
    bench.offer(SHOUTED)
    bench.session.start_again("2", "1", "preview")
    bench.answer(LIST.replace("two", "zwei"), "2")
    assert Offered("2", SHOUTING) in bench.do(AlternativeRequested("2", -1))
    assert bench.text == LIST
    assert bench.offered == ["2.1", "2.2"]
    bench.does(AcceptRequested("2"))
    assert bench.text == SHOUTED
    assert bench.do(AlternativeRequested("2", -1)) == []


# --- one job over another ---------------------------------------------------------------------------------------------


def test_a_job_over_another_gives_it_back_with_the_text_that_it_wrote() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.replace("all new\n", "2")
    assert bench.restorable == ["2"]
    bench.change(Edit(0, 0, "mine\n"))
    bench.does(RestoreRequested("2"))
    assert bench.text == "mine\n" + SHOUTED
    assert bench.restorable == ["1"]
    bench.does(RestoreRequested("1"))
    assert bench.text == "mine\n" + LIST


@pytest.mark.parametrize("typed", [Edit(1, 1, "x"), Edit(1, 2, ""), Edit(4, 8, ""), Edit(4, 8, "2\n")])
def test_a_covered_job_stays_away_when_the_user_has_changed_the_region(typed: Edit) -> None:
    """Its spans would lie over other text than they tell of."""
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED)
    bench.session.start("2", 0, len(LIST))
    bench.change(typed)
    bench.does(StopRequested("2"))
    assert bench.restorable == []


def test_a_covered_job_comes_back_when_nothing_was_written_over_it() -> None:
    bench = ChoiceBench(LIST)
    bench.replace("4\n", start=14, end=19)
    bench.session.start("2", 4, 16)
    assert bench.restorable == []
    bench.change(Edit(0, 3, ""))
    bench.does(StreamFailed("2", Failed("down")))
    assert bench.restorable == ["1"]
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST[3:]


def test_a_job_that_begins_while_an_edit_is_in_doubt_covers_only_what_lies_in_its_place() -> None:
    """Until the doubt is over the other regions stand where the text was before the user's change."""
    text = "aaaa\nbbbb\ncccc\n"
    bench = ChoiceBench(text)
    bench.replace("B\n", start=5, end=10)
    bench.session.start("2", len(bench.text), len(bench.text))
    bench.say("x", "2")
    in_doubt = bench.sent
    bench.change(Edit(0, 0, "uuuu\n"))
    bench.session.start("3", 5, 10)
    bench.do(EditAnswered(in_doubt.flight, Answered.APPLIED))
    bench.land()
    assert bench.restorable == ["1"]
    bench.does(StopRequested("3"))
    bench.does(RestoreRequested("1"))
    assert bench.text == f"uuuu\n{text}x"


def test_a_job_that_comes_to_nothing_while_an_edit_is_in_doubt_covers_nothing() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED[:8], end=8)
    bench.session.start("2", len(bench.text), len(bench.text))
    bench.say("x", "2")
    in_doubt = bench.sent
    bench.change(Edit(8, 8, "mine\n"))
    bench.session.start("3", 0, 13)
    bench.do(StopRequested("3"))
    bench.do(EditAnswered(in_doubt.flight, Answered.APPLIED))
    bench.land()
    assert bench.restorable == ["1"]


def test_a_retry_of_a_job_that_was_put_back_covers_anew() -> None:
    bench = ChoiceBench(LIST)
    bench.replace(SHOUTED[:8], end=8)
    bench.replace("all new\n", "2")
    bench.does(RestoreRequested("2"))
    assert bench.restorable == ["1"]
    bench.retry("3", "2")
    bench.answer("newer\n", "3")
    assert bench.restorable == ["3"]
    bench.does(RestoreRequested("3"))
    bench.does(RestoreRequested("1"))
    assert bench.text == LIST
