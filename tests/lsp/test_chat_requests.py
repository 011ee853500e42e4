"""Chats by requests: the real server, a small client, a host by hand."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lsp_llm.chat.store import ChatSummary
from lsp_llm.chat.unsaved import WAITING
from lsp_llm.commands.chat_shapes import ChatOptions, ListOptions
from lsp_llm.lsp.chat_requests import ChatRequests
from tests.commands.chat_desk import ChatDesk
from tests.fakes.host import LIMIT_SECONDS, FakeHost
from tests.fakes.lsp_client import Refusal
from tests.lsp.chat_client import ChatClient, answered, call
from tests.tools.mcp_servers import SERVER

WEATHER = {
    "name": "weather",
    "description": "the weather of a town",
    "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
}


async def test_three_turns_with_a_tool_call(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        (client.root / "shop.py").write_text("TAX = 0.19\n")
        chat = await client.create(preset="fake")
        first = client.sending(chat, "Hello")
        request = await host.request()
        assert [m["role"] for m in request.json["messages"]] == ["system", "user"]
        assert "read_file" in [tool["function"]["name"] for tool in request.json["tools"]]
        await request.say("Good ")
        await first.said("Good ")
        assert "Good " in client.file(chat), "what has come is in the file at once"
        await answered(request, "day.")
        result = await first.answer
        assert (result["text"], result["finishReason"], result["chatId"]) == ("Good day.", "stop", chat)
        assert result["usage"]["inputTokens"] == 9

        second = client.sending(chat, "What is the tax?")
        await call(await host.request(), ("c1", "read_file", {"path": "shop.py"}), text="I look.")
        asked = await second.part("toolCall", needsApproval=True)
        assert (asked["callId"], asked["name"], json.loads(asked["arguments"])) == (
            "c1",
            "read_file",
            {"path": "shop.py"},
        )
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c1", "decision": "allow"})
        came = await second.part("toolResult", callId="c1")
        assert "TAX = 0.19" in came["text"] and not came["isError"]
        request = await host.request()
        *_, called, told = request.json["messages"]
        assert (called["role"], called["content"], told["role"]) == ("assistant", "I look.", "tool")
        assert "TAX = 0.19" in told["content"]
        await answered(request, "It is 19 %.")
        result = await second.answer
        assert result["text"] == second.text == "I look.\n\nIt is 19 %."
        assert [made["name"] for made in result["toolCalls"]] == ["read_file"]
        assert result["usage"]["outputTokens"] == 6, "both answers count"

        third = client.sending(chat, "Thanks")
        request = await host.request()
        roles = [message["role"] for message in request.json["messages"]]
        assert roles == ["system", "user", "assistant", "user", "assistant", "tool", "assistant", "user"]
        await answered(request, "Welcome.")
        await third.answer
        kinds = [(m["role"], m["text"]) for m in await client.messages_of(chat)]
        assert kinds == [
            ("user", "Hello"), ("assistant", "Good day."), ("user", "What is the tax?"), ("assistant", "I look."),
            ("user", ""), ("assistant", "It is 19 %."), ("user", "Thanks"), ("assistant", "Welcome."),
        ]  # fmt: skip
        assert client.file(chat).endswith("## User\n\n"), "the document shows where to type"


async def test_the_statuses_are_those_of_a_job_and_the_tokens_are_counted(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        sending = client.sending(await client.create(), "Hi", workDoneToken="mine")
        await answered(await host.request(), "Ho")
        await sending.answer
        job_id = client.statuses()[0]["jobId"]
        assert (await client.ended(job_id))["kind"] == "finished"
        kinds = [status["kind"] for status in client.statuses() if status["jobId"] == job_id]
        assert kinds == ["queued", "requestSent", "streaming", "requestCompleted", "finished"]
        shown = [n["params"] for n in client.notifications if n["method"] == "$/progress"]
        assert [p["value"]["kind"] for p in shown if p["token"] == "mine"][::2] != []
        assert [p["value"]["kind"] for p in shown if p["token"] == "mine"][-1] == "end"
        (row,) = (await client.request("lsp-llm/usage", {}))["totals"]
        assert (row["inputTokens"], row["outputTokens"]) == (9, 3)
        entry = json.loads((client.home / "state/lsp-llm/history.jsonl").read_text())
        assert (entry["kind"], entry["query"], entry["answer"], entry["outcome"]) == ("chat", "Hi", "Ho", "finished")


async def test_a_denial_is_told_to_the_model(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        sending = client.sending(chat, "List")
        await call(await host.request(), ("c1", "list_files", {}))
        await sending.part("toolCall", callId="c1", needsApproval=True)
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c1", "decision": "deny"})
        assert (await sending.part("toolResult"))["isError"]
        request = await host.request()
        assert "denied" in request.json["messages"][-1]["content"]
        await answered(request, "As you like.")
        await sending.answer


async def test_a_yes_for_good_holds_in_this_chat_and_in_no_other(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat, other = await client.create(), await client.create()
        sending = client.sending(chat, "List")
        await call(await host.request(), ("c1", "list_files", {}))
        await sending.part("toolCall", callId="c1", needsApproval=True)
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c1", "decision": "always"})
        await call(await host.request(), ("c2", "list_files", {}))
        assert (await sending.part("toolCall", callId="c2"))["needsApproval"] is False
        await answered(await host.request(), "Done.")
        await sending.answer
        elsewhere = client.sending(other, "List")
        await call(await host.request(), ("c1", "list_files", {}))
        await elsewhere.part("toolCall", needsApproval=True)
        await client.request("lsp-llm/chat/cancel", {"chatId": other})
        assert (await elsewhere.answer)["finishReason"] == "cancelled"


async def test_without_partial_results_the_user_is_asked_by_a_message(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:

        def allow(message: Any) -> None:
            assert "list_files" in message["params"]["message"]
            client.send({"id": message["id"], "result": {"title": "Allow once"}})

        client.answers["window/showMessageRequest"] = allow
        chat = await client.create(tools=[WEATHER])
        sent = asyncio.create_task(client.request("lsp-llm/chat/send", {"chatId": chat, "text": "List"}))
        request = await host.request()
        names = [tool["function"]["name"] for tool in request.json["tools"]]
        assert "weather" not in names, "the client would not hear of a call of its own tool"
        await call(request, ("c1", "list_files", {}))
        await answered(await host.request(), "Nothing there.")
        assert (await sent)["text"] == "Nothing there."


async def test_messages_come_one_after_the_other(tmp_path: Path) -> None:
    """Many calls in one answer are no wall of messages, and none stays that means nothing any more."""
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        asked: asyncio.Queue[Any] = asyncio.Queue()
        client.answers["window/showMessageRequest"] = asked.put_nowait
        chat = await client.create()
        sent = asyncio.create_task(client.request("lsp-llm/chat/send", {"chatId": chat, "text": "List"}))
        calls = [("c2", "read_file", {"path": "a"}), ("c3", "diagnostics", {})]
        await call(await host.request(), *calls, ("c4", "list_files", {}), ("c5", "list_files", {}))
        message = await asked.get()
        assert "read_file" in message["params"]["message"]
        client.send({"id": message["id"], "result": None})
        message = await asked.get()
        assert "diagnostics" in message["params"]["message"], "who says nothing is asked the next"
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c3", "decision": "deny"})
        late, message = message, await asked.get()
        assert "list_files" in message["params"]["message"], "what was decided elsewhere is asked no more"
        client.send({"id": late["id"], "result": {"title": "Always in this chat"}})
        client.send({"id": message["id"], "result": {"title": "Always in this chat"}})
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c2", "decision": "deny"})
        await answered(await host.request(), "Nothing there.")
        assert (await sent)["text"] == "Nothing there."
        assert (client.asked("window/showMessageRequest"), asked.qsize()) == (3, 0)


async def test_a_tool_of_the_client_is_carried_out_by_the_client(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"approve": "always"}) as client:
        chat = await client.create(tools=[WEATHER])
        sending = client.sending(chat, "Weather in Ulm and Bonn?")
        towns = [("c1", "weather", {"town": "Ulm"}), ("c2", "weather", {"town": "Bonn"}), ("c3", "weather", {})]
        await call(await host.request(), *towns)
        for call_id, said in (("c2", "rain"), ("c1", "sun")):
            await sending.part("toolCall", callId=call_id, needsApproval=False)
            result = {"chatId": chat, "callId": call_id, "text": said, "isError": call_id == "c2"}
            assert await client.request("lsp-llm/chat/toolResult", result) is None
        request = await host.request()
        told = [m["content"] for m in request.json["messages"] if m["role"] == "tool"]
        assert (told[0], told[1]) == ("sun", "rain"), "in the order of the calls"
        assert "town is missing" in told[2], "what cannot be meant is not carried out"
        await answered(request, "Mixed.")
        await sending.answer
        with pytest.raises(Refusal, match="no call"):
            await client.request("lsp-llm/chat/toolResult", result)


async def test_stopped_in_the_middle(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        sending = client.sending(chat, "Count")
        request = await host.request()
        await request.say("One, two")
        await sending.said("One, two")
        cancelled = await client.request("lsp-llm/chat/cancel", {"chatId": chat})
        assert cancelled == {"cancelled": ["chat-1"]}
        result = await sending.answer
        assert (result["text"], result["finishReason"]) == ("One, two", "cancelled")
        await request.closed()
        assert (await client.ended("chat-1"))["kind"] == "cancelled"
        assert [m.get("status") for m in await client.messages_of(chat)] == [None, "cancelled"]
        assert (await client.request("lsp-llm/chat/cancel", {"chatId": chat})) == {"cancelled": []}
        # It goes on from there, and the stopped answer is part of it.
        again = client.sending(chat, "Go on")
        request = await host.request()
        assert [m["content"] for m in request.json["messages"][1:]] == ["Count", "One, two", "Go on"]
        await answered(request, "three")
        await again.answer


async def test_a_request_that_is_cancelled_stops_the_send(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        sending = client.sending(chat, "Count")
        request = await host.request()
        await request.say("One")
        await sending.said("One")
        client.notify("$/cancelRequest", {"id": sending.request_id})
        with pytest.raises(Refusal) as caught:
            await sending.answer
        assert caught.value.code == -32800
        await request.closed()
        assert [m.get("status") for m in await client.messages_of(chat)] == [None, "cancelled"]


async def test_stopped_while_a_tool_waits_keeps_what_the_others_gave(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"approve": "always"}) as client:
        chat = await client.create(tools=[WEATHER])
        sending = client.sending(chat, "Weather?")
        await call(await host.request(), ("c1", "list_files", {}), ("c2", "weather", {"town": "Ulm"}))
        await sending.part("toolResult", callId="c1")
        await client.request("lsp-llm/chat/cancel", {"chatId": chat})
        await sending.answer
        results = (await client.messages_of(chat))[-1]["toolResults"]
        assert [(r["callId"], r["isError"]) for r in results] == [("c1", False), ("c2", True)]


async def test_editing_a_message_branches(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create(title="Sums")
        for text, reply in (("1+1", "2"), ("2+2", "4")):
            sending = client.sending(chat, text)
            await answered(await host.request(), reply)
            await sending.answer
        before = client.file(chat)
        message = (await client.messages_of(chat))[2]
        branch = client.sending(chat, "3+3", "edit", messageId=message["messageId"])
        request = await host.request()
        assert [m["content"] for m in request.json["messages"][1:]] == ["1+1", "2", "3+3"]
        await answered(request, "6")
        result = await branch.answer
        assert result["chatId"] != chat
        assert branch.parts[0] == {"kind": "chat", "chatId": result["chatId"]}
        assert [m["text"] for m in await client.messages_of(result["chatId"])] == ["1+1", "2", "3+3", "6"]
        assert client.file(chat) == before
        with pytest.raises(Refusal, match="no message"):
            await client.request("lsp-llm/chat/edit", {"chatId": chat, "messageId": "gone", "text": "x"})


async def test_two_chats_at_once_and_two_sends_in_one(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        first, second = await client.create(), await client.create()
        one = client.sending(first, "one")
        request_one = await host.request()
        two = client.sending(second, "two")
        request_two = await host.request()
        with pytest.raises(Refusal, match="already") as caught:
            await client.request("lsp-llm/chat/send", {"chatId": first, "text": "again"})
        assert caught.value.code == -32803
        await request_two.say("Second")
        await two.said("Second")
        await request_one.say("First")
        await one.said("First")
        await request_one.done()
        await request_two.done()
        assert [(await one.answer)["text"], (await two.answer)["text"]] == ["First", "Second"]
        assert [m["text"] for m in await client.messages_of(first)] == ["one", "First"]


async def test_a_new_server_goes_on_and_two_servers_see_each_other(tmp_path: Path) -> None:
    async with FakeHost() as host:
        async with ChatClient(host, tmp_path) as client:
            chat = await client.create()
            sending = client.sending(chat, "My name is Ada")
            await answered(await host.request(), "Hello Ada")
            await sending.answer
        async with ChatClient(host, tmp_path) as here, ChatClient(host, tmp_path) as there:
            sending = here.sending(chat, "Who am I?")
            request = await host.request()
            assert [m["content"] for m in request.json["messages"][1:]] == ["My name is Ada", "Hello Ada", "Who am I?"]
            with pytest.raises(Refusal, match="already"):
                await there.request("lsp-llm/chat/send", {"chatId": chat, "text": "I too"})
            await request.say("Ad")
            await sending.said("Ad")
            assert (await there.messages_of(chat))[-1]["text"] == "Ad", "as it comes"
            await answered(request, "a")
            await sending.answer
            sending = there.sending(chat, "Sure?")
            request = await host.request()
            assert request.json["messages"][-2]["content"] == "Ada"
            await answered(request, "Yes")
            await sending.answer
            assert [m["text"] for m in await here.messages_of(chat)][-1] == "Yes"


async def test_killed_in_the_middle(tmp_path: Path) -> None:
    async with FakeHost() as host:
        async with ChatClient(host, tmp_path) as client:
            chat = await client.create()
            sending = client.sending(chat, "Tell")
            request = await host.request()
            await request.say("Once upon a time")
            await sending.said("Once upon a time")
            sending.answer.cancel()
            client.process.kill()
            await client.process.wait()
        async with ChatClient(host, tmp_path) as client:
            turns = await client.messages_of(chat)
            assert [(m["text"], m.get("status")) for m in turns] == [("Tell", None), ("Once upon a time", "unknown")]
            sending = client.sending(chat, "Go on")
            await answered(await host.request(), "there was")
            await sending.answer


async def test_list_find_rename_delete(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        first, second = await client.create(title="Tax"), await client.create()
        sending = client.sending(second, "A question on\nbaking bread " + "x" * 80)
        await answered(await host.request(), "Flour!")
        await sending.answer
        listed = (await client.request("lsp-llm/chat/list", {}))["chats"]
        assert {item["chatId"]: item["title"][:28] for item in listed} == {
            first: "Tax", second: "A question on baking bread x"
        }  # fmt: skip
        found = (await client.request("lsp-llm/chat/list", {"query": "flour"}))["chats"]
        assert [item["chatId"] for item in found] == [second]
        assert await client.request("lsp-llm/chat/rename", {"chatId": second, "title": "Bread"}) is None
        assert (await client.request("lsp-llm/chat/get", {"chatId": second}))["title"] == "Bread"
        assert await client.request("lsp-llm/chat/delete", {"chatId": second}) is None
        for method in ("get", "delete"):
            with pytest.raises(Refusal, match="not there any more"):
                await client.request(f"lsp-llm/chat/{method}", {"chatId": second})
        for chat_id in ("../x", "a/b"):
            with pytest.raises(Refusal, match="there is no chat"):
                await client.request("lsp-llm/chat/get", {"chatId": chat_id})


async def test_what_goes_along(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        (client.root / "a b.py").write_text("x = 1\n")
        (client.root / ".env").write_text("no\n")
        uri = (client.root / "open.py").as_uri()
        client.open(uri, "one\ntwo\nthree\n")
        hidden = (client.root / ".env").as_uri()
        client.open(hidden, "no\n")
        selected = {"start": {"line": 1, "character": 0}, "end": {"line": 3, "character": 0}}
        chat = await client.create(context=[{"type": "selection", "uri": uri, "range": selected}])
        context = [{"type": "file", "path": "a b.py"}, {"type": "buffer", "uri": uri}, {"type": "project"}]
        sending = client.sending(chat, "What is it?", context=context)
        request = await host.request()
        system, user = request.json["messages"]
        assert "x = 1" in system["content"] and "one\ntwo\nthree" in system["content"]
        assert user["content"] == (
            'open.py, lines 2 to 3:\n\n```python\ntwo\nthree\n```\n\nWhat is it?\n\n@"a b.py"\n\n@open.py'
        )
        await answered(request, "Code.")
        await sending.answer
        for bad, said in (
            ([{"type": "nonsense"}], "context"),
            ([{"type": "buffer", "uri": "file:///gone"}], "not open"),
            ([{"type": "buffer", "uri": hidden}], ".env"),
        ):
            with pytest.raises(Refusal, match=said):
                await client.request("lsp-llm/chat/send", {"chatId": chat, "text": "?", "context": bad})


async def test_over_the_budget_the_oldest_turns_are_left_out(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"approve": "always"}) as client:
        (client.root / "f.txt").write_text("content\n")
        chat = await client.create(system="Be brief.")
        first = client.sending(chat, "old " * 300)
        await call(await host.request(), ("c1", "read_file", {"path": "f.txt"}))
        await answered(await host.request(), "older " * 300)
        await first.answer
        small = {"context": {"max_tokens": 2400}}
        async with ChatClient(host, tmp_path, **small) as narrow:
            second = narrow.sending(chat, "new " * 400)
            request = await host.request()
            assert [m["role"] for m in request.json["messages"]] == ["system", "user"]
            assert request.json["messages"][-1]["content"].startswith("new ")
            await answered(request, "ok")
            await second.answer
            notes = [status["text"] for status in narrow.statuses("message")]
            assert notes == ["the oldest turns were left out to fit the model's context: 4 of 5"]


@pytest.mark.parametrize(
    ("params", "code", "said"),
    [
        ({"text": "x"}, -32602, "chatId"),
        ({"chatId": "gone", "text": "x"}, -32803, "not there any more"),
        ({"chatId": "gone", "txt": "x"}, -32602, 'no argument "txt"'),
    ],
)
async def test_a_mistake_is_a_sentence(tmp_path: Path, params: Any, code: int, said: str) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        with pytest.raises(Refusal, match=said) as caught:
            await client.request("lsp-llm/chat/send", params)
        assert caught.value.code == code


async def test_a_failure_keeps_what_came_and_says_what_to_do(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        sending = client.sending(chat, "Tell")
        request = await host.request()
        await request.say("Once")
        await sending.said("Once")
        request.break_connection()
        with pytest.raises(Refusal) as caught:
            await sending.answer
        assert caught.value.code == -32803
        assert [m.get("status") for m in await client.messages_of(chat)] == [None, "failed"]
        with pytest.raises(Refusal, match="nothing to answer"):
            await client.request("lsp-llm/chat/send", {"chatId": await client.create()})
        with pytest.raises(Refusal, match="there is no preset"):
            await client.request("lsp-llm/chat/send", {"chatId": chat, "text": "x", "preset": "fakee"})
        assert len(await client.messages_of(chat)) == 2, "what is refused is not written"


async def test_what_failed_before_any_word_is_asked_again_without_a_text(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        sending = client.sending(chat, "Tell")
        await (await host.request()).answer(401, {"error": {"message": "no key"}})
        with pytest.raises(Refusal):
            await sending.answer
        again = client.sending(chat, "")
        request = await host.request()
        assert request.json["messages"][-1]["content"] == "Tell"
        await answered(request, "Now")
        await again.answer
        assert [m["text"] for m in await client.messages_of(chat)] == ["Tell", "Now"]


async def test_a_document_is_shown_and_the_server_may_end_at_any_time(tmp_path: Path) -> None:
    async with FakeHost() as host:
        async with ChatClient(host, tmp_path) as client:
            created = await client.request("lsp-llm/chat/create", {"document": True, "title": "T"})
            await client.until(lambda: client.asked("window/showDocument") == 1)
            assert created["uri"] == (client.folder / f"{created['chatId']}.chat.md").as_uri()
            sending = client.sending(created["chatId"], "x")
            request = await host.request()
            await request.say("y")
            await sending.said("y")
        assert (await sending.answer)["finishReason"] == "cancelled"
        assert '"status":"cancelled"' in client.file(created["chatId"])


async def test_jobs_of_chats_are_stopped_like_any_other(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        sending = client.sending(await client.create(), "x", workDoneToken=7)
        await (await host.request()).say("y")
        await sending.said("y")
        client.notify("window/workDoneProgress/cancel", {"token": 7})
        assert (await sending.answer)["finishReason"] == "cancelled"
        sending = client.sending(await client.create(), "x")
        await (await host.request()).say("y")
        await sending.said("y")
        assert await client.command("cancel", {"jobId": "chat-2"}) == {"cancelled": ["chat-2"]}
        assert (await sending.answer)["finishReason"] == "cancelled"
        with pytest.raises(Refusal, match="no job"):
            await client.command("cancel", {"jobId": "chat-3"})


async def test_a_call_of_a_tool_of_an_mcp_server(tmp_path: Path) -> None:
    servers = {"odd": {"command": [sys.executable, SERVER, "stdio"]}, "gone": {"command": ["/no/such/program"]}}
    async with FakeHost() as host, ChatClient(host, tmp_path, tools={"mcp": servers}) as client:
        chat = await client.create(preset="fake")
        sending = client.sending(chat, "Add.")
        request = await host.request()
        names = [tool["function"]["name"] for tool in request.json["tools"]]
        assert {"read_file", "odd__add"} <= set(names)
        await call(request, ("c1", "odd__add", {"a": 1, "b": 2}))
        await sending.part("toolCall", needsApproval=True)
        await client.request("lsp-llm/chat/approveTool", {"chatId": chat, "callId": "c1", "decision": "allow"})
        assert (await sending.part("toolResult", callId="c1"))["text"] == "3"
        await answered(await host.request(), "It is 3.")
        assert (await sending.answer)["text"] == "It is 3."
        assert [text for text in client.messages() if "The MCP server 'gone' does not work" in text]


async def test_a_turn_with_an_id_of_the_clients_is_taken_once(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        first = client.sending(chat, "Hello", messageId="mine-1")
        await answered(await host.request(), "Good day.")
        await first.answer
        again = client.sending(chat, "Hello", messageId="mine-1")
        with pytest.raises(Refusal, match="this message is in the chat already"):
            await again.answer
        first_turn, _ = await client.messages_of(chat)
        assert first_turn["messageId"] == "mine-1"
        for unfit in ("a b", "-->", "x" * 65):
            with pytest.raises(Refusal, match="messageId"):
                await client.sending(chat, "Hello", messageId=unfit).answer


@pytest.mark.parametrize(
    ("status", "headers", "kind"), [(401, {}, "Auth"), (429, {"Retry-After": "600"}, "RateLimited")]
)
async def test_a_failure_says_of_which_type_it_is(
    tmp_path: Path, status: int, headers: dict[str, str], kind: str
) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        sending = client.sending(await client.create(), "Hello")
        await (await host.request()).answer(status, {"error": {"message": "no"}}, headers)
        with pytest.raises(Refusal) as refused:
            await sending.answer
        assert refused.value.data["errorType"] == kind
        assert refused.value.data["hint"]
        assert refused.value.data.get("retryAfterSeconds") == (600 if headers else None)
        with pytest.raises(Refusal) as refused:
            await client.request("lsp-llm/chat/get", {"chatId": "gone"})
        assert refused.value.data == {"errorType": "UserError"}


async def test_an_answer_goes_on_as_a_job_that_can_be_stopped(tmp_path: Path) -> None:
    async with FakeHost() as host, ChatClient(host, tmp_path) as client:
        chat = await client.create()
        sending = client.sending(chat, "Tell me")
        request = await host.request()
        await request.say("Once")
        await request.done("length")
        answer = (await sending.answer)["messageId"]
        more = client.going_on(chat, preset="fake", tools=False, workDoneToken="mine")
        request = await host.request()
        assert "tools" not in request.json
        await request.say(" upon")
        await more.said(" upon")
        assert "\n\nOnce upon" in client.file(chat), "what has come is in the file at once"
        client.notify("$/cancelRequest", {"id": more.request_id})
        with pytest.raises(Refusal):
            await more.answer
        assert (await client.ended(client.statuses()[-1]["jobId"]))["kind"] == "cancelled"
        _, told = await client.messages_of(chat)
        assert (told["messageId"], told["text"], told["status"]) == (answer, "Once upon", "cancelled")
        silent = asyncio.create_task(client.request("lsp-llm/chat/continue", {"chatId": chat}))
        await answered(await host.request(), " a time")
        assert (await silent)["messageId"] == answer
        assert client.file(chat).count("Once upon a time") == client.file(chat).count("## Assistant") == 1


async def test_what_an_answer_cost_is_told_with_it(tmp_path: Path) -> None:
    price = {"price": {"input": 1000.0, "output": 10000.0}}
    async with FakeHost() as host, ChatClient(host, tmp_path, preset=price) as client:
        chat = await client.create()
        sending = client.sending(chat, "Hi")
        await answered(await host.request(), "Ho")
        cost = (await sending.answer)["usage"]["cost"]
        assert cost == pytest.approx(0.039)
        question, answer = await client.messages_of(chat)
        assert "usage" not in question and answer["usage"]["cost"] == cost


async def test_a_search_in_many_chats_holds_up_nothing_else() -> None:
    """The disk may be slow, and there may be thousands."""
    searched = threading.Event()

    def chats(query: str) -> list[ChatSummary]:
        assert searched.wait(LIMIT_SECONDS)
        return [ChatSummary("c", query, "", "")]

    requests: Any = SimpleNamespace(chats=SimpleNamespace(store=SimpleNamespace(chats=chats)))
    answer = asyncio.create_task(ChatRequests.find(requests, ListOptions("words")))
    await asyncio.sleep(0)
    searched.set()
    assert [chat.title for chat in (await answer).chats] == ["words"]


async def test_an_answer_that_waits_for_room_on_a_full_disk_is_a_problem(tmp_path: Path) -> None:
    desk = ChatDesk(tmp_path)
    chat = desk.create()
    await desk.answered_without_room(chat)
    requests: Any = SimpleNamespace(chats=desk.chats)
    found = await ChatRequests.get(requests, ChatOptions(chat))
    assert ([message.text for message in found.messages], found.problems) == (["x"], (WAITING,))
    await desk.errands.close()
