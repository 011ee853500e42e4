"""The edit session step by step: each test is one law, with a document that a test moves by hand."""

from __future__ import annotations

from lsp_llm.jobs.edit_events import (
    AcceptRequested,
    Answered,
    ApplyEdit,
    EditAnswered,
    Publish,
    RestoreRequested,
    Schedule,
    Settled,
    Stop,
    StopRequested,
    StreamEnded,
    StreamFailed,
    Tick,
)
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.jobs.edit_session import MAX_REFUSALS
from lsp_llm.status.events import Cancelled, Failed, Finished
from lsp_llm.text.edits import Edit
from tests.jobs.bench import STRICT, UNKNOWN, Bench, ChoiceBench, is_at_rest


def test_what_arrives_in_flight_goes_out_when_the_echo_has_come() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.say("x")
    first = bench.sent
    assert first.edits == [Edit(1, 1, "x")]
    assert first.version == 1
    assert bench.say("y") == []
    assert bench.say("z") == []
    bench.echo(first)
    assert bench.sent.edits == [Edit(2, 2, "yz")]
    assert bench.sent.version == 2


def test_an_answer_alone_proves_nothing() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.say("x")
    assert bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED)) == []
    assert bench.say("y") == []


def test_a_shifted_echo_moves_the_region_by_our_own_edit() -> None:
    bench = Bench("xxx")
    bench.session.start("j", 1, 1)
    bench.say("x")
    bench.change(Edit(3, 3, "x"))
    bench.say("y")
    assert bench.sent.edits == [Edit(2, 2, "y")]


def test_a_change_that_merges_our_edit_with_typing_is_split() -> None:
    bench = Bench("one\ntwo\n")
    bench.session.start("j", 4, 4)
    bench.say("new\n")
    bench.change(Edit(0, 4, "oXne\nnew\nt"), Edit(10, 11, ""))
    assert bench.document.text == "oXne\nnew\ntwo\n"
    bench.say("more\n")
    assert bench.sent.edits == [Edit(9, 9, "more\n")]


def test_an_edit_that_a_change_shows_to_be_missing_is_sent_again_at_its_new_place() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.say("x")
    bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED))
    bench.change(Edit(0, 0, "user "))
    assert bench.sent.edits == [Edit(6, 6, "x")]


def test_an_edit_that_was_refused_waits_for_the_change_that_explains_it() -> None:
    bench = Bench("ab", STRICT)
    bench.session.start("j", 1, 1)
    bench.say("x")
    (wait,) = bench.do(EditAnswered(bench.sent.flight, Answered.REFUSED))
    assert isinstance(wait, Schedule)
    bench.change(Edit(0, 0, "u"))
    assert bench.sent.edits == [Edit(2, 2, "x")]


def test_refusals_that_are_all_explained_are_no_reason_to_give_up() -> None:
    """A slow editor may answer every edit right before it reports the key that made it stale."""
    bench = Bench("ab", STRICT)
    bench.session.start("j", 1, 1)
    bench.say("x")
    for _ in range(2 * MAX_REFUSALS):
        (wait,) = bench.do(EditAnswered(bench.sent.flight, Answered.REFUSED))
        assert isinstance(wait, Schedule)
        bench.change(Edit(0, 0, "u"))
    assert bench.sent.edits == [Edit(1 + 2 * MAX_REFUSALS, 1 + 2 * MAX_REFUSALS, "x")]


def test_typing_the_same_letter_is_no_echo_where_the_answer_is_proof() -> None:
    bench = Bench("ab", STRICT)
    bench.session.start("j", 1, 1)
    bench.say("x")
    sent = bench.sent
    assert bench.change(Edit(1, 1, "x")) == []
    bench.do(EditAnswered(sent.flight, Answered.REFUSED))
    assert bench.sent.edits == [Edit(2, 2, "x")]


def test_edits_refused_for_ever_end_the_job_with_a_reason() -> None:
    bench = Bench("ab", STRICT)
    bench.session.start("j", 1, 1)
    bench.say("x")
    for _ in range(MAX_REFUSALS - 1):
        (wait,) = bench.do(EditAnswered(bench.sent.flight, Answered.REFUSED, "read-only"))
        assert isinstance(wait, Schedule)
        bench.do(Tick(wait.token))
    stop, settled = bench.do(EditAnswered(bench.sent.flight, Answered.REFUSED, "read-only"))
    assert stop == Stop("j")
    assert isinstance(settled, Settled)
    assert isinstance(settled.outcome, Failed)
    assert "read-only" in settled.outcome.reason


