"""`lsp-llm doctor`, the real program: with a healthy host, and with one fault at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.calling import Ended, called, fake_settings, write_settings
from tests.fakes.host import FakeHost

SECRET = "sk-secret-of-the-test"
MODELS = {"data": [{"id": "small"}, {"id": "large"}]}
KEY = {"FAKE_KEY": SECRET}


def date(ahead: timedelta = timedelta()) -> dict[str, str]:
    return {"Date": format_datetime(datetime.now(UTC) + ahead, usegmt=True)}


async def examined(
    home: Path,
    *arguments: str,
    status: int = 200,
    body: Any = MODELS,
    headers: Mapping[str, str] | None = None,
    environ: Mapping[str, str] = KEY,
) -> Ended:
    async with FakeHost() as host:
        write_settings(home, fake_settings(host.base_url))
        calling = asyncio.create_task(called(home, "doctor", *arguments, environ=environ))
        await (await host.request()).answer(status, body, date() if headers is None else headers)
        return await calling


def marks(ended: Ended, topic: str) -> list[tuple[str, str]]:
    return [(row["mark"], row["text"]) for row in ended.json["findings"] if row["topic"] == topic]


async def test_all_is_well(tmp_path: Path) -> None:
    ended = await examined(tmp_path, "--json")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.json["ok"] is True
    assert ("ok", "fake: found in FAKE_KEY") in marks(ended, "key")
    (host,) = [text for mark, text in marks(ended, "host") if mark == "ok" and text.startswith("fake ")]
    assert host.endswith("ms and has 2 models")
    assert [mark for mark, _ in marks(ended, "clock")] == ["ok"]
    assert marks(ended, "preset") == [("ok", 'the settings choose the preset "fake"')]
    assert ("ok", f"{tmp_path}/config/lsp-llm/config.toml was read") in marks(ended, "settings")
    assert SECRET not in ended.output
    for row in ended.json["findings"]:
        assert row["mark"] == "ok" or row["advice"], row


async def test_lines_without_colour_and_the_same_exit_code(tmp_path: Path) -> None:
    ended = await examined(tmp_path)
    assert (ended.code, ended.errors) == (0, "")
    assert {line.split()[0] for line in ended.output.splitlines()} <= {"ok", "note"}
    assert "\x1b" not in ended.output
    assert SECRET not in ended.output


async def test_a_key_that_the_host_does_not_take(tmp_path: Path) -> None:
    body = {"error": {"message": f"Incorrect API key provided: {SECRET}"}}
    ended = await examined(tmp_path, "--json", status=401, body=body)
    assert ended.code == 1
    assert ended.json["ok"] is False
    (text,) = [text for mark, text in marks(ended, "host") if mark == "problem"]
    assert text.startswith("fake: ")
    assert SECRET not in ended.output


async def test_no_key_for_the_preset_in_use(tmp_path: Path) -> None:
    write_settings(tmp_path, fake_settings("http://127.0.0.1:9/v1"))
    ended = await called(tmp_path, "doctor", "--json")
    assert ended.code == 1
    (text,) = [text for mark, text in marks(ended, "key") if mark == "problem"]
    assert text.startswith("no API key for fake: set the environment variable FAKE_KEY")


async def test_nobody_listens(tmp_path: Path) -> None:
    async with FakeHost() as host:
        write_settings(tmp_path, fake_settings(host.base_url))
    ended = await called(tmp_path, "doctor", "--json", environ=KEY)
    assert ended.code == 1
    assert any(mark == "problem" and "refused the connection" in text for mark, text in marks(ended, "host"))


async def test_a_model_that_the_host_does_not_have_is_worth_a_note(tmp_path: Path) -> None:
    ended = await examined(tmp_path, "--json", body={"data": [{"id": "large"}]})
    assert ended.code == 0
    assert ("note", "fake does not list the preset's model small") in marks(ended, "host")


async def test_a_host_without_a_list_is_still_there(tmp_path: Path) -> None:
    ended = await examined(tmp_path, "--json", status=404, body={})
    assert ended.code == 0
    assert any(mark == "note" and text.endswith("but lists no models") for mark, text in marks(ended, "host"))


@pytest.mark.parametrize(("ahead", "word"), [(timedelta(hours=1), "behind"), (timedelta(hours=-1), "ahead of")])
async def test_a_clock_that_is_wrong(tmp_path: Path, ahead: timedelta, word: str) -> None:
    ended = await examined(tmp_path, "--json", headers=date(ahead))
    assert ended.code == 1
    ((mark, text),) = marks(ended, "clock")
    assert mark == "problem"
    assert f" s {word} the time at fake" in text


async def test_a_token_is_asked_for_and_no_more(tmp_path: Path) -> None:
    async with FakeHost() as host:
        write_settings(tmp_path, fake_settings(host.base_url))
        calling = asyncio.create_task(called(tmp_path, "doctor", "--json", "--request", environ=KEY))
        await (await host.request()).answer(200, MODELS)
        exchange = await host.request()
        assert (exchange.method, exchange.path, exchange.json["model"]) == ("POST", "/v1/chat/completions", "small")
        assert exchange.headers["authorization"] == f"Bearer {SECRET}"
        await exchange.say("o")
        await exchange.closed()
        ended = await calling
    assert ended.code == 0
    (row,) = [row for row in ended.json["findings"] if row["topic"] == "request"]
    assert row["milliseconds"] > 0
    assert row["text"].startswith("fake gave its first token after ")


async def test_a_request_that_fails(tmp_path: Path) -> None:
    async with FakeHost() as host:
        write_settings(tmp_path, fake_settings(host.base_url))
        environ = {"FAKE_KEY": "plainword"}
        calling = asyncio.create_task(called(tmp_path, "doctor", "--json", "--request", environ=environ))
        await (await host.request()).answer(200, MODELS)
        await (await host.request()).answer(402, {"error": {"message": "no credit for plainword"}})
        ended = await calling
    assert ended.code == 1
    assert "plainword" not in ended.output
    ((mark, text),) = marks(ended, "request")
    assert (mark, "no credit" in text) == ("problem", True)


async def test_a_key_that_a_command_prints(tmp_path: Path) -> None:
    async with FakeHost() as host:
        text = fake_settings(host.base_url, f"api_key_command = 'echo {SECRET}'").replace(
            'api_key_env = "FAKE_KEY"', ""
        )
        write_settings(tmp_path, text)
        calling = asyncio.create_task(called(tmp_path, "doctor", "--json"))
        exchange = await host.request()
        assert exchange.headers["authorization"] == f"Bearer {SECRET}"
        await exchange.answer(200, MODELS)
        ended = await calling
    assert ("ok", "fake: found in api_key_command") in marks(ended, "key")
    assert SECRET not in ended.output


async def test_mistakes_in_the_settings_are_problems(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "[edits]\nmode = 'strem'\n")
    ended = await called(tmp_path, "doctor")
    assert ended.code == 1
    assert f"problem  settings     {path}:2: edits.mode: must be" in ended.output


async def test_a_preset_that_is_not_there(tmp_path: Path) -> None:
    write_settings(tmp_path, 'preset = "mistrall"\n')
    ended = await called(tmp_path, "doctor", "--json")
    assert ended.code == 1
    assert ("problem", 'there is no preset "mistrall"; did you mean "mistral"?') in marks(ended, "preset")
