from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.jobs.ports import Order, Target
from lsp_llm.lsp import code_actions as module
from lsp_llm.lsp.code_actions import MAX_FIXES, Menu, code_actions
from lsp_llm.prompts.library import LibraryPrompt
from lsp_llm.text.document import Document

URI = "file:///project/a.py"


class Jobs:
    """The part of the runner that knows what is going on."""

    def __init__(
        self,
        running: Sequence[str] = (),
        restorable: Sequence[str] = (),
        touched: str | None = None,
        offered: Sequence[str] = (),
        known: Sequence[str] = (),
    ) -> None:
        self._running, self._restorable, self._touched = list(running), list(restorable), touched
        self._offered, self._known = list(offered), known
        self.places = self

    def running(self, uri: str) -> list[str]:
        assert uri == URI
        return self._running

    def restorable(self, uri: str) -> list[str]:
        assert uri == URI
        return self._restorable

    def latest(self, uri: str) -> str | None:
        assert uri == URI
        return self._restorable[-1] if self._restorable else None

    def offered(self, uri: str) -> list[str]:
        assert uri == URI
        return self._offered

    def order(self, job_id: str) -> Order | None:
        return Order("replace", "p", "") if job_id in self._known else None

    def touched(self, uri: str, start: int, end: int, job_ids: Sequence[str]) -> str | None:
        assert list(job_ids) == (self._offered or self._restorable)
        return self._touched


SELECTED = Target(URI, "/project/a.py", "python", Document("x\n😀 = 1\n"), 1, 2, 5)
CURSOR = replace(SELECTED, start=3)


BARE = Menu()


def offers(target: Target, jobs: Any = None, only: Sequence[str] = (), menu: Menu = BARE) -> dict[str, Any]:
    runner: Any = jobs or Jobs()
    actions = code_actions(target, "utf-16", runner, only, menu)
    for action in actions:
        assert action.kind == ("quickfix" if action.title.startswith("LLM: fix: ") else "refactor.rewrite")
        assert action.command.title == action.title
    return {action.title: (action.command.command, action.command.arguments) for action in actions}