def test_an_unknown_client_is_trusted_after_a_while_and_believed_when_it_reports() -> None:
    bench = Bench("ab", UNKNOWN)
    bench.session.start("j", 1, 1)
    bench.say("x")
    (wait,) = bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED))
    assert isinstance(wait, Schedule)
    bench.say("y")
    bench.do(Tick(wait.token))
    assert bench.document.text == "axb"
    second = bench.sent
    assert second.edits == [Edit(2, 2, "y")]
    bench.change(Edit(1, 1, "xy"), Edit(4, 4, "!"))
    assert bench.document.text == "axyb!"
    bench.say("z")
    assert bench.sent.edits == [Edit(3, 3, "z")]


def test_an_unknown_client_that_lied_gets_the_text_again() -> None:
    bench = Bench("ab", UNKNOWN)
    bench.session.start("j", 1, 1)
    bench.say("x")
    (wait,) = bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED))
    assert isinstance(wait, Schedule)
    bench.do(Tick(wait.token))
    bench.change(Edit(2, 2, "!"))
    assert bench.document.text == "ab!"
    assert bench.sent.edits == [Edit(1, 1, "x")]


def test_of_an_unknown_client_that_lied_only_what_is_missing_is_sent_again() -> None:
    bench = ChoiceBench("one\ntwo\nthree\n", UNKNOWN)
    bench.offer("1\ntwo\n3\n")
    bench.does(AcceptRequested("1", 1))
    bench.do(AcceptRequested("1", 2))
    (wait,) = bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED))
    assert isinstance(wait, Schedule)
    bench.do(Tick(wait.token))
    bench.change(Edit(2, 2, "!"))
    assert bench.sent.edits == [Edit(7, 13, "3\n")]
    bench.land()
    assert bench.text == "1\n!two\n3\n"
    assert is_at_rest(bench.session)


def test_two_jobs_share_one_flight_and_keep_their_places() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.session.start("k", 2, 2)
    bench.say("1")
    first = bench.sent
    bench.say("K", "k")
    bench.say("2")
    bench.echo(first)
    assert bench.sent.edits == [Edit(2, 2, "2"), Edit(3, 3, "K")]
    bench.echo(bench.sent)
    assert bench.document.text == "a12bK"
    bench.say("L", "k")
    assert bench.sent.edits == [Edit(5, 5, "L")]


def test_two_jobs_at_one_place_keep_their_order() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.session.start("k", 1, 1)
    bench.say("1")
    bench.echo(bench.sent)
    bench.say("K", "k")
    bench.echo(bench.sent)
    bench.say("2")
    bench.echo(bench.sent)
    assert bench.document.text == "a12Kb"


def test_a_failure_before_the_first_text_leaves_the_document_alone() -> None:
    bench = Bench("ab")
    bench.session.start("j", 0, 2)
    assert bench.do(StreamFailed("j", Failed("no key"))) == [Settled("j", Failed("no key"))]


def test_a_failure_later_puts_the_original_back() -> None:
    bench = Bench("one\ntwo\n")
    bench.session.start("j", 0, 8)
    bench.say("1\n2\ntwo\n")
    bench.echo(bench.sent)
    assert bench.document.text == "1\n2\ntwo\n"
    bench.do(StreamFailed("j", Failed("cut")))
    bench.echo(bench.sent)
    assert bench.document.text == "one\ntwo\n"
    assert bench.settled() == [Settled("j", Failed("cut"))]


def test_a_cancel_keeps_what_has_arrived_and_what_was_not_reached_and_sends_nothing_more() -> None:
    bench = Bench("one\ntwo\n")
    bench.session.start("j", 0, 8)
    bench.say("1\n2")
    bench.echo(bench.sent)
    assert bench.do(StopRequested("j")) == [Stop("j"), Settled("j", Cancelled())]
    assert bench.say("3") == []
    assert bench.document.text == "1\n2\none\ntwo\n"


def test_undoing_our_text_stops_the_job() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.say("xyz")
    bench.echo(bench.sent)
    bench.change(Edit(1, 4, ""))
    assert Stop("j") in bench.effects
    assert bench.say("more") == []


def test_undoing_the_removal_of_passed_lines_stops_the_job() -> None:
    bench = Bench("one\ntwo\nthree\n")
    bench.session.start("j", 0, 14)
    bench.say("three\n")
    removal = bench.sent
    assert removal.edits == [Edit(0, 8, "")]
    bench.echo(removal)
    bench.change(Edit(0, 0, "one\ntwo\n"))
    assert Stop("j") in bench.effects


