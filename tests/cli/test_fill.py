"""`lsp-llm fill`: the real program, a real file, and a model host that speaks HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.jobs.ledger import regions_in
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.text.document import Document
from tests.cli.calling import Ended, called, fake_settings, write_settings
from tests.cli.terminal import CTRL_C, Terminal
from tests.fakes.host import Exchange, FakeHost

KEY = {"FAKE_KEY": "key-1"}
TEXT = "one = 1\ntwo = 2\nthree = 3\nfour = 4\n"
REPLACE = ("fill", "shop.py", "--lines", "2:3", "--prompt", "do it")


@pytest.fixture
async def host() -> AsyncIterator[FakeHost]:
    async with FakeHost() as host:
        yield host


@pytest.fixture
def home(tmp_path: Path, host: FakeHost) -> Path:
    write_settings(tmp_path, fake_settings(host.base_url) + "price = {input = 1.0, output = 2.0}\n")
    (tmp_path / "shop.py").write_text(TEXT, encoding="utf-8")
    return tmp_path


async def filled(home: Path, host: FakeHost, answer: str, *arguments: str) -> tuple[Ended, Exchange]:
    """Call it, and have the host give the answer."""
    call = asyncio.create_task(called(home, *arguments, environ=KEY))
    exchange = await host.request()
    await exchange.say(answer)
    await exchange.done()
    return await call, exchange


def text(home: Path) -> str:
    return (home / "shop.py").read_text(encoding="utf-8")


def history(home: Path) -> list[dict[str, Any]]:
    lines = (home / "state" / "lsp-llm" / "history.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


async def test_lines_give_way_to_the_answer_and_nothing_is_said(home: Path, host: FakeHost) -> None:
    ended, exchange = await filled(home, host, "```python\n2 = two\n3 = three\n```\n", *REPLACE)
    assert (ended.code, ended.output, ended.errors) == (0, "", "")
    assert text(home) == "one = 1\n2 = two\n3 = three\nfour = 4\n"
    said = exchange.json["messages"][-1]["content"]
    assert "do it" in said
    assert "two = 2\nthree = 3\n" in said
    assert exchange.headers["authorization"] == "Bearer key-1"


async def test_behind_a_line_nothing_is_removed(home: Path, host: FakeHost) -> None:
    ended, _ = await filled(home, host, "  # the second", "fill", "shop.py", "--lines", "2", "--prompt", "comment it")
    assert ended.code == 0
    assert text(home) == TEXT.replace("two = 2", "two = 2  # the second")


async def test_without_lines_it_is_the_whole_file(home: Path, host: FakeHost) -> None:
    ended, _ = await filled(home, host, "five = 5\n", "fill", "shop.py", "--action", "fix")
    assert (ended.code, text(home)) == (0, "five = 5\n")


async def test_a_prompt_of_the_library_says_whether_it_inserts(home: Path, host: FakeHost) -> None:
    ended, _ = await filled(home, host, "three = 3.5\n", "fill", "shop.py", "--lines", "1:2", "--action", "complete")
    assert ended.code == 0
    assert text(home) == TEXT.replace("three = 3\n", "three = 3.5\nthree = 3\n")


async def test_line_ends_mark_mode_and_links_stay(home: Path, host: FakeHost) -> None:
    file, link = home / "bin" / "run", home / "shop.py"
    link.unlink()
    file.parent.mkdir()
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    file.chmod(0o751)
    link.symlink_to("bin/run")
    ended, _ = await filled(home, host, "2\n3\n", *REPLACE)
    assert ended.code == 0
    assert file.read_bytes() == b"\xef\xbb\xbfone = 1\r\n2\r\n3\r\nfour = 4\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o751
    assert link.is_symlink()
    assert os.listdir(file.parent) == ["run"]  # noqa: PTH208  Hidden files as well.


async def test_a_dry_run_shows_the_difference_and_writes_nothing(home: Path, host: FakeHost) -> None:
    (home / "shop.py").chmod(0o444)
    ended, _ = await filled(home, host, "two = 3\nthree = 3\n", *REPLACE, "--dry-run")
    assert (ended.code, ended.errors, text(home)) == (0, "", TEXT)
    assert (
        ended.output
        == "--- a/shop.py\n+++ b/shop.py\n@@ -1,4 +1,4 @@\n one = 1\n-two = 2\n+two = 3\n three = 3\n four = 4\n"
    )


async def test_the_answer_as_json(home: Path, host: FakeHost) -> None:
    ended, _ = await filled(home, host, "two = 3\n", *REPLACE, "--json")
    assert (ended.code, ended.errors, text(home)) == (0, "", "one = 1\ntwo = 3\nfour = 4\n")
    found = ended.json
    assert found.pop("diff").startswith("--- a/shop.py\n")
    assert found == {
        "text": "two = 3\n",
        "finishReason": "stop",
        "usage": {
            "inputTokens": 9,
            "outputTokens": 3,
            "cacheReadTokens": 0,
            "cacheWriteTokens": 0,
            "reasoningTokens": 0,
            "cost": 15e-6,
        },
        "preset": "fake",
        "provider": "fake",
        "model": "small",
        "path": str(home / "shop.py"),
        "written": True,
    }


async def test_it_is_written_down_as_any_job(home: Path, host: FakeHost) -> None:
    await filled(home, host, "two = 3\n", *REPLACE)
    (entry,) = history(home)
    assert entry["uri"] == (home / "shop.py").as_uri()
    assert (entry["kind"], entry["query"], entry["outcome"], entry["answer"]) == (
        "replace",
        "do it",
        "finished",
        "two = 3\n",
    )
    (usage,) = (await called(home, "usage", "--json")).json["totals"]
    assert (usage["model"], usage["inputTokens"], usage["cost"]) == ("small", 9, 15e-6)
    left = json.loads((home / "state" / "lsp-llm" / "left.jsonl").read_text())
    assert (left["files"], left["workspace"]) == (["shop.py"], str(home))


async def test_what_was_replaced_can_be_restored_in_an_editor(home: Path, host: FakeHost) -> None:
    await filled(home, host, "two = 3\n", *REPLACE)
    kept = LedgerFiles(home / "state" / "lsp-llm").read((home / "shop.py").as_uri())
    assert kept is not None
    (region,) = regions_in(kept, Document(text(home)))
    assert region.original_in(text(home))[0] == TEXT


async def test_a_file_that_was_changed_meanwhile_is_left_alone(home: Path, host: FakeHost) -> None:
    call = asyncio.create_task(called(home, *REPLACE, environ=KEY))
    exchange = await host.request()
    (home / "shop.py").write_text("mine\n")
    await exchange.say("two = 3\n")
    await exchange.done()
    ended = await call
    assert (ended.code, ended.output, text(home)) == (1, "", "mine\n")
    assert ended.errors == (
        "lsp-llm: shop.py was changed meanwhile, so nothing was written to it; "
        "the answer is in: lsp-llm history --limit 1\n"
    )
    assert "two = 3" in (await called(home, "history", "--limit", "1")).output


async def test_a_failure_leaves_the_file_as_it_was(home: Path, host: FakeHost) -> None:
    call = asyncio.create_task(called(home, *REPLACE, environ=KEY))
    exchange = await host.request()
    await exchange.say("two = 3\nthr")
    exchange.break_connection()
    ended = await call
    assert (ended.code, ended.output, text(home)) == (1, "", TEXT)
    assert ended.errors.startswith("lsp-llm: ")
    assert ended.errors.count("\n") == 1
    assert history(home)[0]["outcome"] == "failed"


async def test_an_answer_that_changes_nothing_leaves_the_file_alone(home: Path, host: FakeHost) -> None:
    before = (home / "shop.py").stat()
    ended, _ = await filled(home, host, "two = 2\nthree = 3\n", *REPLACE, "--json")
    assert (ended.code, ended.json["written"], ended.json["diff"]) == (0, False, "")
    assert (home / "shop.py").stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.py"], "none.py cannot be read: No such file"),
        (["."], ". cannot be read: Is a directory"),
        (["image.png"], "image.png is a binary file"),
        (["latin.txt"], "latin.txt is not UTF-8 text"),
        (["/dev/null"], "/dev/null is not a file"),
        (["shop.py", "--lines", "3:2"], "--lines: 3:2 is neither"),
        (["shop.py", "--lines", "2:7"], "--lines: 2:7 is beyond the last line, which is 5"),
        (["shop.py", "--preset", "fkae"], 'there is no preset "fkae"; did you mean "fake"?'),
        (["shop.py", "--action", "fxi"], 'there is no prompt "fxi" in the library; did you mean "fix"?'),
        (["shop.py", "--action", "explain"], 'the prompt "explain" begins a chat'),
    ],
)
async def test_mistakes_are_told_before_anything_is_asked(home: Path, arguments: list[str], sentence: str) -> None:
    (home / "image.png").write_bytes(b"\x89PNG\0")
    (home / "latin.txt").write_bytes(b"caf\xe9\n")
    ended = await called(home, "fill", *arguments, environ=KEY)
    assert (ended.code, ended.output) == (1, "")
    assert sentence in ended.errors
    assert "Traceback" not in ended.errors


@pytest.mark.parametrize("word", [("fill", "shop.py"), ("pipe",)])
async def test_what_no_model_has_written_gets_into_no_file(home: Path, word: tuple[str, ...]) -> None:
    before = (home / "shop.py").read_bytes()
    write_settings(home, "preset = \n")
    ended = await called(home, *word, "--prompt", "round once")
    assert (ended.code, ended.output, (home / "shop.py").read_bytes()) == (1, "", before)
    assert "there is no model: no preset is set and no API key of a built-in preset is there" in ended.errors
    assert "lsp-llm doctor" in ended.errors


async def test_wrong_usage_is_2(home: Path) -> None:
    assert (await called(home, "fill")).code == 2
    assert (await called(home, "fill", "shop.py", "--lnies", "1")).code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_file_that_is_read_only_is_told_before_anything_is_asked(home: Path) -> None:
    (home / "shop.py").chmod(0o444)
    ended = await called(home, *REPLACE, environ=KEY)
    assert (ended.code, ended.errors) == (1, "lsp-llm: shop.py cannot be written: it is read-only\n")


async def test_ctrl_c_keeps_what_came_and_the_lines_not_reached(home: Path, host: FakeHost) -> None:
    async with Terminal(home, *REPLACE, environ=KEY) as terminal:
        exchange = await host.request()
        await terminal.shows("[replacing] fake: request sent to fake (small)")
        await exchange.say("two = 22\nthr")
        await terminal.shows("[replacing] fake: streaming")
        terminal.press(CTRL_C)
        await exchange.closed()
        assert await terminal.end() == 130
        said = "lsp-llm: stopped: shop.py has what had come, and the lines that were not reached"
        assert said in terminal.text
        assert "Traceback" not in terminal.text
    assert text(home) == "one = 1\ntwo = 22\nthr\ntwo = 2\nthree = 3\nfour = 4\n"
    (entry,) = history(home)
    assert (entry["outcome"], entry["answer"]) == ("cancelled", "two = 22\nthr")


async def test_ctrl_c_before_any_text_leaves_the_file_as_it_was(home: Path, host: FakeHost) -> None:
    async with Terminal(home, *REPLACE, environ=KEY) as terminal:
        await host.request()
        await terminal.shows("request sent")
        terminal.press(CTRL_C)
        assert await terminal.end() == 130
        assert "lsp-llm: stopped: shop.py is as it was" in terminal.text
    assert text(home) == TEXT


async def test_a_terminal_shows_how_it_goes_and_how_it_ended(home: Path, host: FakeHost) -> None:
    async with Terminal(home, *REPLACE, environ=KEY) as terminal:
        exchange = await host.request()
        await exchange.say("two = 22\n")
        await terminal.shows("streaming, 8 characters")
        await exchange.done()
        assert await terminal.end() == 0
        assert terminal.text.endswith("[replacing] fake: done\n")
        assert "\x1b[3" in terminal.raw


async def test_without_colours_where_none_are_wanted(home: Path, host: FakeHost) -> None:
    async with Terminal(home, *REPLACE, "--dry-run", environ={**KEY, "NO_COLOR": "1"}) as terminal:
        exchange = await host.request()
        await exchange.say("two = 22\n")
        await exchange.done()
        assert await terminal.end() == 0
        assert "+two = 22" in terminal.text
        assert "\x1b[3" not in terminal.raw
