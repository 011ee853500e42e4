"""A writer alone with a document: every plan lands at once, so what it plans is what a reader sees."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lsp_llm.jobs.writer import Answer, Writer
from lsp_llm.text.document import Document
from lsp_llm.text.edits import Edit, sequential
from lsp_llm.text.tracking import Region

LINES = st.lists(st.sampled_from(["def a():\n", "    return 1\n", "\n", "}\n", "x = 2\n", "größe 😀\n"]), max_size=10)


class Desk:
    """A document, a region in it, and every edit carried out as soon as it is planned."""

    def __init__(self, before: str, original: str, after: str) -> None:
        self.document = Document(before + original + after)
        one_line = not any(end in original for end in "\r\n")
        self.writer = Writer(Region.of(len(before), len(before) + len(original)), one_line, "\n")
        self.answer = Answer()
        self.sent: list[Edit] = []

    def say(self, text: str) -> str:
        self.answer.chunks.append(text)
        return self.land()

    def end(self) -> str:
        self.answer.ended = True
        return self.land()

    def land(self) -> str:
        plan = self.writer.plan(self.document, self.answer)
        self.carry_out(plan.edits)
        self.writer = plan.writer
        return self.document.text

    def carry_out(self, edits: list[Edit]) -> None:
        for edit in sequential(edits):
            self.document.apply(edit)
        self.sent += edits

    def user(self, edit: Edit) -> None:
        self.document.apply(edit)
        self.writer.take(edit)

    def restore(self) -> str:
        plan = self.writer.restore()
        self.carry_out(plan.edits)
        self.writer = plan.writer
        return self.document.text


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    places = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)) | {0, len(text)})
    return [text[a:b] for a, b in pairwise(places)]


@given(LINES, LINES, st.sampled_from(["", "last"]), st.sampled_from(["", "last", "other"]), st.data())
@example(["x = 2\n"], [], "", "", None)
def test_the_end_is_the_answer_and_the_surroundings_stay(
    original: list[str], lines: list[str], last: str, answer_last: str, data: st.DataObject | None
) -> None:
    desk = Desk("top\n", "".join(original) + last, "bottom\n")
    answer = "".join(lines) + answer_last
    for chunk in data.draw(cut(answer)) if data else [answer]:
        shown = desk.say(chunk)
        assert shown.startswith("top\n")
        assert shown.endswith("bottom\n")
    expected = answer if answer.strip() else "".join(original) + last
    assert desk.end() == f"top\n{expected}bottom\n"
    assert desk.restore() == "top\n" + "".join(original) + last + "bottom\n"


@given(LINES, LINES, st.data())
def test_a_line_of_both_that_stands_alone_is_never_touched(
    original: list[str], lines: list[str], data: st.DataObject
) -> None:
    original, lines = [*original, "only here once\n"], [*lines, "only here once\n"]
    desk = Desk("", "".join(original), "")
    for chunk in data.draw(cut("".join(lines))):
        marked = desk.document.text.rindex("only here once")
        before = len(desk.sent)
        desk.say(chunk)
        for edit in desk.sent[before:]:
            assert edit.end <= marked or edit.start >= marked + 15


@given(LINES, st.data())
def test_an_unchanged_answer_sends_nothing(lines: list[str], data: st.DataObject) -> None:
    desk = Desk("", "".join(lines), "")
    for chunk in data.draw(cut("".join(lines))):
        desk.say(chunk)
    desk.end()
    assert desk.sent == []


def test_bytes_sent_stay_in_the_order_of_the_answer() -> None:
    answer = "".join(f"new line {n}\n" for n in range(400))
    desk = Desk("", "".join(f"old line {n}\n" for n in range(400)), "")
    for at in range(0, len(answer), 3):
        desk.say(answer[at : at + 3])
    desk.end()
    assert sum(len(edit.text) for edit in desk.sent) <= 1.2 * len(answer)


def test_lines_not_reached_stay_until_the_stream_passes_them() -> None:
    desk = Desk("", "def a():\n    one\n    two\n", "end")
    assert desk.say("def b():\n    o") == "def b():\n    o\ndef a():\n    one\n    two\nend"
    assert desk.say("ne\n    thr") == "def b():\n    one\n    thr\n    two\nend"
    assert desk.say("ee\n") == "def b():\n    one\n    three\n    two\nend"
    assert desk.end() == "def b():\n    one\n    three\nend"


def test_text_before_the_first_real_text_changes_nothing() -> None:
    desk = Desk("a ", "b", " c")
    assert desk.say(" ") == "a b c"
    assert desk.say("\n") == "a b c"
    assert desk.say("x") == "a  \nx c"


def test_a_new_answer_takes_the_place_of_the_former_in_one_edit() -> None:
    desk = Desk("a\n", "one\ntwo\nthree\n", "b")
    desk.say("1\ntwo\nthree\nfour\n")
    desk.end()
    desk.sent.clear()
    desk.answer.withdraw()
    assert desk.say("one\n2\nthree\nfour\n") == "a\none\n2\nthree\nfour\nb"
    assert desk.sent == [Edit(2, 8, "one\n2\n")]
    assert desk.restore() == "a\none\ntwo\nthree\nb"


@given(LINES, LINES, LINES, st.integers(0, 200))
def test_what_others_typed_outlives_two_answers(old: list[str], first: list[str], second: list[str], at: int) -> None:
    desk, steps = Desk("(", "".join(old), ")"), Desk("(", "".join(old), ")")
    for each in (desk, steps):
        each.say("".join(first))
        each.end()
        place = min(1 + at, each.document.length - 1)
        each.user(Edit(place, place, "typed"))
        each.answer.withdraw()
    steps.land()
    for each in (desk, steps):
        each.say("".join(second))
        each.end()
    assert desk.document.text == steps.document.text
    assert desk.restore() == steps.restore()


def test_a_withdrawn_answer_leaves_no_trace() -> None:
    desk = Desk("", "one\ntwo\n", "")
    desk.say("let me see\nmore th")
    desk.answer.withdraw()
    assert desk.land() == "one\ntwo\n"
    desk.say("one\n2\n")
    assert desk.end() == "one\n2\n"


def test_what_others_type_inside_stays_also_when_the_original_is_put_back() -> None:
    desk = Desk("", "one\ntwo\nthree\n", "")
    desk.say("ONE\nTWO\n")
    desk.user(Edit(3, 3, "!"))
    desk.user(Edit(desk.document.text.index("two"), desk.document.text.index("two"), "?"))
    assert desk.document.text == "ONE!\nTWO\none\n?two\nthree\n"
    desk.say("THREE\n")
    assert desk.end() == "ONE!\nTWO\nTHREE\n?\n"
    assert desk.restore() == "!one\n?two\nthree\n"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("at", [0, 2, 3])
def test_what_others_type_in_a_line_that_goes_stays_a_line(at: int, line_end: str) -> None:
    original = f"one{line_end}two{line_end}three{line_end}"
    desk = Desk("", original, "")
    desk.say(f"zero{line_end}")
    desk.user(Edit(desk.document.text.index("two") + at, desk.document.text.index("two") + at, "words"))
    desk.say(f"three{line_end}four")
    assert desk.end() == f"zero{line_end}words{line_end}three{line_end}four"
    assert desk.restore() == original.replace("two", f"{'two'[:at]}words{'two'[at:]}")


def test_a_whole_line_of_others_takes_no_other_line_end() -> None:
    desk = Desk("", "one\ntwo\nthree\n", "")
    desk.say("zero\n")
    desk.user(Edit(desk.document.text.index("two"), desk.document.text.index("two"), "words\n"))
    desk.say("three\n")
    assert desk.end() == "zero\nwords\nthree\n"


def test_deleting_what_was_just_written_is_told() -> None:
    desk = Desk("a", "", "b")
    desk.say("xyz")
    assert desk.writer.copy().take(Edit(3, 4, "")).tail_cut
    assert not desk.writer.copy().take(Edit(1, 2, "")).tail_cut
    assert desk.writer.copy().take(Edit(0, 5, "")).covered
