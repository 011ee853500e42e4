import asyncio
import contextlib
import importlib
import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from lsp_llm.tools import mcp_connection
from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.mcp_connection import McpServer
from tests.tools.mcp_servers import STDIO, connection, free_port, over_http


async def test_a_server_is_started_and_called() -> None:
    async with connection(STDIO) as odd:
        names = {tool.name for tool in await odd.tools()}
        assert {"add", "climb", "dotted.name/with odd"} <= names
        assert await odd.call("add", {"a": 2, "b": 40}) == "42"
        sums = await asyncio.gather(*(odd.call("add", {"a": number, "b": 1}) for number in range(10)))
        assert sums == [str(number + 1) for number in range(10)]
        assert len(await odd.call("flood", {})) == 3_000_000


async def test_it_sees_its_own_environment_and_no_key_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "visible")
    async with connection(replace(STDIO, env={"GREETING": "hello"})) as odd:
        await odd.tools()
        assert await odd.call("dotted.name/with odd", {"variable": "OPENAI_API_KEY"}) == f"nothing in {Path.home()}"
        assert (await odd.call("dotted.name/with odd", {"variable": "GREETING"})).startswith("hello in")


async def test_what_a_tool_refuses_is_told() -> None:
    async with connection(STDIO) as odd:
        await odd.tools()
        with pytest.raises(ToolFailed, match="not today"):
            await odd.call("refuse", {})
        with pytest.raises(ToolFailed, match=r"validation error(?s:.*)should be a valid integer"):
            await odd.call("add", {"a": "x", "b": 1})
        with pytest.raises(ToolFailed, match="Unknown tool"):
            await odd.call("no_such_tool", {})
        assert await odd.call("add", {"a": 1, "b": 1}) == "2"


async def test_a_server_that_dies_is_told_and_started_again() -> None:
    async with connection(STDIO) as odd:
        await odd.tools()
        with pytest.raises(ToolFailed, match="The MCP server 'odd' has ended"):
            await odd.call("die", {})
        with pytest.raises(ToolFailed, match="does not run any more"):
            await odd.call("add", {"a": 1, "b": 1})
        await odd.tools()
        assert await odd.call("add", {"a": 1, "b": 1}) == "2"


async def test_a_call_that_hangs_can_be_stopped_and_the_server_closed() -> None:
    async with connection(STDIO) as odd:
        await odd.tools()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await odd.call("hang", {})


async def test_a_server_that_hangs_is_started_again_with_the_next_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp_connection, "PROBE_SECONDS", 0.2)
    async with connection(STDIO) as odd:
        await odd.tools()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await odd.call("hang", {})
        await odd.tools()
        assert await odd.call("add", {"a": 1, "b": 1}) == "2"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("/no/such/program",), "No such file"),
        (("/bin/sh", "-c", "echo missing token >&2; exit 1"), r"it says: missing token"),
        ((sys.executable, "-c", "import no_such_module"), "No module named 'no_such_module'"),
    ],
)
async def test_one_that_does_not_start_is_told_in_its_own_words(command: tuple[str, ...], said: str) -> None:
    async with connection(McpServer("odd", command)) as odd:
        with pytest.raises(ToolFailed, match=f"The MCP server 'odd' does not work: .*{said}"):
            await odd.tools()


async def test_what_it_is_given_to_keep_is_not_told() -> None:
    script = "echo $BOX $HEADED >&2; exit 1"
    secrets = {"BOX": "s3cret-of-the-box", "HEADED": "s3cret-of-a-header"}
    server = McpServer("odd", ("/bin/sh", "-c", script), "", secrets, {"Authorization": "Bearer s3cret-of-a-header"})
    async with connection(server) as odd:
        with pytest.raises(ToolFailed, match=r"it says: \[redacted\] \[redacted\]"):
            await odd.tools()
    assert "s3cret" not in repr(server)


@pytest.mark.parametrize("script", ["echo waiting >&2; sleep 600", "yes", "while read x; do echo '{}'; done"])
async def test_one_that_never_gets_ready_is_given_up(script: str) -> None:
    async with connection(McpServer("odd", ("/bin/sh", "-c", script)), start_seconds=0.5) as odd:
        with pytest.raises(ToolFailed, match=r"'odd' (did not get ready within 0\.5 s|does not work)"):
            await odd.tools()


async def test_a_start_that_is_stopped_leaves_it_usable() -> None:
    async with connection(STDIO) as odd:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.05):
                await odd.tools()
        assert await odd.tools()
        assert await odd.call("add", {"a": 1, "b": 1}) == "2"


async def test_one_at_an_address_is_called_with_its_headers() -> None:
    port = free_port()
    async with over_http(port) as child:
        server = McpServer("web", url=f"http://127.0.0.1:{port}/mcp", headers={"X-Who": "lsp-llm"})
        async with connection(server) as web:
            assert "add" in {tool.name for tool in await web.tools()}
            assert await web.call("add", {"a": 2, "b": 3}) == "5"
            assert await web.call("header", {"name": "x-who"}) == "lsp-llm"
            child.kill()
            child.wait(60)
            with pytest.raises(ToolFailed, match="The MCP server 'web'"):
                await web.call("add", {"a": 2, "b": 3})
            async with over_http(port):
                await web.tools()
                assert await web.call("add", {"a": 2, "b": 3}) == "5"


async def test_nobody_at_the_address_is_told() -> None:
    async with connection(McpServer("web", url=f"http://127.0.0.1:{free_port()}/mcp")) as web:
        with pytest.raises(ToolFailed, match=r"The MCP server 'web' does not work: .*[Cc]onnect"):
            await web.tools()


async def test_without_the_extra_the_user_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    async with connection(STDIO) as odd:
        with pytest.raises(ToolFailed, match=r"pip install 'lsp-llm\[mcp\]'"):
            await odd.tools()


def test_the_package_is_not_loaded_before_a_server_is_wanted() -> None:
    code = "import sys, lsp_llm.tools.mcp, lsp_llm.tools.registry; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.skipif(importlib.util.find_spec("mcp_server_time") is None, reason="mcp-server-time is not installed")
async def test_a_published_server_is_called() -> None:
    command = (sys.executable, "-m", "mcp_server_time", "--local-timezone", "Europe/Berlin")
    async with connection(McpServer("time", command)) as clock:
        assert {"get_current_time", "convert_time"} <= {tool.name for tool in await clock.tools()}
        asked = {"source_timezone": "UTC", "time": "12:00", "target_timezone": "Asia/Tokyo"}
        assert "21:00" in await clock.call("convert_time", asked)
        with pytest.raises(ToolFailed, match="timezone"):
            await clock.call("get_current_time", {"timezone": "Mars/Olympus"})