def test_the_end_comes_when_the_last_edit_has_landed() -> None:
    bench = Bench("ab")
    bench.session.start("j", 1, 1)
    bench.say("x")
    sent = bench.sent
    bench.do(StreamEnded("j"))
    assert bench.settled() == []
    bench.echo(sent)
    assert bench.settled() == [Settled("j", Finished())]


def test_an_ended_job_is_restored_in_one_edit_after_the_user_has_gone_on() -> None:
    bench = Bench("one\ntwo\nend")
    bench.session.start("j", 0, 8)
    bench.say("1\n")
    bench.echo(bench.sent)
    bench.do(StreamEnded("j"))
    bench.echo(bench.sent)
    assert bench.document.text == "1\nend"
    bench.change(Edit(0, 0, "top\n"))
    bench.do(RestoreRequested("j"))
    assert len(bench.sent.edits) == 1
    bench.echo(bench.sent)
    assert bench.document.text == "top\none\ntwo\nend"


def test_a_report_that_shows_our_edit_landing_and_being_undone_stops_the_job() -> None:
    # Neovim 0.10 with its own debounce: one didChange with our edit, as a wider difference, and its inverse.
    bench = Bench("a\nb\n")
    bench.session.start("j", 2, 2)
    bench.say("x\n")
    bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED))
    bench.change(Edit(2, 3, "x\nb"), Edit(2, 5, "b"))
    assert Stop("j") in bench.effects


def test_a_stray_edit_is_found_where_later_keys_have_moved_it() -> None:
    # Eglot: keys before our edit and keys after it come in one report.
    bench = Bench("a\nb\nc\nd\n", EditPolicy(may_land_elsewhere=True, trust_after_seconds=None))
    bench.session.start("j", 6, 6)
    bench.say("X\n")
    bench.do(EditAnswered(bench.sent.flight, Answered.APPLIED))
    bench.change(Edit(0, 4, "1\n2\na\nb\nX\n"))
    bench.echo(bench.sent)
    assert bench.document.text == "1\n2\na\nb\nc\nX\nd\n"


def test_an_editor_that_reports_the_edits_of_a_flight_one_by_one_is_waited_for() -> None:
    # Neovim, idle before: the first edit is reported at once, then comes the answer, then the report of the others.
    bench = Bench("a = 1\nb = 2\n")
    bench.session.start("j", 5, 5)
    bench.session.start("k", 11, 11)
    bench.say("1")
    first = bench.sent
    bench.say("(one)")
    bench.say("(two)", "k")
    bench.echo(first)
    flight = bench.sent
    upper, lower = flight.edits
    assert bench.change(lower) == []
    (wait,) = bench.do(EditAnswered(flight.flight, Answered.APPLIED))
    assert isinstance(wait, Schedule)
    assert [type(effect) for effect in bench.do(Tick(wait.token))] == [Publish, Publish]
    bench.change(upper)
    assert not any(isinstance(effect, Stop | ApplyEdit) for effect in bench.effects)
    assert bench.document.text == "a = 11(one)\nb = 2(two)\n"


def test_edits_that_come_as_wider_changes_in_one_report_are_all_there() -> None:
    bench = Bench("a = 1\nb = 2\n")
    bench.session.start("j", 5, 5)
    bench.session.start("k", 11, 11)
    bench.say("1")
    first = bench.sent
    bench.say("(one)")
    bench.say("(two)", "k")
    bench.echo(first)
    flight = bench.sent
    upper, lower = flight.edits
    bench.do(EditAnswered(flight.flight, Answered.APPLIED))
    bench.change(Edit(lower.start - 1, lower.end, "2(two)"), Edit(upper.start - 1, upper.end, "1(one)"))
    bench.say("!")
    assert bench.sent.edits == [Edit(11, 11, "!")]


def test_an_answer_that_is_written_at_once_takes_the_former_ones_place_in_one_edit() -> None:
    bench = Bench("one\ntwo\n", STRICT)
    for job, former, answer in (("j", "", "ONE\ntwo\n"), ("k", "j", "eins\nzwei\n")):
        if former:
            bench.session.start_again(job, former, "atomic")
        else:
            bench.session.start(job, 0, 8, "atomic")
        assert bench.say(answer, job) == []
        bench.do(StreamEnded(job))
        sent = bench.sent
        bench.do(EditAnswered(sent.flight, Answered.APPLIED))
        assert [type(effect) for effect in bench.echo(sent)] == [Settled]
        assert bench.document.text == answer
    bench.do(RestoreRequested("k"))
    bench.echo(bench.sent)
    assert bench.document.text == "one\ntwo\n"
