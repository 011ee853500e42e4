"""What leaves the machine, from the real server to a real host: every byte of every request is looked at."""

from __future__ import annotations

import json
from pathlib import Path

from lsp_llm.lsp.uris import uri_of
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, host_options

SECRET, OTHER = "ghp_" + "a1B2" * 9, "sk-proj-" + "Zz9" * 12
SOURCE = f'import shop\n\nKEY = "{SECRET}"\n\ndef open_shop():\n    return shop.open(KEY)\n'
ALL = {"start": {"line": 2, "character": 0}, "end": {"line": 6, "character": 0}}


def project(root: Path) -> Path:
    """A project with secrets in its code, in its context, in its prompts, and in files that are made for them."""
    for name, text in {
        ".env": f"TOKEN={OTHER}\n",
        ".kzn/rules.md": f"the key of the test is {OTHER}\n",
        "lib/config.py": f'password = "{SECRET}"\n',
        ".lsp-llm/prompts/tidy.md": f"Tidy up. Never use {OTHER}.\n",
        "shop.py": SOURCE,
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


async def test_a_secret_never_leaves_and_a_replace_around_it_keeps_it(tmp_path: Path) -> None:
    root = project(tmp_path)
    uri = uri_of(str(root / "shop.py"))
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=root) as client:
        buffer = client.open(uri, SOURCE)
        words = "rename it; see @lib/config.py, @.env and @diff"
        job = await client.command("replace", {"uri": uri, "range": ALL, "query": words})
        exchange = await host.request()
        for secret in (SECRET, OTHER):
            assert secret.encode() not in exchange.body
        said = exchange.json["messages"][-1]["content"]
        marks = [word.strip('"') for word in said.split() if word.strip('"').startswith("REDACTED_SECRET_")]
        assert 'KEY = "REDACTED_SECRET_' in said
        assert len(set(marks)) == 2
        mark = said.partition('KEY = "')[2].partition('"')[0]
        for piece in (
            '```python\nKEY = "',
            mark[:9],
            f'{mark[9:]}"\n\ndef open_it():\n    return shop.',
            "open(KEY)\n```",
        ):
            await exchange.say(piece)
        await exchange.done()
        assert (await client.ended(job["jobId"]))["kind"] == "finished"
        assert buffer.text == SOURCE.replace("open_shop", "open_it")
        assert any("2 secrets were left out" in message for message in client.messages())
        assert any(".env never leaves this machine" in message for message in client.messages())
        left = (client.home / "state/lsp-llm/left.jsonl").read_text()
        assert SECRET not in left
        assert json.loads(left)["files"] == ["shop.py", ".kzn/rules.md", "lib/config.py"]


async def test_a_prompt_of_the_library_and_what_is_shown_hold_none_either(tmp_path: Path) -> None:
    root = project(tmp_path)
    uri = uri_of(str(root / "shop.py"))
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=root) as client:
        client.open(uri, SOURCE)
        place = {"uri": uri, "range": ALL}
        shown = await client.request("lsp-llm/prompt/render", {**place, "action": "tidy"})
        job = await client.command("run", {**place, "action": "tidy"})
        exchange = await host.request()
        assert exchange.json == shown["request"]
        for secret in (SECRET, OTHER):
            assert secret.encode() not in exchange.body
            assert secret not in str(shown)
        assert "Never use REDACTED_SECRET_" in exchange.json["messages"][-1]["content"]
        await exchange.done()
        await client.ended(job["jobId"])


async def test_where_secrets_are_blocked_no_request_is_made(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / ".lsp-llm.toml").write_text('[context]\nsecrets = "block"\n', encoding="utf-8")
    uri = uri_of(str(root / "shop.py"))
    async with FakeHost() as host, LspClient(options=host_options(host.base_url), root=root) as client:
        client.open(uri, SOURCE)
        job = await client.command("replace", {"uri": uri, "range": ALL})
        assert "holds what looks like a secret" in (await client.ended(job["jobId"]))["reason"]
        assert host.connection_count == 0
        assert client.messages()
