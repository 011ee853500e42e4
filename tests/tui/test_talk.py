"""The talk, told by hand: what it wants, what it shows, and what it does about connections that break."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from lsp_llm.commands.chat_shapes import CallShape
from lsp_llm.tui.faults import Fault
from lsp_llm.tui.orders import Branch, Continue, Create, Decide, Latest, Load, Message, Orders, Send, Stop
from lsp_llm.tui.talk import Talk
from lsp_llm.tui.turns import Tokens
from tests.tui.shapes import PRICED, answer, chat, question, sent

FAULT = Fault("network", "The host is down.")
ASKS = {"kind": "toolCall", "callId": "t1", "name": "look", "arguments": "{}", "needsApproval": True, "text": "look: x"}


def new_talk(preset: str = "") -> Talk:
    numbers: Iterator[int] = count(1)
    return Talk(lambda: f"id{next(numbers)}", preset)


def one(orders: Orders, kind: type) -> object:
    (order,) = orders
    assert isinstance(order, kind)
    return order


def sending(talk: Talk, text: str = "Hello") -> Send:
    """A talk in the chat "c" whose send is under way."""
    talk.open("c")
    load = one(talk.connected(), Load)
    assert isinstance(load, Load)
    talk.loaded(load, chat())
    order = one(talk.type(text), Send)
    assert isinstance(order, Send)
    return order


def loading(orders: Orders) -> Load:
    order = one(orders, Load)
    assert isinstance(order, Load)
    return order


def shown(talk: Talk) -> list[tuple[str, str, str]]:
    return [(turn.role, turn.text, turn.state) for turn in talk.page]


def test_the_first_message_makes_a_chat_and_is_sent_in_it() -> None:
    talk = new_talk("fast")
    assert talk.connected() == ()
    create = one(talk.type("Hello"), Create)
    assert create == Create("fast")
    order = one(talk.created(create, "c"), Send)  # type: ignore[arg-type]
    assert isinstance(order, Send)
    assert (order.chat_id, order.message, order.preset) == ("c", Message("id1", "Hello"), "fast")
    assert shown(talk) == [("user", "Hello", "whole"), ("assistant", "", "coming")]
    assert talk.is_answering and not talk.has_begun


def test_an_answer_grows_and_is_then_what_the_file_says() -> None:
    talk = new_talk()
    order = sending(talk)
    for delta in ("Good ", "day."):
        talk.progress(order.token, {"kind": "text", "delta": delta})
    talk.progress("another token", {"kind": "text", "delta": "!"})
    talk.asked("m")
    assert shown(talk)[-1] == ("assistant", "Good day.", "coming")
    assert talk.page[-1].model == "m"
    load = loading(talk.answered(order, sent("Good day.")))
    assert shown(talk)[-1] == ("assistant", "Good day.", "whole"), "it stays while the file is read"
    assert talk.loaded(load, chat(question("id1", "Hello"), answer("a", "Good day."))) == ()
    assert shown(talk) == [("user", "Hello", "whole"), ("assistant", "Good day.", "whole")]
    assert (talk.tokens, talk.title) == (Tokens(9, 3), "Talk")


def test_the_cost_is_that_of_all_answers_in_the_file() -> None:
    talk = new_talk()
    talk.open("c")
    first, free = answer("a", "Ho", usage=PRICED), answer("b", "Hum")
    talk.loaded(loading(talk.connected()), chat(question("q", "Hello"), first, question("r", "More"), free))
    assert talk.tokens == Tokens(18, 6, 0.5)
    talk.open("d")
    assert talk.tokens == Tokens()


def test_what_is_typed_meanwhile_waits_its_turn() -> None:
    talk = new_talk()
    order = sending(talk)
    assert talk.type("And then?") == ()
    assert shown(talk)[-1] == ("user", "And then?", "queued")
    load = loading(talk.answered(order, sent("Yes")))
    then = one(talk.loaded(load, chat(question("id1", "Hello"), answer("a", "Yes"))), Send)
    assert isinstance(then, Send)
    assert then.message is not None and then.message.text == "And then?"


def test_what_waits_can_be_taken_back_and_what_is_sent_cannot() -> None:
    talk = new_talk()
    sending(talk)
    talk.recall()
    assert talk.take_back() == ""
    talk.type("And then?")
    talk.recall()
    assert (talk.take_back(), talk.take_back()) == ("And then?", "")
    assert [message.text for message in talk.queue] == ["Hello"]


def test_typed_without_a_connection_it_is_sent_when_there_is_one() -> None:
    talk = new_talk()
    assert talk.type("Hello") == ()
    assert shown(talk) == [("user", "Hello", "queued")]
    create = one(talk.connected(), Create)
    assert one(talk.created(create, "c"), Send)  # type: ignore[arg-type]


def test_a_message_that_never_arrived_is_sent_again_under_its_id() -> None:
    talk = new_talk()
    first = sending(talk)
    talk.lost()
    again = one(talk.loaded(loading(talk.connected()), chat()), Send)
    assert isinstance(again, Send)
    assert again.message == first.message
    assert talk.loaded(Load("c"), chat()) == (), "an answer to what is not under way says nothing"


def test_a_message_that_arrived_and_has_no_answer_is_answered_and_not_sent_again() -> None:
    talk = new_talk()
    first = sending(talk)
    talk.lost()
    again = one(talk.loaded(loading(talk.connected()), chat(question("id1", "Hello"))), Send)
    assert isinstance(again, Send)
    assert again.message is None and again.token != first.token
    assert shown(talk) == [("user", "Hello", "whole"), ("assistant", "", "coming")]


def test_what_was_left_unanswered_before_is_not_asked_for_in_the_place_of_a_message_that_got_lost() -> None:
    talk = new_talk()
    talk.open("c")
    before = chat(question("q", "Never mind"))
    talk.loaded(loading(talk.connected()), before)
    first = one(talk.type("Hello"), Send)
    talk.lost()
    again = one(talk.loaded(loading(talk.connected()), before), Send)
    assert isinstance(again, Send) and isinstance(first, Send)
    assert again.message == first.message is not None


def test_an_answer_that_was_interrupted_is_marked_and_can_go_on() -> None:
    talk = new_talk()
    order = sending(talk)
    talk.progress(order.token, {"kind": "text", "delta": "Good "})
    talk.lost()
    assert shown(talk)[-1] == ("assistant", "Good", "interrupted")
    load = loading(talk.connected())
    assert talk.answered(order, sent("late")) == (), "what belongs to a lost connection says nothing"
    half = answer("a", "Good", status="cancelled")
    assert talk.loaded(load, chat(question("id1", "Hello"), half)) == ()
    assert shown(talk)[-1] == ("assistant", "Good", "interrupted")
    assert talk.is_cut
    assert one(talk.go_on(), Continue) == Continue("c", "", "id3")


HALF = (question("q", "Hello"), answer("a", "Half an", status="cut off"))


def going_on(talk: Talk) -> Continue:
    """A talk whose answer was cut off, and goes on."""
    talk.open("c")
    talk.loaded(loading(talk.connected()), chat(*HALF))
    order = one(talk.go_on(), Continue)
    assert isinstance(order, Continue)
    return order


def test_an_answer_goes_on_as_the_same_turn() -> None:
    talk = new_talk("fast")
    order = going_on(talk)
    assert (order.chat_id, order.preset) == ("c", "fast")
    assert shown(talk) == [("user", "Hello", "whole"), ("assistant", "Half an", "coming")]
    assert talk.is_answering and not talk.has_begun and not talk.is_cut
    assert talk.go_on() == (), "not twice"
    talk.progress(order.token, {"kind": "text", "delta": " answer."})
    talk.asked("another model")
    assert shown(talk)[1:] == [("assistant", "Half an answer.", "coming")]
    assert (talk.page[-1].message_id, talk.page[-1].model) == ("a", "m")
    load = loading(talk.answered(order, sent(" answer.")))
    assert shown(talk)[1:] == [("assistant", "Half an answer.", "whole")], "it stays while the file is read"
    assert talk.loaded(load, chat(HALF[0], answer("a", "Half an answer."))) == ()
    assert shown(talk)[1:] == [("assistant", "Half an answer.", "whole")]
    assert talk.go_on() == ()


def test_an_answer_that_is_cut_off_again_goes_on_when_the_user_says_so() -> None:
    talk = new_talk()
    order = going_on(talk)
    longer = chat(HALF[0], answer("a", "Half an answer", status="cut off"))
    assert talk.loaded(loading(talk.answered(order, sent(" answer"))), longer) == ()
    assert talk.is_cut and isinstance(one(talk.go_on(), Continue), Continue)


def test_what_was_to_go_on_and_did_not_is_asked_for_again_over_the_next_connection() -> None:
    talk = new_talk()
    first = going_on(talk)
    talk.lost()
    assert shown(talk)[1:] == [("assistant", "Half an", "cut off")]
    again = one(talk.loaded(loading(talk.connected()), chat(*HALF)), Continue)
    assert isinstance(again, Continue) and again.token != first.token


def test_what_went_on_and_was_interrupted_is_marked_and_not_asked_for_by_itself() -> None:
    talk = new_talk()
    order = going_on(talk)
    talk.progress(order.token, {"kind": "text", "delta": " ans"})
    talk.lost()
    assert shown(talk)[1:] == [("assistant", "Half an ans", "interrupted")]
    longer = chat(HALF[0], answer("a", "Half an answer", status="cancelled"))
    assert talk.loaded(loading(talk.connected()), longer) == ()
    assert shown(talk)[1:] == [("assistant", "Half an answer", "interrupted")], "what the file has"
    assert isinstance(one(talk.go_on(), Continue), Continue)


def test_what_became_whole_while_the_connection_was_lost_needs_no_more() -> None:
    talk = new_talk()
    going_on(talk)
    talk.lost()
    assert talk.loaded(loading(talk.connected()), chat(HALF[0], answer("a", "Half an answer."))) == ()
    assert shown(talk)[1:] == [("assistant", "Half an answer.", "whole")]


def test_what_is_to_go_on_goes_before_what_was_typed() -> None:
    talk = new_talk()
    talk.open("c")
    talk.loaded(loading(talk.connected()), chat(*HALF))
    talk.lost()
    assert (talk.type("And?"), talk.go_on()) == ((), ())
    order = one(talk.loaded(loading(talk.connected()), chat(*HALF)), Continue)
    assert isinstance(order, Continue)
    whole = chat(HALF[0], answer("a", "Half an answer."))
    then = one(talk.loaded(loading(talk.answered(order, sent(" answer."))), whole), Send)
    assert isinstance(then, Send) and then.message is not None and then.message.text == "And?"


def test_what_could_not_go_on_is_tried_again_when_the_user_says_so() -> None:
    talk = new_talk()
    order = going_on(talk)
    load = loading(talk.failed(order, Fault("rate limit", "Slow.", 30)))
    assert talk.loaded(load, chat(*HALF)) == ()
    assert shown(talk)[1:] == [("assistant", "Half an", "cut off")]
    again = one(talk.loaded(loading(talk.type("")), chat(*HALF)), Continue)
    assert isinstance(again, Continue)
    talk.loaded(loading(talk.failed(again, FAULT)), chat(*HALF))
    then = one(talk.type("Never mind"), Send)
    assert isinstance(then, Send) and then.message is not None and then.message.text == "Never mind"


def test_what_is_to_go_on_while_the_host_wants_to_be_left_alone_waits() -> None:
    talk = new_talk()
    order = sending(talk)
    talk.loaded(loading(talk.failed(order, Fault("rate limit", "Slow.", 30))), chat(*HALF))
    assert talk.go_on() == () and talk.fault is not None
    assert isinstance(one(talk.loaded(loading(talk.type("")), chat(*HALF)), Continue), Continue)


def test_only_an_answer_that_was_cut_off_goes_on() -> None:
    calls = (CallShape("t1", "look", "{}"),)
    for last in (question("q", "Hello"), answer("a", "Ho"), answer("a", "I look.", tool_calls=calls, status="unknown")):
        talk = new_talk()
        talk.open("c")
        talk.loaded(loading(talk.connected()), chat(last))
        assert talk.go_on() == ()
    assert new_talk().go_on() == ()


def test_a_failure_is_told_and_nothing_goes_out_before_the_user_says_so() -> None:
    talk = new_talk()
    order = sending(talk)
    talk.type("And then?")
    load = loading(talk.failed(order, FAULT))
    assert talk.loaded(load, chat(question("id1", "Hello"))) == ()
    assert talk.fault == FAULT and talk.is_unanswered
    assert shown(talk) == [("user", "Hello", "whole"), ("user", "And then?", "queued")]
    again = talk.loaded(loading(talk.type("")), chat(question("id1", "Hello")))
    order = again[0]  # type: ignore[assignment]
    assert isinstance(order, Send)
    assert order.message is None, "first what waits in the chat"
    assert talk.fault is None


def test_what_is_typed_while_the_host_wants_to_be_left_alone_waits() -> None:
    talk = new_talk()
    order = sending(talk)
    limit = Fault("rate limit", "Slow.", 30)
    talk.loaded(loading(talk.failed(order, limit)), chat(question("id1", "Hello")))
    assert talk.type("And then?") == ()
    assert talk.fault == limit
    assert shown(talk)[-1] == ("user", "And then?", "queued")
    again = one(talk.loaded(loading(talk.type("")), chat(question("id1", "Hello"))), Send)
    assert isinstance(again, Send)
    assert again.message is None, "first what waits in the chat"


def test_a_refused_message_stays_and_is_sent_when_the_user_says_so() -> None:
    talk = new_talk()
    talk.connected()
    create = one(talk.type("Hello"), Create)
    assert talk.failed(create, FAULT) == ()  # type: ignore[arg-type]
    assert shown(talk) == [("user", "Hello", "queued")]
    assert isinstance(talk.type("")[0], Create)


def test_a_chat_that_cannot_be_read_is_not_read_again_and_again() -> None:
    talk = new_talk()
    talk.open("gone")
    assert talk.failed(loading(talk.connected()), FAULT) == ()
    assert talk.fault == FAULT


def test_a_tool_waits_for_the_users_word() -> None:
    talk = new_talk()
    order = sending(talk)
    talk.progress(order.token, ASKS)
    assert talk.question is not None and talk.question.question == "look: x"
    assert talk.decide("t1", "always") == (Decide("c", "t1", "always"),)
    assert talk.question is None
    assert talk.stop() == (Stop("c"),)
    talk.lost()
    assert (talk.stop(), talk.decide("t1", "deny")) == ((), ())


def test_a_branch_has_the_turns_before_and_is_known_when_it_begins() -> None:
    talk = new_talk()
    talk.open("c")
    talk.loaded(loading(talk.connected()), chat(question("q1", "Hello"), answer("a", "Ho"), question("q2", "More")))
    order = one(talk.edit("q2", "Less"), Branch)
    assert isinstance(order, Branch)
    assert (order.chat_id, order.message_id, order.text) == ("c", "q2", "Less")
    assert [text for _, text, _ in shown(talk)] == ["Hello", "Ho", "Less", ""]
    assert talk.stop() == (), "its chat is not known yet"
    talk.begun("notes.md")
    talk.begun("b.chat.md")
    assert talk.stop() == (Stop("b"),)
    load = loading(talk.answered(order, sent("Few", chat_id="b")))
    assert load == Load("b")


@pytest.mark.parametrize("ends", ["lost", "failed"])
def test_a_branch_that_nobody_knows_of_gives_the_words_back(ends: str) -> None:
    talk = new_talk()
    talk.open("c")
    before = chat(question("q1", "Hello"), answer("a", "Ho"))
    talk.loaded(loading(talk.connected()), before)
    order = one(talk.edit("q1", "Hallo"), Branch)
    assert isinstance(order, Branch)
    if ends == "lost":
        talk.lost()
        assert talk.loaded(loading(talk.connected()), before) == ()
    else:
        talk.failed(order, FAULT)
    assert (talk.chat_id, talk.take_back()) == ("c", "Hallo")
    assert [text for _, text, _ in shown(talk)] == ["Hello", "Ho"]


def test_no_branch_while_something_is_under_way() -> None:
    talk = new_talk()
    sending(talk)
    assert talk.edit("id1", "Hallo") == ()
    assert talk.take_back() == "Hallo"


def test_the_latest_chat_is_opened_before_anything_is_sent() -> None:
    talk = new_talk()
    talk.open_latest()
    talk.type("Hello")
    (order,) = talk.connected()
    assert isinstance(order, Latest)
    load = loading(talk.found(order, "c"))
    assert talk.found(order, "d") == (), "an answer that comes twice says nothing"
    assert isinstance(one(talk.loaded(load, chat()), Send), Send)
    talk = new_talk()
    talk.open_latest()
    (order,) = talk.connected()
    assert isinstance(order, Latest)
    assert talk.found(order, "") == ()
    assert isinstance(one(talk.type("Hello"), Create), Create)


def test_another_chat_does_not_give_back_what_was_just_answered() -> None:
    talk = new_talk()
    order = sending(talk)
    talk.type("And then?")
    talk.answered(order, sent("Good day."))
    talk.open("")
    assert talk.take_back() == "And then?"


def test_another_chat_begins_anew_and_gives_back_what_waits() -> None:
    talk = new_talk()
    order = sending(talk)
    assert talk.open("d") == () and talk.chat_id == "c", "not while an answer is coming"
    talk.type("And then?")
    talk.failed(order, FAULT)
    assert talk.open("d") == (Load("d"),)
    assert talk.take_back() == "Hello\n\nAnd then?"
    assert (talk.page, talk.fault) == ((), None)
