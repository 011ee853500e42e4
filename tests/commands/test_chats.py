from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lsp_llm.chat.conversation import Turn
from lsp_llm.chat.loop import GO_ON
from lsp_llm.chat.unsaved import WAITING
from lsp_llm.commands.cancel import Cancel, CancelOptions
from lsp_llm.commands.chats import FOLDER, SendOrder
from lsp_llm.errors import Unavailable, UserError
from lsp_llm.exchange.messages import Replay
from lsp_llm.exchange.outcome import FinishReason, Usage
from lsp_llm.exchange.tools import ToolCall, ToolSpec
from lsp_llm.records.journal import state_folder
from lsp_llm.status.events import Cancelled, Failed, Finished, Message, Queued, RequestSent
from lsp_llm.stream.events import Finish, ReplayGiven, Text, ToolCalled, UsageReported
from tests.commands.chat_desk import ChatDesk
from tests.context.folders import write
from tests.tools.worlds import KEY
from tests.turns import until


async def test_a_send_from_its_words_to_its_end(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    sending = desk.send(chat, "  Hello\r\nyou\n")
    request, source = await desk.request()
    assert [message.role for message in request.messages] == ["system", "user"]
    assert (request.messages[1].text, request.cache_key, request.tools) == ("  Hello\nyou", chat, ())
    source.say(Text("Hi"), UsageReported(Usage(5, 1)), Finish(FinishReason.STOP))
    source.queue.put_nowait(None)
    course = await sending.ended()
    assert (course.text, course.usage) == ("Hi", Usage(5, 1))
    assert [(turn.role, turn.text) for turn in desk.turns(chat)] == [("user", "  Hello\nyou"), ("assistant", "Hi")]
    uri = desk.chats.store.path(chat).as_uri()
    assert desk.log.of(sending.job_id)[:2] == [Queued(uri, "chat", "fake"), RequestSent("fake", "m")]
    assert await desk.log.end(sending.job_id) == Finished()
    entry = json.loads(desk.history.read_text())
    assert (entry["kind"], entry["preset"], entry["answer"], entry["outcome"]) == ("chat", "fake", "Hi", "finished")
    assert "answer complete, 1 tokens" in entry["statuses"]
    (row,) = desk.chat_services.usage.totals()
    assert (row.input_tokens, row.output_tokens, row.requests) == (5, 1, 1)
    left = json.loads((tmp_path / "left.jsonl").read_text())
    assert (left["preset"], left["files"]) == ("fake", [])


async def test_a_chat_is_called_by_its_first_words(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat, named = desk.create(), desk.create(title="Mine")
    for each in (chat, named):
        await desk.said(each, "word " * 20, "ok")
        await desk.said(each, "others", "ok")
    titles = {each.chat_id: each.title for each in desk.chats.store.chats()}
    assert titles == {chat: ("word " * 12)[:60] + "…", named: "Mine"}


async def test_a_title_is_neither_given_for_a_refused_send_nor_a_reason_to_refuse_one(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    path = desk.chats.store.path(chat)
    before = path.read_text()
    with pytest.raises(UserError, match="no preset"):
        desk.send(chat, "Why?", preset="nope")
    assert path.read_text() == before
    path.write_text("---\nmood: [\n---\n")
    await desk.said(chat, "Why?", "So.")
    assert [turn.text for turn in desk.turns(chat)] == ["Why?", "So."]
    assert path.read_text().startswith("---\nmood: [\n---\n")


async def test_which_preset(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create(preset="other")
    assert (await desk.said(chat, "x", "y")).model == "n"
    assert (await desk.said(chat, "x", "y", preset="spare")).model == "s"
    with pytest.raises(UserError, match="there is no preset"):
        desk.send(chat, "x", preset="nobody")
    assert len(desk.turns(chat)) == 4, "what is refused is not written"
    await desk.said(chat, "x", "y")
    with pytest.raises(UserError, match="there is no preset"):
        desk.create(preset="nobody")


async def test_other_presets_where_one_is_not_available(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create(preset="safe")
    sending = desk.send(chat, "x")
    _, source = await desk.request()
    source.fail(Unavailable("down"))
    request, source = await desk.request()
    assert request.model == "s"
    source.finish("from elsewhere")
    assert (await sending.ended()).text == "from elsewhere"
    assert Message("asking spare instead of safe", "warning") in desk.log.of(sending.job_id)
    desk.hosts.resting = {"fake"}
    assert (await desk.said(chat, "x", "y")).model == "s"


async def test_one_answer_at_a_time_in_a_chat(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat, other = desk.create(), desk.create()
    sending = desk.send(chat, "x")
    _, source = await desk.request()
    with pytest.raises(UserError, match="already"):
        desk.send(chat, "y")
    with pytest.raises(UserError, match="already"):
        conversation = desk.chats.store.load(chat).conversation
        desk.chats.answer(conversation, desk.page, desk.ear, "", "", lambda: None)
    with pytest.raises(UserError, match="stop it first"):
        desk.chats.delete(chat)
    await desk.said(other, "at the same time", "ok")
    source.finish("done")
    await sending.ended()
    await desk.said(chat, "y", "ok")
    desk.chats.delete(chat)
    with pytest.raises(UserError, match="not there any more"):
        desk.send(chat, "z")


async def test_stopped_before_it_began(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    sending = desk.send(chat, "x")
    assert desk.chats.cancel(chat) == (sending.job_id,)
    assert (await sending.ended()).finish == "cancelled"
    assert await desk.log.end(sending.job_id) == Cancelled()
    await desk.said(chat, "", "the file is free again")


async def test_a_wait_that_is_cancelled_stops_the_send_first(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    sending = desk.send(desk.create(), "x")
    _, source = await desk.request()
    source.say(Text("half"))
    await until(lambda: desk.ear.texts)
    waiting = asyncio.create_task(sending.ended())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert source.closed.is_set() and sending.task.done()
    assert desk.turns(sending.chat_id)[1].status == "cancelled"


async def test_a_failure_is_told_and_raised(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    sending = desk.send(desk.create(), "x")
    _, source = await desk.request()
    source.fail(Unavailable("down", "wait"))
    with pytest.raises(Unavailable):
        await sending.ended()
    assert await desk.log.end(sending.job_id) == Failed("down", "wait")


async def test_a_fault_of_ours_is_told_and_frees_the_chat(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    sending = desk.send(chat, "x")
    _, source = await desk.request()
    source.fail(RuntimeError("a bug"))
    with pytest.raises(RuntimeError):
        await sending.ended()
    assert await desk.log.end(sending.job_id) == Failed("a fault in lsp-llm: a bug", "see the log (--log-file)")
    assert "a bug" in caplog.text
    await desk.said(chat, "y", "ok")


async def test_the_command_stops_sends_too(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    sending = desk.send(desk.create(), "x")
    object.__setattr__(desk.chat_services, "sends", desk.jobs)
    assert Cancel().run(desk.chat_services, None, CancelOptions()) == {"cancelled": [sending.job_id]}
    await sending.ended()
    assert Cancel().run(desk.chat_services, None, CancelOptions(sending.job_id)) == {"cancelled": []}
    for unknown in ("chat-2", "chat-x", "chat-0"):
        with pytest.raises(UserError, match="no job"):
            Cancel().run(desk.chat_services, None, CancelOptions(unknown))


async def test_a_branch(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create(title="T", system="S", tools=[ToolSpec("weather", "")])
    await desk.said(chat, "one", "1")
    await desk.said(chat, "two", "2")
    branch = desk.chats.branch(chat, desk.turns(chat)[2].message_id, "three")
    sending = desk.send(branch.chat_id, "")
    request, source = await desk.request()
    assert [message.text for message in request.messages] == ["S", "one", "1", "three"]
    assert [tool.name for tool in request.tools] == ["weather"], "the client's tools go along"
    source.finish("3")
    await sending.ended()
    assert [turn.text for turn in desk.turns(chat)] == ["one", "1", "two", "2"]
    assert (branch.title, branch.system) == ("T", "S")
    with pytest.raises(UserError, match="not a message of the user"):
        desk.chats.branch(chat, desk.turns(chat)[1].message_id, "x")


async def test_what_is_offered(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    with pytest.raises(UserError, match="at most 64"):
        desk.create(tools=[ToolSpec("no name", "")])
    assert desk.chats.store.chats() == [], "nothing is made where something is refused"
    chat = desk.create(tools=[ToolSpec("weather", ""), ToolSpec("read_file", "mine")])
    desk.root = write(tmp_path / "root", {"a.py": "x"})

    async def offered(**order: str) -> list[str]:
        return [tool.name for tool in (await desk.said(chat, "x", "y", **order)).tools]

    assert (await offered())[-2:] == ["edit_file", "weather"]
    assert "weather" not in await offered(tools="ours")
    assert await offered(tools="none") == []
    desk.settings["tools"] = {"also": ["run_command"]}
    assert "run_command" in await offered()
    desk.settings["tools"] = {"enabled": False}
    assert await offered() == []
    said = [status.text for _, status in desk.log.told if isinstance(status, Message)]
    assert "The tool 'read_file' is left out: there is another of that name." in said


async def test_tools_reach_the_folder_and_secrets_stay_behind(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path, tools={"approve": "always"})
    desk.root = write(tmp_path / "root", {"a.py": f'key = "{KEY}"\n'})
    chat = desk.create()
    sending = desk.send(chat, f"Is {KEY} in a.py?")
    request, source = await desk.request()
    mark = request.messages[-1].text.split()[1]
    assert KEY not in str(request) and mark.startswith("REDACTED_SECRET_")
    calls = [
        ToolCall("1", "read_file", '{"path": "a.py"}'),
        ToolCall("2", "edit_file", json.dumps({"path": "a.py", "old_text": mark, "new_text": f"{mark}!"})),
    ]
    source.say(*map(ToolCalled, calls), Finish(FinishReason.TOOL_USE))
    source.queue.put_nowait(None)
    request, source = await desk.request()
    assert KEY not in str(request.messages)
    assert f'key = "{mark}"' in request.messages[-1].tool_results[0].text
    document, _ = desk.editor.documents[(desk.root / "a.py").as_uri()]
    assert document.text == f'key = "{KEY}!"\n'
    source.finish(f"Yes, {mark}.")
    assert (await sending.ended()).text == f"Yes, {KEY}."
    # The document has the user's own words; a new server finds other marks for them, and never the secret.
    assert desk.turns(chat)[0].text == f"Is {KEY} in a.py?"
    later = ChatDesk(tmp_path)
    request = await later.said(chat, "And?", "?")
    assert KEY not in str(request.messages)


async def test_a_secret_may_block_everything(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path, context={"secrets": "block"})
    sending = desk.send(desk.create(), f"Is {KEY} mine?")
    with pytest.raises(UserError, match="looks like a secret"):
        await sending.ended()
    desk = ChatDesk(tmp_path, context={"secrets": "send"})
    request = await desk.said(desk.create(), f"Is {KEY} mine?", "yes")
    assert KEY in request.messages[-1].text


async def test_what_is_set_about_secrets_counts_from_the_next_answer_on(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    assert KEY not in (await desk.said(chat, f"It is {KEY}", "yes")).messages[-1].text
    desk.settings["context"] = {"secrets": "block"}
    with pytest.raises(UserError, match="nothing was sent"):
        await desk.send(chat, "Again").ended()
    desk.settings["context"] = {"secrets": "send"}
    assert KEY in (await desk.said(chat, "And now", "yes")).messages[1].text


async def test_an_approval_and_a_result_for_nothing_are_mistakes(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    with pytest.raises(UserError, match='no call "1" waits for an approval'):
        desk.chats.approve(chat, "1", "allow")
    with pytest.raises(UserError, match='no call "1" waits for a result'):
        desk.chats.take_result(chat, "1", "", is_error=False)


async def test_what_the_host_wants_back_is_sent_back(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    sending = desk.send(chat, "x")
    _, source = await desk.request()
    replay = Replay("openai_chat", {"signature": "s"})
    source.say(Text("y"), ReplayGiven(replay), Finish(FinishReason.STOP))
    source.queue.put_nowait(None)
    await sending.ended()
    request = await ChatDesk(tmp_path).said(chat, "z", "ok")
    assert request.messages[2].replay == replay


async def test_a_replay_that_cannot_be_kept_costs_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    (tmp_path / "chats" / ".replay").write_text("a file where a folder would be")
    sending = desk.send(chat, "x")
    _, source = await desk.request()
    source.say(Text("y"), ReplayGiven(Replay("openai_chat", {})), Finish(FinishReason.STOP))
    source.queue.put_nowait(None)
    assert (await sending.ended()).text == "y"
    assert "is not kept" in caplog.text


async def test_what_a_full_disk_did_not_take_is_in_the_file_before_anything_else(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    disk = await desk.answered_without_room(chat)
    assert [turn.text for turn in desk.turns(chat)] == ["x"]
    assert desk.chats.problems(chat) == (WAITING,)
    with pytest.raises(UserError, match="the disk is full"):
        desk.send(chat, "y")
    disk.error = 0
    request = await desk.said(chat, "y", "another")
    assert [message.text for message in request.messages[1:]] == ["x", "an answer", "y"]
    assert [turn.text for turn in desk.turns(chat)] == ["x", "an answer", "y", "another"]
    assert desk.chats.problems(chat) == ()
    await desk.errands.close()


async def test_a_chat_that_waits_for_room_can_be_deleted(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    await desk.answered_without_room(chat)
    desk.chats.delete(chat)
    assert not desk.chats.store.path(chat).exists()
    await desk.errands.close()


async def test_nothing_to_answer(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    with pytest.raises(UserError, match="nothing to answer"):
        desk.send(chat, " \n")
    await desk.said(chat, "then there is", "yes")
    with pytest.raises(UserError, match="no message waits for an answer"):
        desk.send(chat, "")
    assert [turn.text for turn in desk.turns(chat)] == ["then there is", "yes"]


async def test_a_call_without_a_result_waits_for_an_answer(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    turns = [Turn("a", "user", "x"), Turn("b", "assistant", tool_calls=(ToolCall("1", "look", "{}"),))]
    chat = desk.chats.store.create("", "", "", turns).chat_id
    request = await desk.said(chat, "", "then without")
    assert [message.role for message in request.messages[1:]] == ["user", "assistant", "user"]


async def test_context_stands_at_the_beginning(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create(context="shop.py:\n\n```\ncode\n```")
    request = await desk.said(chat, "What is it?", "code")
    assert request.messages[-1].text == "shop.py:\n\n```\ncode\n```\n\nWhat is it?", "one message of the user's"


def test_where_chats_lie(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    desk.settings["chat"] = {}
    assert desk.chats.folder == state_folder() / FOLDER
    desk.settings["chat"] = {"directory": "notes/chats"}
    with pytest.raises(UserError, match="no folder is open"):
        _ = desk.chats.folder
    desk.root = tmp_path / "root"
    assert desk.chats.folder == tmp_path / "root" / "notes" / "chats"


async def cut_off(desk: ChatDesk, text: str, shown: str = "") -> str:
    """A chat whose answer was stopped behind this text, of which the file has what is shown, or all."""
    chat = desk.create()
    sending = desk.send(chat, "Tell me")
    _, source = await desk.request()
    source.say(Text(text))
    await until(lambda: desk.turns(chat)[-1].text == (shown or text))
    desk.chats.cancel(chat)
    await sending.ended()
    return chat


async def test_an_answer_that_was_cut_off_goes_on_in_its_file(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = await cut_off(desk, "Once")
    answer = desk.turns(chat)[-1]
    going = desk.chats.go_on(SendOrder(chat), desk.ear)
    request, source = await desk.request()
    assert [(m.role, m.text) for m in request.messages[1:]] == [
        ("user", "Tell me"), ("assistant", "Once"), ("user", GO_ON.text)
    ]  # fmt: skip
    with pytest.raises(UserError, match="an answer is coming"):
        desk.chats.go_on(SendOrder(chat), desk.ear)
    source.finish(" upon a time")
    course = await going.ended()
    assert (course.text, course.message_id) == (" upon a time", answer.message_id)
    whole = desk.turns(chat)
    assert [(turn.role, turn.text) for turn in whole] == [("user", "Tell me"), ("assistant", "Once upon a time")]
    assert (whole[1].status, whole[1].message_id) == ("done", answer.message_id)
    entry = json.loads(desk.history.read_text().splitlines()[-1])
    assert (entry["query"], entry["answer"]) == ("Tell me", " upon a time")


async def test_one_that_goes_on_twice_says_nothing_twice(tmp_path: Path) -> None:
    """As where a connection breaks behind a request, and the client sends it once more."""
    desk = ChatDesk(tmp_path)
    chat = await cut_off(desk, "Once")
    going = desk.chats.go_on(SendOrder(chat), desk.ear)
    _, source = await desk.request()
    source.say(Text(" upon"))
    await until(lambda: desk.turns(chat)[-1].text == "Once upon")
    desk.chats.cancel(chat)
    await going.ended()
    again = desk.chats.go_on(SendOrder(chat), desk.ear)
    request, source = await desk.request()
    assert request.messages[2].text == "Once upon", "from the new end"
    source.finish(" a time")
    await again.ended()
    assert [turn.text for turn in desk.turns(chat)] == ["Tell me", "Once upon a time"]
    with pytest.raises(UserError, match="not one that was cut off"):
        desk.chats.go_on(SendOrder(chat), desk.ear)


async def test_one_that_was_cut_off_between_two_lines_goes_on_below(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = await cut_off(desk, "Once.\n\n", "Once.")
    going = desk.chats.go_on(SendOrder(chat), desk.ear)
    request, source = await desk.request()
    assert request.messages[2].text == "Once.\n\n", "where it ends"
    source.finish("Upon a time.")
    assert (await going.ended()).text == "\n\nUpon a time."
    assert desk.turns(chat)[-1].text == "Once.\n\nUpon a time."
    assert desk.turns(chat)[-1].gap == ""


async def test_only_an_answer_at_the_end_can_go_on(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    half = Turn("b", "assistant", "Half", status="cut off")
    question = Turn("a", "user", "x")
    calls = Turn("b", "assistant", "I look.", tool_calls=(ToolCall("1", "look", "{}"),), status="cut off")
    for turns, sentence in (
        ((), "not one that was cut off: write a message to go on"),
        ((question, calls), "not one that was cut off"),
        ((question, half, Turn("c", "user", "And?")), "the last message has no answer yet"),
    ):
        chat = desk.chats.store.create("", "", "", turns).chat_id
        with pytest.raises(UserError, match=sentence):
            desk.chats.go_on(SendOrder(chat), desk.ear)
        desk.chats.store.writer(chat).release()


async def test_what_fails_before_a_word_leaves_the_former_answer(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = await cut_off(desk, "Once")
    before = desk.turns(chat)
    going = desk.chats.go_on(SendOrder(chat), desk.ear)
    _, source = await desk.request()
    source.fail(Unavailable("down"))
    with pytest.raises(Unavailable):
        await going.ended()
    assert desk.turns(chat) == before
