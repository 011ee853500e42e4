from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import lsp_llm
from lsp_llm.cli import parser, run
from tests.cli.calling import bare_environment, begun, called, fake_settings, write_settings
from tests.fakes.host import FakeHost

LIMIT_SECONDS = 60
SLOW_LIBRARY = """
import sys, time
sys.stdout.write("loading")
sys.stdout.flush()
try:
    time.sleep(60)
except KeyboardInterrupt:
    raise TypeError("what C makes of it") from None
"""


def test_without_a_word_it_serves() -> None:
    options = parser().parse_args([])
    assert (options.command, options.log_level, options.config, options.trace) == (None, "warning", None, None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--log-level", "debug", "--trace", "t", "--config", "c"],
        ["--log-level", "debug", "--trace", "t", "serve", "--config", "c"],
        ["serve", "--log-level", "debug", "--trace", "t", "--config", "c"],
    ],
)
def test_flags_count_before_and_after_the_word(arguments: list[str]) -> None:
    options = parser().parse_args(arguments)
    assert (options.log_level, options.trace, options.config) == ("debug", Path("t"), Path("c"))


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"lsp-llm {lsp_llm.__version__}\n"


def test_a_mistake_is_one_sentence_and_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--log-file", "/no/such/log"]) == 1
    assert capsys.readouterr().err.startswith("lsp-llm: --log-file: /no/such/log cannot be written")


async def test_names_in_a_foreign_project_do_not_drive_the_terminal(tmp_path: Path) -> None:
    (tmp_path / ".lsp-llm.toml").write_text('preset = "x\\u001b]0;owned\\u0007"\n"y\\u001b[2J" = 1\n')
    ended = await called(tmp_path, "pipe", "--prompt", "hi")
    assert ended.code == 1
    assert "there is no preset" in ended.errors
    assert "there is no such setting" in ended.errors
    assert {character for character in ended.errors if not character.isprintable()} == {"\n"}


async def test_ctrl_c_while_it_loads_ends_it_without_a_word(tmp_path: Path) -> None:
    # Libraries written in C do not expect an exception in the middle of their import: some crash.
    (tmp_path / "msgspec.py").write_text(SLOW_LIBRARY)
    process = await begun(tmp_path, "presets", environ={"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"})
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readexactly(7), LIMIT_SECONDS) == b"loading"
    process.send_signal(signal.SIGINT)
    _, errors = await asyncio.wait_for(process.communicate(), LIMIT_SECONDS)
    assert (process.returncode, errors) == (-signal.SIGINT, b"")


async def test_ctrl_c_is_ignored_where_whoever_started_it_says_so(tmp_path: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    async with FakeHost() as host:
        write_settings(tmp_path, fake_settings(host.base_url))
        process = await begun(tmp_path, "pipe", "--prompt", "x", environ={"FAKE_KEY": "k"}, preexec_fn=ignore)
        answering = asyncio.create_task(process.communicate(b"hi"))
        exchange = await host.request()
        process.send_signal(signal.SIGINT)
        await exchange.say("HI")
        await exchange.done()
        assert await asyncio.wait_for(answering, LIMIT_SECONDS) == (b"HI", b"")
    assert process.returncode == 0


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [["presets"], ["presets", "--json"], ["config", "schema"]])
def test_a_full_disk_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    command = [sys.executable, "-m", "lsp_llm", *arguments]
    with FULL.open("wb") as full:
        ended = subprocess.run(
            command, env=bare_environment(tmp_path), stdout=full, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS
        )
    said = b"lsp-llm: standard output cannot be written: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, said)
