"""The chat as a user sees it: keys in, the screen out; a real server behind it, and the host of the model by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.chat.loop import GO_ON
from lsp_llm.tui.app import LATEST, Opening
from lsp_llm.tui.widgets.composer import PLACEHOLDER
from lsp_llm.tui.widgets.parts import Folded
from lsp_llm.tui.widgets.question_bar import QuestionBar
from tests.fakes.host import FakeHost
from tests.lsp.chat_client import answered, call, thought
from tests.tui.stage import Stage, asked, stage


async def exchanged(shown: Stage, host: FakeHost, text: str, answer: str) -> None:
    """One question and its answer."""
    await shown.say(text)
    await answered(await host.request(), answer)
    await shown.until(lambda: not shown.app.talk.is_answering and shown.app.talk.page[-1].text == answer)


async def test_an_answer_streams(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.shows("● Connected", "fake · m", "Write a message")
        await shown.say("Hello")
        request = await host.request()
        await shown.shows("You", "Hello", "waiting for the first word", "Esc stops")
        await request.say("Good ")
        await shown.shows("Good", "writing")
        await answered(request, "day.")
        await shown.shows("Good day.", "9 in · 3 out · cost 0.0390")
        await shown.hides("writing")
        assert asked(request) == [("user", "Hello")]
        await exchanged(shown, host, "And?", "Well.")
        await shown.shows("18 in · 6 out")


async def test_lines_are_broken_with_ctrl_j_and_sent_as_they_are(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.type("one")
        await shown.press("ctrl+j")
        await shown.type("[/two]")
        await shown.press("enter")
        request = await host.request()
        assert asked(request) == [("user", "one\n[/two]")]
        await answered(request, "[red]no markup[/] [/x]")
        await shown.shows("[/two]", "[red]no markup[/] [/x]")


async def test_a_conversation_goes_on_later(tmp_path: Path) -> None:
    async with FakeHost() as host:
        async with stage(tmp_path, host) as shown:
            await exchanged(shown, host, "Hello", "Good day.")
        async with stage(tmp_path, host, Opening(LATEST)) as shown:
            await shown.shows("Hello", "Good day.", "9 in · 3 out · cost 0.0390")
            await shown.say("Again")
            assert asked(await host.request()) == [("user", "Hello"), ("assistant", "Good day."), ("user", "Again")]


async def test_an_earlier_chat_is_found_by_what_was_said_in_it(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await exchanged(shown, host, "Apples", "They are green.")
        await shown.press("ctrl+n")
        await shown.shows("New chat")
        await exchanged(shown, host, "Pears", "They are yellow.")
        await shown.hides("green")
        await shown.press("ctrl+o")
        await shown.shows("Chats", "Apples", "Pears")
        await shown.type("GREEN")
        await shown.until(lambda: "  Pears" not in shown.screen and "  Apples" in shown.screen)
        await shown.press("enter")
        await shown.shows("They are green.")
        await shown.press("ctrl+o", "escape")
        await shown.shows("They are green.")


async def test_escape_stops_and_what_came_stays(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("Hello")
        request = await host.request()
        await request.say("Half an")
        await shown.shows("Half an")
        await shown.press("ctrl+n")
        await shown.shows("an answer is coming: Esc stops it")
        await shown.press("escape")
        await request.closed()
        await shown.shows("stopped: Ctrl+G has it go on", "Half an")
        await shown.press("ctrl+g")
        further = await host.request()
        assert asked(further)[1:] == [("assistant", "Half an"), ("user", GO_ON.text)]
        await shown.shows("waiting for the first word", "Half an")
        await thought(further, "Hm.")
        await further.say(" ans")
        await shown.shows("Half an ans", "▶ Thinking")
        await answered(further, "wer.")
        await shown.until(lambda: not shown.app.talk.is_answering)
        await shown.shows("Half an answer.")
        assert [turn.text for turn in shown.app.talk.page] == ["Hello", "Half an answer."], "no turn of the user's"
        (file,) = (tmp_path / "chats").glob("*.chat.md")
        assert file.read_text().count("## Assistant") == file.read_text().count("Half an") == 1


async def test_what_is_typed_meanwhile_is_sent_once_and_can_be_taken_back(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("One")
        request = await host.request()
        await shown.say("Two")
        await shown.say("Three")
        await shown.shows("Two", "Three", "2 messages wait until then", "not sent yet")
        await shown.press("up")
        await shown.until(lambda: shown.composer.text == "Three")
        shown.composer.clear()
        await answered(request, "1")
        request = await host.request()
        assert asked(request) == [("user", "One"), ("assistant", "1"), ("user", "Two")]
        await answered(request, "2")
        await shown.until(lambda: [turn.text for turn in shown.app.talk.page] == ["One", "1", "Two", "2"])


@pytest.mark.parametrize(
    ("keys", "said"), [(["tab", "enter"], "TAX"), (["tab", "l"], "TAX"), (["tab", "right", "right", "enter"], "denied")]
)
async def test_a_tool_waits_for_a_word(tmp_path: Path, keys: list[str], said: str) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        (tmp_path / "project/shop.py").write_text("TAX = 0.19\n")
        await shown.say("What is the tax?")
        await call(await host.request(), ("c1", "read_file", {"path": "shop.py"}), text="I look.")
        await shown.shows('read_file: {"path": "shop.py"}', "Allow (a)", "a tool waits for your word: Tab", "I look.")
        # Who is typing at that moment says nothing by it.
        await shown.press("a", "d", "l")
        assert (shown.composer.text, shown.app.query_one(QuestionBar).has_class("asking")) == ("adl", True)
        await shown.press(*keys)
        request = await host.request()
        assert said in request.json["messages"][-1]["content"]
        await shown.hides("Allow (a)")
        assert shown.composer.has_focus
        await answered(request, "It is 19 %.")
        await shown.shows("It is 19 %.", "▶ read_file")


async def test_a_change_is_shown_before_it_is_made(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        (tmp_path / "project/shop.py").write_text("TAX = 0.19\n")
        await shown.say("Raise it")
        change = {"path": "shop.py", "old_text": "TAX = 0.19", "new_text": "TAX = 0.20"}
        await call(await host.request(), ("c1", "edit_file", change))
        await shown.shows("shop.py", "- TAX = 0.19", "+ TAX = 0.20")
        assert (tmp_path / "project/shop.py").read_text() == "TAX = 0.19\n"
        await shown.press("tab", "a")
        request = await host.request()
        assert (tmp_path / "project/shop.py").read_text() == "TAX = 0.20\n"
        await answered(request, "Done.")
        await shown.shows("Done.")


async def test_thinking_is_folded(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("Hello")
        request = await host.request()
        await request._event({"choices": [{"index": 0, "delta": {"reasoning_content": "Who is it?"}}]})
        await shown.shows("▶ Thinking", "thinking · Esc stops")
        await answered(request, "Good day.")
        await shown.shows("Good day.")
        assert "Who is it?" not in shown.screen
        shown.app.query_one(Folded).collapsed = False
        await shown.shows("Who is it?")


async def test_a_message_is_edited_in_a_branch(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await exchanged(shown, host, "Apples", "Green.")
        await exchanged(shown, host, "Pears", "Yellow.")
        await shown.press("up")
        await shown.shows("c Copy")
        assert "e Edit" not in shown.screen, "these are not the user's words"
        await shown.press("up")
        await shown.shows("e Edit", "c Copy")
        await shown.press("e")
        await shown.shows("Other words for this message")
        assert shown.composer.text == "Pears"
        before = shown.app.talk.chat_id
        shown.composer.load_text("Plums")
        await shown.press("enter")
        request = await host.request()
        assert asked(request) == [("user", "Apples"), ("assistant", "Green."), ("user", "Plums")]
        await answered(request, "Blue.")
        await shown.shows("Plums", "Blue.")
        assert "Pears" not in shown.screen and shown.app.talk.chat_id != before
        await shown.until(lambda: all(turn.message_id for turn in shown.app.talk.page))
        await shown.until(lambda: shown.transcript.last and shown.transcript.last.turn.message_id)
        shown.app.action_edit_last()
        await shown.shows("Other words")
        await shown.press("escape")
        assert (shown.composer.text, shown.composer.border_title) == ("", "")


async def test_code_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        copied: list[str] = []
        monkeypatch.setattr(shown.app, "copy_to_clipboard", copied.append)
        await shown.press("ctrl+b")
        await shown.shows("there is no block of code here")
        # What is told does not hide what is typed, nor the state of the connection.
        assert f"{'─' * 78}╮\n│ {PLACEHOLDER}" in shown.screen
        assert shown.screen.splitlines()[0].endswith("Connected")
        await exchanged(shown, host, "Code", "So:\n\n```python\na = 1\n```")
        await shown.until(lambda: shown.transcript.code_blocks)
        await shown.press("ctrl+b")
        await shown.until(lambda: copied)
        await exchanged(shown, host, "More", "```\nb = 2\n```")
        await shown.until(lambda: len(shown.transcript.code_blocks) == 2)
        await shown.press("ctrl+b")
        await shown.shows("Copy", "type to search")
        await shown.press("down", "enter")
        await shown.until(lambda: len(copied) == 2)
        await shown.press("up", "c")
        assert [text.strip() for text in copied] == ["a = 1", "a = 1", "```\nb = 2\n```"]


async def test_another_preset_and_another_model(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.press("ctrl+t")
        await shown.shows("Presets", "anthropic-fast")
        await shown.type("n (fake")
        await shown.shows("other  n (fake)")
        await shown.press("enter")
        await shown.shows("other · n")
        await shown.press("ctrl+l")
        listing = await host.request()
        assert listing.path.endswith("/models")
        await listing.answer(200, {"data": [{"id": "n"}, {"id": "z-large"}]})
        await shown.shows("Models of fake", "z-large")
        await shown.press("z", "enter")
        await shown.shows("other · z-large")
        await shown.say("Hello")
        request = await host.request()
        assert request.json["model"] == "z-large"


FAULTS: list[tuple[int, dict[str, str], str]] = [
    (401, {}, "Invalid key: "),
    (429, {"Retry-After": "600"}, "Rate limit: "),
    (404, {}, "The host knows no such model"),
]


@pytest.mark.parametrize(("status", "headers", "said"), FAULTS)
async def test_a_failure_is_told_and_asked_again_when_the_user_says_so(
    tmp_path: Path, status: int, headers: dict[str, str], said: str
) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("Hello")
        await (await host.request()).answer(status, {"error": {"message": "no"}}, headers)
        await shown.shows(said, "the last message has no answer: Enter asks again")
        await shown.press("enter")
        request = await host.request()
        assert asked(request) == [("user", "Hello")]
        await answered(request, "Good day.")
        await shown.shows("Good day.")
        await shown.hides(said)


async def test_an_answer_that_is_none_is_a_malformed_one(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("Hello")
        request = await host.request()
        await request.say("Half")
        await request.end()
        await shown.shows("Malformed answer: ", "Half", "failed: Ctrl+G has it go on")


async def test_a_host_that_says_nothing_is_a_timeout(tmp_path: Path) -> None:
    fast = (
        '[providers.slow]\ndialect = "openai_chat"\nbase_url = "{}"\nauth = "none"\nfirst_token_timeout_seconds = 0.2\n'
    )
    async with FakeHost() as host:
        more = fast.format(host.base_url) + '[presets.slow]\nprovider = "slow"\nmodel = "m"\n'
        async with stage(tmp_path, host, Opening(preset="slow"), more) as shown:
            await shown.say("Hello")
            await shown.shows("Timeout: ")


async def test_the_rate_limit_counts_down_and_what_is_typed_waits(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("One")
        await (await host.request()).answer(429, {"error": {"message": "slow"}}, {"Retry-After": "2"})
        await shown.shows("rate limit: asked again in")
        await shown.say("Two")
        await shown.shows("1 message waits until then")
        await answered(await host.request(), "1")
        request = await host.request()
        assert asked(request)[-1] == ("user", "Two")


async def test_a_rate_limit_that_was_too_long_to_wait_is_asked_again_by_itself(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("One")
        await (await host.request()).answer(429, {"error": {"message": "slow"}}, {"Retry-After": "600"})
        await shown.shows("Asked again in 600 s.")
        fault = shown.app.talk.fault
        assert fault is not None
        shown.app._since_seconds = fault, shown.app._since_seconds[1] - 600
        await answered(await host.request(), "1")
        await shown.hides("Rate limit")


async def test_the_screen_stays_where_the_user_reads(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("Hello")
        request = await host.request()
        lines = "\n\n".join(f"line {number}" for number in range(60))
        await request.say(lines)
        await shown.shows("line 59")
        shown.transcript.scroll_home(animate=False)
        await shown.shows("line 3")
        await request.say("\n\nthe end")
        await shown.until(lambda: shown.app.talk.page[-1].text.endswith("the end"))
        await shown.pilot.pause()
        assert "the end" not in shown.screen
        await request.done()
        await shown.say("Again")
        await shown.shows("the end", "Again")


async def test_a_flood_is_drawn_a_few_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        frames = 0
        draw = shown.app._draw

        async def counted() -> None:
            nonlocal frames
            frames += 1
            await draw()

        monkeypatch.setattr(shown.app, "_draw", counted)
        await shown.say("Hello")
        request = await host.request()
        for number in range(1000):
            await request.say(f"{number} ")
        await request.done()
        await shown.until(lambda: shown.app.talk.page[-1].text.endswith(" 999") and not shown.app.talk.is_answering)
        assert frames < 500


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (200, 1), (80, 4), (0, 0)])
async def test_a_terminal_of_any_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await shown.say("Hello")
        request = await host.request()
        await request.say("```python\na = 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
        await shown.pilot.resize_terminal(*size)
        await request.say("more")
        await shown.press("ctrl+o", "escape")
        await request.done()
        await shown.until(lambda: not shown.app.talk.is_answering)
        await shown.pilot.resize_terminal(80, 24)
        await shown.shows("more", "Connected")


async def test_with_no_color_it_is_grey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await exchanged(shown, host, "Hello", "**Bold** and `code`")
        assert {len(set(colour)) for colour in shown.colours} == {1}
    monkeypatch.delenv("NO_COLOR")
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        assert {len(set(colour)) for colour in shown.colours} > {1}


async def test_themes_and_actions_are_in_the_palette(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host) as shown:
        await exchanged(shown, host, "Hello", "```python\na = 1\n```")
        for theme in ("textual-light", "nord", "ansi-dark"):
            assert theme in shown.app.available_themes
            shown.app.theme = theme
            await shown.shows("a = 1")
        await shown.press("ctrl+p")
        await shown.shows("Search for commands")
        await shown.type("edit the last")
        await shown.shows("Say it in other words")
        await shown.press("enter")
        await shown.shows("Other words")


async def test_a_chat_or_a_preset_that_there_is_not(tmp_path: Path) -> None:
    async with FakeHost() as host:
        async with stage(tmp_path, host, Opening("gone")) as shown:
            await shown.shows("this chat is not there any more")
        async with stage(tmp_path, host, Opening(preset="fak")) as shown:
            await shown.say("Hello")
            await shown.shows('"fak"', "1 message waits until you press Enter")


async def test_the_latest_of_no_chats_is_a_new_one(tmp_path: Path) -> None:
    async with FakeHost() as host, stage(tmp_path, host, Opening(LATEST)) as shown:
        await exchanged(shown, host, "Hello", "Good day.")
        (file,) = (tmp_path / "chats").glob("*.chat.md")
        assert "Good day." in file.read_text()


async def test_of_a_long_chat_the_end_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lsp_llm.tui.widgets.transcript.MOST_TURNS", 2)
    async with FakeHost() as host:
        async with stage(tmp_path, host) as shown:
            for number in range(2):
                await exchanged(shown, host, f"question {number}", f"answer {number}")
        async with stage(tmp_path, host, Opening(LATEST)) as shown:
            await shown.shows("2 earlier turns are in the chat's file", "answer 1")
            assert "answer 0" not in shown.screen
