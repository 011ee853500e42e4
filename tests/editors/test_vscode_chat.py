"""A person in the chat view of a real VS Code: answers as they come, stops, keys alone, tools, hostile answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editors.hosting import HostedExchange
from tests.editors.test_vscode_extension import Person, sitting_down
from tests.editors.vscode import VSCode
from tests.editors.vscode_chat import ACTIVE, COMPOSER, HANDLERS, ChatView
from tests.editors.waiting import LIMIT_SECONDS
from tests.fakes.chats import call_tool

pytestmark = pytest.mark.vscode

HOSTILE = """<script>window.top.postMessage("taken", "*")</script>

<img src="https://evil.example/pixel.png" onerror="alert(1)">

![a picture](https://evil.example/picture.png)

[run](javascript:alert(1)) [data](data:text/html,hello) [file](file:///etc/passwd)

[command](command:workbench.action.quit)

[a link](https://evil.example/page) <https://evil.example/auto> <iframe src="https://evil.example"></iframe>

<style>body { display: none }</style>

```html
<script src="https://evil.example/code.js"></script>
```
"""
WIDE = (
    "```python a_folder/with_a_long_name/and_a_file_in_it.py\n"
    + "a_very_long_line_of_code " * 12
    + "\n```\n\n"
    + "w" * 300
)


class Talker:
    """Someone in front of the chat view."""

    def __init__(self, person: Person) -> None:
        self.editor = person.editor
        self.host = person.host
        self.installation = person.installation
        self.person = person
        self.view = ChatView(person.editor)

    def ask(self, text: str) -> HostedExchange:
        """Send a turn; what the host gets."""
        self.view.say(text)
        return self.host.request()

    def talk(self, text: str, answer: str) -> None:
        """A turn and its whole answer."""
        exchange = self.ask(text)
        exchange.say(answer)
        exchange.done()
        self.view.editor.wait_until(lambda: self.is_over())

    def is_over(self) -> bool:
        return self.view.look("document.querySelector('.log').ariaBusy") == "false"

    def sent(self, name: str) -> list[dict[str, object]]:
        """The params of the chat requests of this name."""
        return self.installation.messages("->", f"lsp-llm/chat/{name}")


@pytest.fixture
def talker(extended_vscode: VSCode, tmp_path: Path) -> Iterator[Talker]:
    with sitting_down(extended_vscode, tmp_path) as person:
        talker = Talker(person)
        # The other path and the command behind it each start a server.
        talker.installation.wait_until(lambda: len(talker.installation.messages("->", "initialized")) == 2)
        try:
            extended_vscode.command("lspLlm.newChat")
            talker.view.clear()
            yield talker
        finally:
            picture(extended_vscode, tmp_path.name)


def picture(editor: VSCode, name: str) -> None:
    """For eyes, where the environment names a folder for it."""
    if folder := os.environ.get("EDITOR_PICTURES"):
        editor.screenshot(Path(folder, f"{name}.png"))


def test_an_answer_comes_as_it_is_made(talker: Talker) -> None:
    view = talker.view
    exchange = talker.ask("What is **this**?")
    view.wait_for("What is this?")
    exchange.say("It is *im")
    view.wait_for("It is *im")
    exchange.say("portant*.\n\n```python\na = 1")
    view.wait_for("a = 1")
    assert view.count(".prose em") == 1
    assert view.count(".code pre") == 1
    exchange.say("\n```\n")
    exchange.done()
    view.wait_for("9 tokens in, 3 out")
    assert len(view.turns()) == 2
    picture(talker.editor, "answer")


def test_what_is_typed_meanwhile_stays_and_the_answer_s_elements_too(talker: Talker) -> None:
    """What has come is not drawn anew with each delta: it can be selected, and it does not flicker."""
    view = talker.view
    exchange = talker.ask("Count")
    exchange.say("first\n\nsecond")
    view.wait_for("second")
    view.look("document.querySelector('.assistant p').marked = true")
    stream = exchange.stream_part([f" {number}" for number in range(40)], 0.02)
    talker.editor.type("And then?")
    stream.result(timeout=LIMIT_SECONDS)
    exchange.done()
    view.wait_for("tokens in")
    assert view.draft() == "And then?"
    assert view.look("document.querySelector('.assistant p').marked") is True
    assert view.focused() == COMPOSER


def test_escape_stops_and_the_answer_can_go_on(talker: Talker) -> None:
    view = talker.view
    exchange = talker.ask("Tell me")
    exchange.say("Once upon")
    view.wait_for("Once upon")
    talker.editor.press("Escape")
    exchange.wait_until_closed()
    view.wait_for("cancelled")
    assert view.focused() == COMPOSER
    talker.editor.push_in_view("Continue")
    following = talker.host.request()
    following.say(" a time.")
    view.wait_for("Once upon a time.")
    following.done()
    view.wait_for("tokens in")
    mine, answer = view.turns()
    assert "Tell me" in mine
    assert answer.startswith("Once upon a time.")
    assert "cancelled" not in answer
    assert len(talker.sent("continue")) == 1


def test_everything_can_be_done_by_keys(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    view.focus()
    editor.type("one")
    editor.press("Shift+Enter")
    editor.type("two")
    assert view.draft() == "one\ntwo"
    editor.press("Enter")
    exchange = talker.host.request()
    assert exchange.asked.endswith("one\ntwo")
    editor.wait_until(lambda: view.draft() == "")
    exchange.say("Here:\n\n```python\nshort = 1\n```\n\n[site](https://site.example)")
    exchange.done()
    editor.wait_until(talker.is_over)
    names = []
    for _ in range(7):
        editor.press("Shift+Tab")
        names.append(view.focused())
    picture(editor, "keys")
    assert names == ["Retry", "site", "short = 1", "Insert", "Copy", "Edit", "Chat"]
    editor.press("Alt+a")
    editor.press("v")
    view.wait_for_focus(COMPOSER)
    assert view.draft() == ""
    editor.press("Tab")
    assert view.focused() == "fake"
    for _ in range(4):
        editor.press("Shift+Tab")
    assert view.focused() == "short = 1"
    editor.press("Shift+Tab")
    editor.press("Enter")
    editor.wait_until(lambda: editor.text().startswith("short = 1\n"))


def test_a_block_is_applied_to_the_file_that_it_names(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    shop = talker.person.file.with_name("shop.py")
    shop.write_text("a = 41\nb = 1\n")
    name = str(shop.relative_to(editor.folder))
    exchange = talker.ask("What is a?")
    exchange.say(f"So:\n\n```python {name}\na = 42\nb = 1")
    view.wait_for("a = 42")
    assert view.count("button[aria-label^=Apply]") == 0
    exchange.say("\n```\n\nOr not:\n\n```python\na = 43\n```\n")
    exchange.done()
    editor.wait_until(talker.is_over)
    assert view.look("document.querySelector('button[aria-label^=Apply]').ariaLabel") == f"Apply to {name}"
    for _ in range(6):
        editor.press("Shift+Tab")
    assert view.focused() == f"Apply to {name}"
    picture(editor, "apply")
    editor.press("Enter")
    talker.person.wait_to_see("LLM: answer for shop.py")
    assert shop.read_text() == "a = 41\nb = 1\n"
    editor.command("lspLlm.accept")
    editor.wait_until(lambda: not editor.sees("LLM: answer for shop.py"))
    editor.open(shop)
    talker.person.wait_for_text("a = 42\nb = 1\n")


def test_a_block_that_cannot_be_applied_is_said_to_be_so(talker: Talker) -> None:
    talker.talk("Where is it?", "```sh ../outside.sh\nx\n```\n")
    talker.editor.push_in_view("Apply to ../outside.sh")
    talker.editor.wait_until(lambda: talker.editor.sees("../outside.sh lies outside"))


def test_a_tool_waits_for_its_allowance(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    (talker.person.file.parents[0] / "shop.py").write_text("a = 41\n")
    path = str((talker.person.file.parents[0] / "shop.py").relative_to(editor.folder))
    exchange = talker.ask("What is a?")
    talker.host.wait_for(call_tool(exchange._exchange, "read_file", {"path": path}))
    view.wait_for("Tool: read_file waits")
    picture(editor, "approval")
    assert "Waits for your approval" in view.look("document.querySelector('[role=status]').textContent")
    editor.push_in_view("Allow")
    following = talker.host.request()
    assert "a = 41" in following.asked
    view.wait_for("Tool: read_file done")
    assert view.focused() == COMPOSER
    following.say("It is 41.")
    following.done()
    view.wait_for("It is 41.")
    editor.wait_until(talker.is_over)
    # From the file it is the same as it came: one answer, with the call in it.
    assert len(view.turns()) == 2
    assert view.turns()[1].startswith("Tool: read_file done")


def test_a_tool_that_is_denied_is_not_run(talker: Talker) -> None:
    exchange = talker.ask("What is a?")
    talker.host.wait_for(call_tool(exchange._exchange, "read_file", {"path": "shop.py"}))
    talker.view.wait_for("read_file waits")
    talker.editor.push_in_view("Deny")
    talker.host.request().done()
    talker.view.wait_for("read_file failed")
    assert [params["decision"] for params in talker.sent("approveTool")] == ["deny"]


def test_a_hostile_answer_is_text_and_asks_for_nothing(talker: Talker) -> None:
    view = talker.view
    talker.talk("Attack", HOSTILE)
    view.wait_for('<script>window.top.postMessage("taken", "*")</script>')
    view.wait_for("onerror=")
    view.wait_for("[run](javascript:alert(1))")
    assert view.count(ACTIVE) == 0
    assert view.look(HANDLERS) == []
    assert view.count("a[role=link]") == 3
    talker.view.focus()
    assert [url for url in talker.editor.requested() if "evil.example" in url] == []
    picture(talker.editor, "hostile")


def test_the_page_takes_nothing_from_elsewhere(talker: Talker) -> None:
    """Were an answer to get through as HTML, it could still load and run nothing."""
    talker.view.focus()
    talker.view.look(
        """(() => {
          window.refused = [];
          const refuse = (event) => window.refused.push(event.effectiveDirective);
          document.addEventListener("securitypolicyviolation", refuse);
          const image = new Image();
          image.src = "https://evil.example/pixel.png";
          const script = document.createElement("script");
          script.textContent = "window.taken = true";
          document.body.append(image, script);
          fetch("https://evil.example/").catch(() => undefined);
        })()"""
    )
    wanted = {"img-src", "script-src-elem", "connect-src"}
    talker.editor.wait_until(lambda: set(talker.view.look("window.refused")) >= wanted)
    assert talker.view.look("window.taken") is None


def test_a_link_is_opened_by_a_click_alone_and_only_where_it_leads_to_the_web(talker: Talker) -> None:
    talker.talk("Where?", "[the site](https://site.example/page)")
    talker.editor.click_in_view("the site")
    talker.editor.wait_until(lambda: talker.editor.sees("https://site.example/page"))
    talker.editor.press("Escape")


def test_a_narrow_view_in_light_and_in_dark(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    talker.talk("A question that is long enough for a second line", f"# A title\n\nWords, `code` and\n\n{WIDE}")
    colours = []
    try:
        for theme in ("Default Dark Modern", "Default Light Modern", "Default High Contrast"):
            editor.configure("workbench", "colorTheme", theme)
            former = colours[-1:]
            editor.wait_until(lambda: [_colour(view)] != former)  # noqa: B023  It is asked before the next turn.
            colours.append(_colour(view))
            picture(editor, theme.split()[1].lower())
        editor.widen_side_bar(200)
        editor.wait_until(lambda: view.look("innerWidth") < 240)
        picture(editor, "narrow")
        assert view.look("document.querySelector('.log').scrollWidth <= document.querySelector('.log').clientWidth")
        assert view.look("document.documentElement.scrollWidth <= innerWidth")
    finally:
        editor.widen_side_bar(300)
        editor.configure("workbench", "colorTheme", None)
    assert len(set(colours)) > 1


def _colour(view: ChatView) -> str:
    return str(view.look("getComputedStyle(document.body).color"))


def test_the_end_is_in_view_until_the_user_looks_up(talker: Talker) -> None:
    view = talker.view
    exchange = talker.ask("Many lines")
    distance = "(() => { const log = document.querySelector('.log');"
    distance += " return log.scrollHeight - log.scrollTop - log.clientHeight; })()"
    exchange.say("".join(f"line {number}\n\n" for number in range(80)))
    view.wait_for("line 79")
    assert view.look(distance) < 2
    view.look("document.querySelector('.log').scrollTop = 0")
    exchange.say("".join(f"more {number}\n\n" for number in range(80)))
    view.wait_for("more 79")
    assert view.look("document.querySelector('.log').scrollTop") == 0
    exchange.done()


def test_an_earlier_turn_is_given_other_words_in_a_chat_of_its_own(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    talker.talk("1+1", "It is two")
    editor.push_in_view("Edit")
    view.wait_for_focus("Your turn, in other words")
    editor.press("End")
    editor.type("+1")
    editor.press("Enter")
    exchange = talker.host.request()
    assert exchange.asked.endswith("1+1+1")
    exchange.say("It is th")
    view.wait_for("It is th")
    # A stop reaches the new chat, whose id came before the answer.
    editor.press("Escape")
    exchange.wait_until_closed()
    view.wait_for("cancelled")
    assert [turn.splitlines()[0] for turn in view.turns()] == ["1+1+1", "It is th"]
    assert view.draft() == ""


def test_chats_are_found_by_their_words_named_and_deleted(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    talker.talk("The first of them", "apples")
    editor.command("lspLlm.newChat")
    editor.wait_until(lambda: view.turns() == [])
    talker.talk("Another one", "pears")
    _open(talker, "apples", "The first of them")
    view.wait_for("apples")
    view.run("LLM: Rename Chat")
    editor.wait_until(lambda: editor.sees("LLM: title of the chat"))
    editor.press("Control+a")
    editor.type("Fruit")
    editor.press("Enter")
    editor.wait_until(lambda: [params["title"] for params in talker.sent("rename")] == ["Fruit"])
    editor.wait_until(lambda: editor.sees("Fruit"))
    view.run("LLM: Delete Chat")
    editor.wait_until(lambda: editor.sees('Delete the chat "Fruit"?'))
    editor.press("Enter")
    editor.wait_until(lambda: view.turns() == [])
    assert len(talker.sent("delete")) == 1


def _open(talker: Talker, words: str, title: str) -> None:
    talker.view.run("LLM: Open Chat")
    talker.editor.wait_until(lambda: talker.editor.sees("LLM: chats"))
    talker.editor.type(words)
    talker.editor.wait_until(lambda: bool(talker.sent("list")) and talker.sent("list")[-1]["query"] == words)
    picture(talker.editor, "chats")
    talker.view.take(title)


def test_an_answer_goes_on_while_another_chat_is_shown(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    exchange = talker.ask("A long one")
    exchange.say("It begins")
    view.wait_for("It begins")
    editor.command("lspLlm.newChat")
    editor.wait_until(lambda: view.turns() == [])
    exchange.say(" and goes on")
    talker.talk("Meanwhile", "another")
    assert "begins" not in view.text()
    _open(talker, "A long one", "A long one")
    view.wait_for("It begins and goes on")
    exchange.say(" to its end")
    exchange.done()
    view.wait_for("It begins and goes on to its end")


def test_a_selection_goes_along(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    talker.person.select_function()
    talker.person.key("d")
    name = f"{talker.person.file.relative_to(editor.folder)}:7-12"
    view.wait_for(name)
    view.wait_for_focus(COMPOSER)
    editor.type("Why?")
    editor.press("Enter")
    exchange = talker.host.request()
    assert "total = total + weight * RATE" in exchange.asked
    exchange.say("Because.")
    exchange.done()
    editor.wait_until(talker.is_over)
    assert view.count(".contexts li") == 0


def test_a_failure_is_told_in_the_server_s_words_and_can_be_retried(talker: Talker) -> None:
    view = talker.view
    exchange = talker.ask("Hello?")
    talker.host.wait_for(exchange._exchange.answer(401, {"error": {"message": "no such key"}}))
    talker.editor.wait_until(lambda: view.count(".problem") == 1)
    assert "no such key" in view.text()
    talker.editor.command("notifications.clearAll")
    talker.editor.push_in_view("Retry")
    again = talker.host.request()
    again.say("Yes.")
    again.done()
    view.wait_for("Yes.")
    assert len(view.turns()) == 2
    assert view.count(".problem") == 0


def test_a_server_that_goes_in_the_middle_leaves_nothing_twice(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    exchange = talker.ask("Tell me")
    exchange.say("Half of")
    view.wait_for("Half of")
    editor.type("typed on")
    editor.command("lspLlm.restart")
    exchange.wait_until_closed()
    # The model is known from the chat's file alone, which the new server reads first.
    view.wait_for("a host driven by hand")
    editor.wait_until(lambda: "No server runs." not in view.text())
    editor.wait_until(talker.is_over)
    assert "Half of" in view.text()
    assert len(view.turns()) == 2
    assert view.draft() == "typed on"
    editor.command("notifications.clearAll")
    view.focus()
    for _ in "typed on":
        editor.press("Backspace")
    talker.talk("And then?", "the rest")
    assert [turn.splitlines()[0] for turn in view.turns()] == ["Tell me", "Half of", "And then?", "the rest"]


def test_without_a_server_what_was_typed_is_kept(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    talker.talk("Hello", "Good day")
    program = talker.installation.program
    editor.configure("lsp-llm", "path", "an-lsp-llm-that-is-not-there")
    view.wait_for("No server runs.")
    view.focus()
    editor.type("Still here")
    editor.press("Enter")
    assert view.draft() == "Still here"
    editor.configure("lsp-llm", "path", str(program))
    editor.wait_until(lambda: "No server runs." not in view.text())
    editor.press("Enter")
    exchange = talker.host.request()
    assert exchange.asked.endswith("Still here")
    exchange.done()
    assert [turn.splitlines()[0] for turn in view.turns()[:3]] == ["Hello", "Good day", "Still here"]


def test_thinking_is_folded(talker: Talker) -> None:
    exchange = talker.ask("Think")
    exchange.say("<think>Let me see.</think>It is so.")
    exchange.done()
    talker.view.wait_for("It is so.")
    assert talker.view.count("details.thinking:not([open])") == 1
    assert "Let me see" not in talker.view.text()


def test_a_closed_view_comes_back_as_it_was(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    exchange = talker.ask("Tell me")
    exchange.say("Before")
    view.wait_for("Before")
    editor.type("a draft")
    editor.command("workbench.view.explorer")
    exchange.say(" and behind")
    view.focus()
    view.wait_for("Before and behind")
    assert view.draft() == "a draft"
    exchange.done()
    editor.wait_until(talker.is_over)


def test_the_preset_of_the_chat_is_chosen(talker: Talker) -> None:
    view, editor = talker.view, talker.editor
    view.focus()
    view.wait_for("fake")
    editor.push_in_view("fake")
    editor.wait_until(lambda: editor.sees("LLM: preset"))
    editor.type("other")
    view.take("other")
    view.wait_for("other")
    exchange = talker.ask("Who are you?")
    assert exchange._exchange.json["model"] == "the other model"
    exchange.done()
