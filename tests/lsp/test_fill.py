"""One fill from the command to the document: the real server in a child process, a real HTTP host, a client by hand."""

from __future__ import annotations

from lsp_llm.text.edits import Edit
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, host_options

URI = "file:///project/shop.py"
SOURCE = "import math\n\ndef area(r):\n    return 3 * r * r\n\nprint(area(2))\n"
AREA = {"start": {"line": 2, "character": 0}, "end": {"line": 4, "character": 0}}


async def test_replacing_streams_into_the_selection_while_the_user_types_above() -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        buffer = client.open(URI, SOURCE)
        job = await client.command("replace", {"uri": URI, "range": AREA, "query": "use math.pi"})
        exchange = await host.request()
        assert "use math.pi" in exchange.json["messages"][-1]["content"]
        await exchange.say("```python\ndef area(r):\n    return m")
        await client.until(lambda: "    return m\n" in buffer.text, "the first text")
        client.type(buffer, Edit(0, 0, "# mine\n"))
        await exchange.say("ath.pi * r * r\n```\n")
        await exchange.done()
        assert (await client.ended(job["jobId"]))["kind"] == "finished"
        assert buffer.text == "# mine\n" + SOURCE.replace("3 *", "math.pi *")


async def test_yap_inserts_exactly_at_the_end_of_the_range() -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        buffer = client.open(URI, SOURCE)
        job = await client.command(
            "yap", {"uri": URI, "range": {"start": {"line": 5, "character": 0}, "end": {"line": 5, "character": 14}}}
        )
        exchange = await host.request()
        await exchange.say("  # ")
        await exchange.say("12.57")
        await exchange.done()
        await client.ended(job["jobId"])
        assert buffer.text == SOURCE[:-1] + "  # 12.57\n"


async def test_a_host_that_dies_in_the_middle_leaves_the_document_as_it_was() -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        buffer = client.open(URI, SOURCE)
        job = await client.command("replace", {"uri": URI, "range": AREA})
        exchange = await host.request()
        await exchange.say("def area(radius):\n    x")
        await client.until(lambda: "radius" in buffer.text)
        exchange.break_connection()
        assert (await client.ended(job["jobId"]))["kind"] == "failed"
        assert buffer.text == SOURCE
        assert client.messages()


async def test_stopping_closes_the_connection_and_keeps_what_came_and_restore_puts_the_rest_back() -> None:
    async with FakeHost() as host, LspClient(options=host_options(host.base_url)) as client:
        buffer = client.open(URI, SOURCE)
        job = await client.command("replace", {"uri": URI, "range": AREA})
        exchange = await host.request()
        await exchange.say("def area(radius):\n")
        await exchange.say("    x")
        await client.until(lambda: "    x\n" in buffer.text)
        assert await client.command("cancel", {"jobId": job["jobId"]}) == {"cancelled": [job["jobId"]]}
        await exchange.closed()
        assert (await client.ended(job["jobId"]))["kind"] == "cancelled"
        assert buffer.text.startswith("import math\n\ndef area(radius):\n    x\ndef area(r):\n")
        assert await client.command("restore") == {"jobId": job["jobId"]}
        await client.until(lambda: buffer.text == SOURCE, "the original")
