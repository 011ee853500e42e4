"""A key is nowhere in what the server writes, wherever it came from and whatever a host does with it.

The key looks like no key, so that only what knows it can hide it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lsp_llm.text.edits import Edit
from tests.fakes.host import Exchange, FakeHost
from tests.fakes.lsp_client import LspClient

KEY = "hunter2hunter"
URI = "file:///project/shop.py"


async def refuse(exchange: Exchange) -> None:
    await exchange.answer(401, {"error": {"message": f"{KEY} is unknown", "headers": dict(exchange.headers)}})


async def fail_inside(exchange: Exchange) -> None:
    await exchange.start()
    await exchange.send(b'data: {"error": {"message": "no %s", "code": 400}}\n\n' % KEY.encode())
    await exchange.end()


async def send_nonsense(exchange: Exchange) -> None:
    await exchange.start()
    await exchange.send(b'data: {"choices": %s\n\n' % KEY.encode())
    await exchange.end()


async def redirect(exchange: Exchange) -> None:
    await exchange.answer(302, {}, {"Location": f"http://127.0.0.1/{KEY}"})


async def repeat_in_the_answer(exchange: Exchange) -> None:
    await exchange.say(f"print('{KEY}')\n")
    await exchange.done()


@pytest.mark.parametrize("answer", [refuse, fail_inside, send_nonsense, redirect, repeat_in_the_answer])
@pytest.mark.parametrize("source", ["environment", "command"])
async def test_the_key_is_nowhere(tmp_path: Path, answer: object, source: str) -> None:
    log, trace, state = tmp_path / "log", tmp_path / "trace", tmp_path / "state"
    (tmp_path / "key").write_text(f"{KEY}\n")
    environ, provider = {"XDG_STATE_HOME": str(state)}, {"api_key_command": f"cat {tmp_path / 'key'}"}
    if source == "environment":
        environ, provider = {**environ, "SHOP_API_KEY": KEY}, {"api_key_env": "SHOP_API_KEY"}
    async with FakeHost() as host:
        options = {
            "preset": "p",
            "providers": {"p": {"base_url": host.base_url, **provider}},
            "presets": {"p": {"provider": "p", "model": "m"}},
        }
        arguments = ("--log-file", str(log), "--log-level", "debug", "--trace", str(trace))
        async with LspClient(*arguments, environ=environ, options=options) as client:
            buffer = client.open(URI, "one\n")
            job = (await client.command("ask", {"query": "say it", "uri": URI, "line": 1}))["jobId"]
            exchange = await host.request()
            assert exchange.headers["authorization"] == f"Bearer {KEY}"
            await answer(exchange)  # type: ignore[operator]
            await client.ended(job)
            said = json.dumps([*client.notifications, *client.requests])
            if answer is repeat_in_the_answer:
                # The document is the user's, and shows what the host said.
                assert KEY in buffer.text
                client.type(buffer, Edit(0, len(buffer.text), ""))
            else:
                assert KEY not in said
    written = [path for path in [log, trace, *state.rglob("*")] if path.is_file()]
    assert {"log", "trace", "history.jsonl"} <= {path.name for path in written}
    for path in written:
        assert KEY.encode() not in path.read_bytes(), path.name
