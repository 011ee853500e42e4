"""A person who holds a chat in a real VS Code with a generic client: turns, a tool, Stop, menus, answers beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.editors import test_vscode_extension as with_extension
from tests.editors.scenario import SOURCE
from tests.editors.test_chat_edits import EDIT, NEW, SHOP, TAKEN, TOLD
from tests.editors.test_chats import ANSWER, MEANWHILE, QUESTION, TALK, asks_for_a_file, plain
from tests.editors.test_responses import QUOTE, WAITING
from tests.editors.test_vscode import User, sitting_down
from tests.editors.vscode import VSCode
from tests.editors.waiting import LIMIT_SECONDS
from tests.fakes.chats import call_tool

pytestmark = pytest.mark.vscode

WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}


class Talker:
    """Someone with a chat document before them, and a file that it may be about."""

    def __init__(self, user: User, shop: Path, talk: Path) -> None:
        self.user = user
        self.editor = user.editor
        self.shop = shop
        self.talk = talk

    def go_to_the_end(self) -> None:
        """By a key: a line that is counted may be another one when the cursor gets there."""
        self.editor.command("workbench.action.focusActiveEditorGroup")
        self.editor.press("Control+End")

    def lenses(self) -> list[str]:
        return [title for _, title in self.editor.code_lenses()]

    def wait_for_lenses(self, *titles: str) -> None:
        self.editor.wait_until(lambda: self.lenses() == list(titles))

    def line_of(self, words: str) -> int:
        return next(number for number, line in enumerate(self.editor.text().split("\n")) if words in line)


@pytest.fixture
def talker(vscode: VSCode, tmp_path: Path) -> Iterator[Talker]:
    # The workspace's own folder: mentions and tools go from there.
    shop = vscode.folder / "shop.py"
    shop.write_text("a = 41\n")
    with sitting_down(vscode, tmp_path, SOURCE) as user:
        talk = user.file.with_name("talk.chat.md")
        talk.write_text(QUESTION)
        vscode.open(talk)
        yield Talker(user, shop, talk)
    shop.unlink()


def by_action(talker: Talker) -> None:
    talker.user.pick("LLM: allow read_file")


def by_lens(talker: Talker) -> None:
    talker.editor.click("LLM: allow read_file")


def by_message(talker: Talker) -> None:
    talker.editor.push("Allow once")


@pytest.mark.parametrize("allow", [by_action, by_lens, by_message])
def test_three_turns_with_a_tool_and_the_next_turn_typed_meanwhile(
    talker: Talker, allow: Callable[[Talker], None]
) -> None:
    user, editor = talker.user, talker.editor
    talker.go_to_the_end()
    user.pick("LLM: send")
    asks_for_a_file(user.host, user.host.request())
    user.wait_for("Tool call")
    editor.wait_until(lambda: "LLM: allow read_file" in talker.lenses())
    editor.wait_until(lambda: editor.sees("Allow once"))
    allow(talker)
    exchange = user.host.request()
    answer = exchange.stream_part(ANSWER, 0.05)
    editor.wait_until(lambda: editor.text().count("## User") == 2)
    talker.go_to_the_end()
    user.type_slowly(MEANWHILE)
    answer.result(LIMIT_SECONDS)
    exchange.done()
    editor.wait_until(lambda: editor.text().count("<!-- lsp-llm") == 3)
    user.pick("LLM: send")
    exchange = user.host.request()
    assert exchange.asked == MEANWHILE
    exchange.say("Nothing.")
    exchange.done()
    user.installation.wait_for_ends("done", "done")
    editor.wait_until(lambda: editor.text().count("## User") == 3)
    assert plain(editor.text()) == TALK
    editor.press("Control+s")
    editor.wait_until(lambda: talker.talk.read_text() == editor.text())


def test_stop_by_its_lens_which_is_gone_then(talker: Talker) -> None:
    user, editor = talker.user, talker.editor
    talker.wait_for_lenses("LLM: send")
    editor.click("LLM: send")
    exchange = user.host.request()
    talker.wait_for_lenses("LLM: stop")
    exchange.say("It is 4")
    user.wait_for("It is 4")
    editor.click("LLM: stop")
    exchange.wait_until_closed()
    user.installation.wait_for_ends("stopped")
    editor.wait_until(lambda: not editor.sees("LLM: stop"))
    assert user.installation.messages("<-", "workspace/codeLens/refresh")
    assert "LLM: continue" in talker.lenses()
    assert "It is 4" in editor.text()


def test_the_lens_that_stops_is_gone_when_an_answer_has_ended(talker: Talker) -> None:
    user, editor = talker.user, talker.editor
    talker.go_to_the_end()
    user.pick("LLM: send")
    exchange = user.host.request()
    editor.wait_until(lambda: editor.sees("LLM: stop"))
    exchange.say("It is 41.")
    exchange.done()
    user.installation.wait_for_ends("done")
    editor.wait_until(lambda: not editor.sees("LLM: stop"))
    editor.wait_until(lambda: editor.sees("LLM: retry"))


def test_mentions_presets_and_prompts_are_completed(talker: Talker) -> None:
    user, editor = talker.user, talker.editor
    user.installation.add_prompt("tidy", "Tidy up.")
    talker.go_to_the_end()
    user.type_slowly("And @sho")
    user.wait_for("And @sho")
    place = (talker.line_of("And @sho"), len("And @sho"))
    editor.wait_until(lambda: "@shop.py" in editor.completions(*place))

    def picked() -> bool:
        editor.command("acceptSelectedSuggestion")
        return "And @shop.py" in editor.text()

    editor.wait_until(picked)
    editor.put_cursor(0, 0)
    user.type_slowly("---\npreset: \n---\n\n")
    user.wait_for("---\n\n## User")
    assert "fake" in editor.completions(1, len("preset: "))
    talker.go_to_the_end()
    user.type_slowly("\n/")
    user.wait_for("\n/")
    editor.wait_until(lambda: "/tidy" in editor.completions(talker.line_of("/"), 1))


def test_hover_folds_symbols_links_and_diagnostics(talker: Talker) -> None:
    user, editor = talker.user, talker.editor
    talker.talk.write_text("## User\n\nWhat is in @shop.py and @gone.py?\n")
    editor.clear()
    editor.open(talker.talk)
    talker.go_to_the_end()
    user.pick("LLM: send")
    exchange = user.host.request()
    exchange.say("Forty-one.\n\n```python\na = 41\n```\n")
    exchange.done()
    user.installation.wait_for_ends("done")
    user.installation.wait_until(
        lambda: "gone.py" in str(user.installation.messages("<-", "textDocument/publishDiagnostics"))
    )
    heading = talker.line_of("## Assistant")
    assert any("a host driven by hand" in words for words in editor.hovers(heading, 3))
    line = talker.line_of("@shop.py")
    column = editor.text().split("\n")[line].index("@shop.py") + 2
    assert any("7 characters" in words for words in editor.hovers(line, column))
    assert {first for first, _ in editor.folds()} >= {0, heading}
    assert any(name.startswith("Assistant: Forty-one.") for name in editor.symbols())
    assert str(talker.shop) in editor.links()


def test_an_answer_in_a_document_of_its_own_waits_comes_and_says_so(talker: Talker) -> None:
    user, editor = talker.user, talker.editor
    editor.open(talker.shop)
    argument = {"uri": talker.shop.as_uri(), "range": WHOLE, "query": "why?", "target": "document"}
    editor.command("lsp-llm.ask", argument)
    exchange = user.host.request()
    assert exchange.asked.endswith(QUOTE)
    user.wait_for(WAITING)
    exchange.say("Beca")
    user.wait_for("Beca")
    assert WAITING not in editor.text()
    exchange.say("use.")
    exchange.done()
    user.wait_for(" s -->")
    assert f"{QUOTE}\n\n" in editor.text()
    assert "\n\n## Assistant (a host driven by hand)\n\nBecause.\n\n<!-- lsp-llm {" in editor.text()
    assert talker.shop.read_text() == "a = 41\n"
    editor.command("lsp-llm.history", {})
    editor.wait_until(lambda: any(path.endswith("history.md") for path in editor.shown()))
    user.wait_for("Because.")


def test_a_change_that_a_model_proposes_is_taken_by_parts_in_its_file(talker: Talker) -> None:
    user, editor = talker.user, talker.editor
    talker.shop.write_text(SHOP)
    talker.go_to_the_end()
    user.pick("LLM: send")
    user.host.wait_for(call_tool(user.host.request()._exchange, "edit_file", EDIT))
    editor.wait_until(lambda: any(path.endswith("shop.py.chat-2.diff") for path in editor.shown()))
    editor.open(talker.shop)
    user.type_slowly("import math\n")
    user.wait_for_text(f"import math\n{SHOP}")
    editor.put_cursor(5, 0)
    user.pick("LLM: accept this change")
    user.wait_for_text(f"import math\n{TAKEN}")
    editor.put_cursor(1, 0)
    user.pick("LLM: drop this change")
    exchange = user.host.request()
    assert exchange.asked == TOLD
    exchange.say("As you like.")
    exchange.done()
    editor.open(talker.talk)
    user.wait_for("As you like.")
    editor.open(talker.shop)
    user.pick("LLM: restore original")
    user.wait_for_text(f"import math\n{SHOP}")


def test_with_our_extension_a_change_is_shown_beside_the_chat_in_which_the_person_types_on(
    extended_vscode: VSCode, tmp_path: Path
) -> None:
    editor = extended_vscode
    shop = editor.folder / "shop.py"
    shop.write_text(SHOP)
    with with_extension.sitting_down(editor, tmp_path) as person:
        talk = person.file.with_name("talk.chat.md")
        talk.write_text(QUESTION)
        editor.open(talk)
        editor.put_cursor(3, 0)
        editor.run_code_action("LLM: send")
        person.host.wait_for(call_tool(person.host.request()._exchange, "edit_file", EDIT))
        person.wait_to_see("LLM: answer for shop.py")
        editor.press("Control+End")
        editor.type(MEANWHILE)
        person.wait_for(f"## User\n\n{MEANWHILE}")
        assert str(talk) in editor.shown()
        editor.run_code_action("LLM: allow edit_file")
        exchange = person.host.request()
        exchange.say("As you like.")
        exchange.done()
        person.wait_for("As you like.")
        editor.wait_until(lambda: not editor.sees("LLM: answer for shop.py"))
        editor.open(shop)
        person.wait_for_text(NEW)
    shop.unlink()