def test_a_selection_can_be_replaced_and_yapped_behind() -> None:
    place = {"uri": URI, "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 4}}}
    assert offers(SELECTED) == {
        "LLM: replace selection": ("lsp-llm.replace", [place]),
        "LLM: yap here": ("lsp-llm.yap", [place]),
        "LLM: ask about selection": ("lsp-llm.chat", [place]),
    }


def test_a_cursor_can_only_yap() -> None:
    assert list(offers(replace(SELECTED, end=SELECTED.start))) == ["LLM: yap here"]


def test_a_running_job_can_be_stopped_from_anywhere_in_the_document() -> None:
    assert offers(CURSOR, Jobs(["3", "4"]))["LLM: stop"] == ("lsp-llm.cancel", [{"uri": URI}])


@pytest.mark.parametrize(("touched", "restored"), [(None, "5"), ("3", "3")])
def test_restoring_means_the_job_at_the_place_or_else_the_latest(touched: str | None, restored: str) -> None:
    jobs = Jobs(restorable=["3", "5"], touched=touched)
    assert offers(CURSOR, jobs)["LLM: restore original"] == ("lsp-llm.restore", [{"jobId": restored}])


@pytest.mark.parametrize(("touched", "chosen"), [(None, "5"), ("3", "3")])
def test_accepting_means_the_same_job(touched: str | None, chosen: str) -> None:
    jobs = Jobs(restorable=["3", "5"], touched=touched)
    assert offers(CURSOR, jobs)["LLM: accept"] == ("lsp-llm.accept", [{"jobId": chosen}])


def test_only_what_is_known_to_have_been_asked_can_be_asked_again() -> None:
    assert offers(CURSOR, Jobs(restorable=["3"], known=["3"]))["LLM: retry"] == ("lsp-llm.retry", [{"jobId": "3"}])
    assert "LLM: retry" not in offers(CURSOR, Jobs(restorable=["3"]))


def test_a_preview_is_taken_or_dropped_whole_from_anywhere_in_the_document() -> None:
    found = offers(CURSOR, Jobs(restorable=["9"], offered=["5.1", "5.2"], known=["9"]))
    assert list(found)[2:4] == ["LLM: accept", "LLM: restore original"]
    assert found["LLM: accept"] == ("lsp-llm.accept", [{"jobId": "5"}])
    assert found["LLM: restore original"] == ("lsp-llm.restore", [{"jobId": "5"}])


def test_the_change_of_a_preview_at_the_place_is_taken_or_dropped_by_itself() -> None:
    found = offers(CURSOR, Jobs(offered=["5.1", "5.2"], touched="5.1"))
    assert found["LLM: accept this change"] == ("lsp-llm.accept", [{"jobId": "5.1"}])
    assert found["LLM: drop this change"] == ("lsp-llm.restore", [{"jobId": "5.1"}])


@pytest.mark.parametrize("only", [[], ["refactor.rewrite"], ["refactor"], [""], ["quickfix", "refactor"]])
def test_kinds_that_are_ours(only: list[str]) -> None:
    assert len(offers(SELECTED, only=only)) == 3


@pytest.mark.parametrize("only", [["quickfix"], ["refactor.rewrite.more"], ["refactor.re"], ["source", "refac"]])
def test_kinds_that_are_not(only: list[str]) -> None:
    assert offers(SELECTED, only=only) == {}


FIX = LibraryPrompt("fix", "fix", "Mend it.", when=("selection", "diagnostic"))
TIDY = LibraryPrompt("tidy", "tidy up", "Tidy.", when=("selection",), languages=("python", "rust"))
MORE = LibraryPrompt("more", "go on", "More.", kind="yap")
TALK = LibraryPrompt("talk", "talk", "Talk.", kind="chat", when=("selection",))
LIBRARY = (FIX, MORE, TALK, TIDY)
LINES = Target(URI, "/project/a.py", "python", Document("".join(f"line {n}\n" for n in range(1, 21))), 1, 70, 70)
"""The cursor is in line 10."""
WRONG = Diagnostic(65, 69, "error", "x is\n unknown", "pyright", "undefined")


def lines(first: int, end: int) -> dict[str, Any]:
    """Whole lines, counted from 0."""
    return {"start": {"line": first, "character": 0}, "end": {"line": end, "character": 0}}


def test_prompts_of_the_library_are_offered_where_they_fit() -> None:
    menu = Menu(LIBRARY)
    found = offers(SELECTED, menu=menu)
    assert list(found)[3:] == ["LLM: fix", "LLM: go on", "LLM: talk", "LLM: tidy up"]
    place = found["LLM: replace selection"][1][0]
    assert found["LLM: tidy up"] == ("lsp-llm.run", [{"action": "tidy", **place}])
    assert list(offers(replace(SELECTED, language_id="c"), menu=menu))[3:] == ["LLM: fix", "LLM: go on", "LLM: talk"]
    assert list(offers(replace(SELECTED, end=SELECTED.start), menu=menu))[1:] == ["LLM: go on"]


def test_one_that_replaces_is_not_offered_where_nothing_is_selected() -> None:
    assert list(offers(LINES, menu=Menu([replace(FIX, when=("always",))]))) == ["LLM: yap here"]


def test_jobs_come_before_prompts() -> None:
    found = list(offers(SELECTED, Jobs(["3"]), menu=Menu(LIBRARY)))
    assert found.index("LLM: stop") < found.index("LLM: fix")


def test_a_fix_carries_the_message_its_source_and_the_lines_around() -> None:
    found = offers(LINES, menu=Menu(LIBRARY, [WRONG]))
    assert list(found) == ["LLM: fix: x is unknown", "LLM: yap here", "LLM: fix", "LLM: go on"]
    ((command, (argument,))) = found["LLM: fix: x is unknown"]
    assert command == "lsp-llm.run"
    assert (argument["action"], argument["uri"], argument["range"]) == ("fix", URI, lines(6, 13))
    assert argument["query"] == (
        "a.py:10: error (pyright undefined): x is unknown\n"
        "   7 | line 7\n   8 | line 8\n   9 | line 9\n> 10 | line 10\n  11 | line 11\n  12 | line 12\n  13 | line 13\n"
    )
    assert found["LLM: fix"] == found["LLM: fix: x is unknown"]


def test_a_fix_of_several_covers_all_of_them_and_what_is_selected() -> None:
    other = Diagnostic(0, 4, "warning", "odd")
    target = replace(LINES, start=70, end=LINES.document.offset(18, 2))
    found = offers(target, menu=Menu([FIX], [WRONG, other]))
    assert found["LLM: fix: odd"][1][0]["range"] == {**lines(0, 0), "end": {"line": 18, "character": 2}}
    ((argument,)) = found["LLM: fix"][1]
    assert argument["range"]["start"] == {"line": 0, "character": 0}
    assert "x is unknown" in argument["query"]
    assert "odd" in argument["query"]


def test_fixes_are_few_and_their_titles_short() -> None:
    many = [Diagnostic(65, 69, "error", f"{number} {'long ' * 40}") for number in range(20)]
    found = [title for title in offers(LINES, menu=Menu([FIX], many)) if title.startswith("LLM: fix: ")]
    assert len(found) == MAX_FIXES
    assert all(len(title) <= len("LLM: fix: ") + module.MAX_TITLE and title.endswith("…") for title in found)


@pytest.mark.parametrize("prompts", [[], [replace(FIX, kind="chat")], [replace(FIX, languages=("c",))]])
def test_without_a_prompt_for_it_nothing_is_fixed(prompts: list[LibraryPrompt]) -> None:
    assert not [title for title in offers(LINES, menu=Menu(prompts, [WRONG])) if title.startswith("LLM: fix: ")]


def test_fixes_alone_can_be_asked_for() -> None:
    assert list(offers(LINES, only=["quickfix"], menu=Menu(LIBRARY, [WRONG]))) == ["LLM: fix: x is unknown"]
    assert "LLM: fix: x is unknown" not in offers(LINES, only=["refactor"], menu=Menu(LIBRARY, [WRONG]))


def test_other_presets_come_last() -> None:
    found = offers(LINES, menu=Menu(LIBRARY, presets=["one", "two"]))
    assert list(found)[-2:] == ["LLM: use one", "LLM: use two"]
    assert found["LLM: use one"] == ("lsp-llm.preset", [{"id": "one"}])


def test_a_selection_may_go_into_the_chat_that_was_opened_last() -> None:
    found = offers(SELECTED, menu=Menu(chats=["file:///a.chat.md", "file:///b.chat.md"]))
    (argument,) = found["LLM: ask about selection in b"][1]
    assert argument["chat"] == "file:///b.chat.md"
    assert "LLM: ask about selection in a" not in found


def test_a_chat_has_actions_of_its_own_in_the_place_of_fills() -> None:
    offer = ("LLM: send", "lsp-llm.send", {"uri": "file:///a.chat.md"})
    chat = replace(SELECTED, uri="file:///a.chat.md")
    found = code_actions(chat, "utf-16", Quiet(), (), Menu(chat=[offer], chats=[chat.uri]))  # type: ignore[arg-type]
    assert [action.title for action in found] == ["LLM: send"]


class Quiet:
    """Nothing goes on in any document."""

    def __init__(self) -> None:
        self.places = self

    def running(self, uri: str) -> list[str]:
        return []

    offered = running

    def latest(self, uri: str) -> None:
        return None
