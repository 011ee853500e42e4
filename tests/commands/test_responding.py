"""`lsp-llm.ask` for a response document, from the command to the text: a real server, a real HTTP host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.chat.head import read_head
from tests.fakes.chats import NEXT, asked, on_disk, typed, without_comments
from tests.fakes.host import Exchange, FakeHost
from tests.fakes.lsp_client import Buffer, LspClient, Refusal, host_options

SECRET = "ghp_" + "a1B2" * 9
CODE = "TAX = 0.19\n"
QUESTION = "## User\n\nshop.py, line 1:\n\n```python\nTAX = 0.19\n```\n\nwhy?"
WAITING = "<!-- lsp-llm: waiting for the answer -->"


class Response:
    """A response document that the editor shows, and the request of its answer."""

    def __init__(self, client: LspClient, host: FakeHost, root: Path, code: str = CODE) -> None:
        self.client, self.host = client, host
        self.code = client.open((root / "shop.py").as_uri(), code)

    async def asked(self, **values: Any) -> tuple[Buffer, Exchange]:
        client = self.client
        place = {"uri": self.code.uri, "range": self.code.range(0, len(self.code.text))}
        answer = await client.command("ask", {"query": "why?", **place, **values})
        await client.until(lambda: client.asked("window/showDocument") == 1)
        text = on_disk(answer["uri"])
        assert read_head(text).title == "why?"
        buffer = client.open(answer["uri"], text, "markdown")
        return buffer, await self.host.request()


def below_head(buffer: Buffer) -> str:
    return without_comments(buffer.text[buffer.text.index("## User") :])


async def test_it_waits_and_answers_and_says_how_it_went_and_goes_on(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        response = Response(client, host, tmp_path)
        buffer, exchange = await response.asked(target="document")
        await client.until(lambda: below_head(buffer) == f"{QUESTION}\n\n{WAITING}\n")
        assert asked(exchange) == [("user", QUESTION.removeprefix("## User\n\n"))]
        await exchange.say("Be")
        await client.until(
            lambda: below_head(buffer) == f"{QUESTION}\n\n## Assistant (m)\n\nBe{NEXT}", "the first text"
        )
        await exchange.say("cause.")
        await exchange.done()
        await client.until(lambda: len(client.statuses("finished")) == 1)
        answer = r"## Assistant \(m\)\n\nBecause\.\n<!-- lsp-llm: m · 9 tokens in, 3 out · \d+\.\d s -->"
        assert re.fullmatch(re.escape(f"{QUESTION}\n\n") + answer + re.escape(NEXT), below_head(buffer))
        assert response.code.text == CODE

        client.type(buffer, typed(buffer, "And now?\n"))
        await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        assert [role for role, _ in asked(exchange)] == ["user", "assistant", "user"]
        assert "lsp-llm" not in str(asked(exchange))


async def test_the_rendered_prompt_is_above_and_is_not_sent_again(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        response = Response(client, host, tmp_path)
        buffer, exchange = await response.asked(debug=True)
        await exchange.say("Because.")
        await exchange.done()
        await client.until(lambda: len(client.statuses("finished")) == 1)
        question, prompt, answer = re.split(
            r"<details><summary>Rendered prompt</summary>|</details>", below_head(buffer)
        )
        assert question.endswith("why?\n\n")
        for part in exchange.json["messages"]:
            assert part["content"] in prompt
        assert prompt.index("model: m") < prompt.index("----- system -----") < prompt.index("----- user -----")
        assert answer.startswith("\n\n## Assistant (m)\n\nBecause.\n")
        assert response.code.text == CODE
        symbols = await client.request("textDocument/documentSymbol", {"textDocument": {"uri": buffer.uri}})
        assert [each["name"] for each in symbols[0]["children"]] == ["rendered prompt"]
        client.type(buffer, typed(buffer, "Sure?\n"))
        await client.command("send", {"uri": buffer.uri})
        assert asked(await host.request())[0] == ("user", QUESTION.removeprefix("## User\n\n"))


async def test_no_secret_is_in_the_rendered_prompt(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path, f'KEY = "{SECRET}"\n').asked(debug=True)
        question, _, prompt = buffer.text.partition("Rendered prompt")
        assert SECRET in question, "these are the user's own words, in a file of theirs"
        assert SECRET not in prompt
        mark = prompt.partition('KEY = "')[2].partition('"')[0]
        assert f'KEY = "{mark}"' in asked(exchange)[0][1]


async def test_a_template_that_cannot_be_rendered_leaves_no_document(tmp_path: Path) -> None:
    broken = tmp_path / ".lsp-llm/templates/openai/chat_mode_system_prompt.xml.jinja"
    broken.parent.mkdir(parents=True)
    broken.write_text("{% if %}\n")
    async with LspClient(options=host_options("http://127.0.0.1:9/v1"), root=tmp_path) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), CODE)
        where = {"uri": code.uri, "range": code.range(0, 3)}
        await client.command("ask", {"query": "why?", "debug": True, **where})
        await client.until(lambda: any("chat_mode_system_prompt" in said for said in client.messages()), "the sentence")
        assert client.asked("window/showDocument") == 0
        assert await client.request("lsp-llm/chat/list", None) == {"chats": []}


async def test_a_failure_is_said_in_it_until_the_next_answer(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path).asked(target="document")
        await exchange.answer(401, {"error": {"message": "no such key"}})
        await client.until(lambda: len(client.statuses("failed")) == 1)
        said = re.fullmatch(re.escape(f"{QUESTION}\n\n") + "<!-- lsp-llm: failed: (.*) -->\n", below_head(buffer))
        assert said
        assert "no such key" in said[1]
        await client.command("send", {"uri": buffer.uri})
        exchange = await host.request()
        assert asked(exchange) == [("user", QUESTION.removeprefix("## User\n\n"))]
        await exchange.say("Because.")
        await exchange.done()
        answered = f"{QUESTION}\n\n## Assistant (m)\n\nBecause.{NEXT}"
        await client.until(lambda: below_head(buffer) == answered, "the answer in the place of the note")


async def test_a_failure_in_the_midst_of_it_is_said_below(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path).asked(target="document")
        await exchange.say("Bec")
        await client.until(lambda: "Bec" in buffer.text)
        exchange.break_connection()
        await client.until(lambda: len(client.statuses("failed")) == 1)
        assert re.search(r"\nBec\n<!-- lsp-llm: failed: [^\n]+ -->\n\n## User\n\n\Z", below_head(buffer))


async def test_a_stop_before_the_first_text_leaves_the_question(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path).asked(target="document")
        await client.until(lambda: WAITING in buffer.text)
        client.type(buffer, typed(buffer, "and "))
        await client.command("stop", {"uri": buffer.uri})
        await exchange.closed()
        client.type(buffer, typed(buffer, "more"))
        await client.until(lambda: below_head(buffer) == f"{QUESTION}\nand more", "the question alone")


async def test_what_is_typed_while_it_waits_is_the_next_turn(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path).asked(target="document")
        await client.until(lambda: WAITING in buffer.text)
        client.type(buffer, typed(buffer, "next\n"))
        await exchange.say("Because.")
        await exchange.done()
        await client.until(lambda: len(client.statuses("finished")) == 1)
        assert below_head(buffer).endswith(f" s -->{NEXT}next\n")


async def test_closing_it_stops_the_answer(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path).asked(target="document")
        await client.until(lambda: WAITING in buffer.text)
        client.close(buffer)
        await exchange.closed()
        await client.until(lambda: len(client.statuses("cancelled")) == 1)
    assert "Traceback" not in client.errors


async def test_reasoning_in_the_words_of_a_local_model_is_a_block(tmp_path: Path) -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=tmp_path) as client:
        buffer, exchange = await Response(client, host, tmp_path).asked(target="document")
        await exchange.say("<think>\nHm")
        thinking = "## Assistant (m)\n\n<details><summary>Thinking</summary>\n\nHm"
        await client.until(lambda: below_head(buffer) == f"{QUESTION}\n\n{thinking}{NEXT}", "the reasoning")
        await exchange.say(".\n</think>\n\nBecause.")
        await exchange.done()
        await client.until(lambda: f"{thinking}.\n\n</details>\n\nBecause.\n" in below_head(buffer), "the answer")


async def test_what_cannot_be_asked_is_refused_at_once(tmp_path: Path) -> None:
    async with LspClient(root=tmp_path) as client:
        code = client.open((tmp_path / "shop.py").as_uri(), CODE)
        where = {"uri": code.uri, "range": code.range(0, 3)}
        for values, said in (
            ({"target": "document", "query": " "}, "ask for something"),
            ({"target": "document", "query": "x", "preset": "gone"}, 'there is no preset "gone"'),
            ({"target": "elsewhere", "query": "x"}, "elsewhere"),
        ):
            with pytest.raises(Refusal, match=said):
                await client.command("ask", {**where, **values})
