"""The flags of serving, each with the real program."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

import lsp_llm
from lsp_llm.lsp.framing import FrameDecoder, frame
from tests.fakes.host import FakeHost
from tests.fakes.lsp_client import LspClient, Refusal, host_options

URI = "file:///project/shop.py"
SOURCE = "one\ntwo\n"
PLACE = {"uri": URI, "range": {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}}
SECRET = "sk-a-key-of-the-environment"


async def ended(*arguments: str, stdin: bytes = b"") -> tuple[int | None, str, str]:
    """Exit code, stdout and stderr of a program whose input ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lsp_llm", *arguments, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(stdin), 60)
    return process.returncode, output.decode(), errors.decode()


async def test_the_version_is_told_on_stdout() -> None:
    assert await ended("--version") == (0, f"lsp-llm {lsp_llm.__version__}\n", "")


@pytest.mark.parametrize("arguments", [[], ["--stdio"], ["serve"], ["serve", "--stdio"], ["--stdio", "serve"]])
async def test_every_way_to_say_serve(arguments: list[str]) -> None:
    shutdown = frame(b'{"jsonrpc":"2.0","id":1,"method":"shutdown"}')
    code, output, errors = await ended(*arguments, stdin=shutdown + frame(b'{"jsonrpc":"2.0","method":"exit"}'))
    (answer,) = FrameDecoder().push(output.encode())
    assert isinstance(answer, bytes)
    assert json.loads(answer)["error"]["code"] == -32002
    assert (code, errors) == (1, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--config", "/no/such.toml"], "lsp-llm: --config: there is no file /no/such.toml\n"),
        (["--log-file", "/no/log"], "lsp-llm: --log-file: /no/log cannot be written: No such file or directory\n"),
        (["--trace", "/no/trace"], "lsp-llm: --trace: /no/trace cannot be written: No such file or directory\n"),
    ],
)
async def test_a_file_that_cannot_be_used_is_named_in_one_sentence(arguments: list[str], said: str) -> None:
    assert await ended(*arguments) == (1, "", said)


async def test_an_unknown_flag_or_level_is_answered_with_the_usage() -> None:
    for arguments in (["--log-level", "loud"], ["--unheard-of"], ["unheard-of"]):
        code, output, errors = await ended(*arguments)
        assert (code, output) == (2, "")
        assert errors.startswith("usage: lsp-llm")


async def test_closed_descriptors_are_told_in_one_sentence() -> None:
    process = await asyncio.create_subprocess_shell(
        f"{sys.executable} -m lsp_llm <&- ; {sys.executable} -m lsp_llm </dev/null >&-", stdout=PIPE, stderr=PIPE
    )
    output, errors = await asyncio.wait_for(process.communicate(), 60)
    sentence = "lsp-llm: standard input, output and error must be open: an editor starts lsp-llm with pipes\n"
    assert (output.decode(), errors.decode()) == ("", 2 * sentence)


async def test_the_named_settings_stand_for_the_users_own(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text('preset = "mine"\n[edits]\nmode = "strem"\n')
    async with LspClient("--config", str(config)) as client:
        client.open(URI, SOURCE)
        with pytest.raises(Refusal, match='there is no preset "mine"'):
            await client.command("replace", PLACE)
        (said,) = client.messages()
        assert said.startswith(f"LLM: {config}:3: edits.mode: must be ")


async def test_the_log_goes_to_its_file_with_tracebacks_and_without_secrets(tmp_path: Path) -> None:
    log = tmp_path / "log"
    arguments = ("--log-file", str(log), "--log-level", "debug", "serve")
    async with LspClient(*arguments, environ=_with_a_fault(tmp_path)) as client:
        client.open(URI, SOURCE)
        job = await client.command("replace", {**PLACE, "preset": "local"})
        end = await client.ended(job["jobId"])
        assert end["reason"].startswith("a fault in lsp-llm: a bug")
        assert end["hint"] == "see the log (--log-file)"
    assert client.errors == ""
    written = log.read_text(encoding="utf-8")
    assert "ERROR lsp_llm.jobs.runner: job 1 failed: a bug with [redacted] in it" in written
    assert "Traceback (most recent call last)" in written
    assert SECRET not in written


def _with_a_fault(folder: Path) -> dict[str, str]:
    """A key, and a jinja2 that cannot be imported: a fault of ours, as far as the server can tell."""
    (folder / "broken").mkdir()
    (folder / "broken" / "jinja2.py").write_text(f"raise ValueError('a bug with {SECRET} in it \\ud83d')\n")
    return {"MY_API_KEY": SECRET, "PYTHONPATH": str(folder / "broken")}


async def test_stderr_gets_a_line_for_a_fault_and_no_traceback(tmp_path: Path) -> None:
    async with LspClient(environ=_with_a_fault(tmp_path)) as client:
        client.open(URI, SOURCE)
        job = await client.command("replace", {**PLACE, "preset": "local"})
        await client.ended(job["jobId"])
    (line,) = client.errors.splitlines()
    assert "ERROR lsp_llm.jobs.runner: job 1 failed: a bug with [redacted] in it" in line


async def test_levels(tmp_path: Path) -> None:
    written = {}
    for level in ("error", "debug"):
        log = tmp_path / level
        async with LspClient("--log-file", str(log), "--log-level", level) as client:
            client.notify("textDocument/didOpen", {"textDocument": 5})
            await client.command("cancel")
        written[level] = log.read_text(encoding="utf-8")
    assert written["error"] == ""
    assert "textDocument/didOpen: the params are not of its shape" in written["debug"]
    assert "pygls" not in written["debug"]


async def test_nothing_but_the_protocol_is_on_stdout_though_a_library_prints(tmp_path: Path) -> None:
    """What a library prints at import, through Python, the descriptor or a child, comes out on stderr."""
    (tmp_path / "jinja2.py").write_text(
        "import os, subprocess, sys\n"
        "print('through print', flush=True)\n"
        "os.write(1, b'through the descriptor\\n')\n"
        "subprocess.run(['echo', 'through a child'])\n"
        "raise ImportError('no jinja2')\n"
    )
    async with FakeHost() as host:
        options = host_options(host.base_url)
        async with LspClient(options=options, environ={"PYTHONPATH": str(tmp_path)}) as client:
            client.open(URI, SOURCE)
            job = await client.command("replace", PLACE)
            await client.ended(job["jobId"])
    for way in ("print", "the descriptor", "a child"):
        assert f"through {way}\n" in client.errors


async def test_the_trace_is_readable_private_and_without_secrets(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    async with FakeHost() as host:
        options = host_options(host.base_url)
        options["providers"]["fake"]["headers"] = {"X-Key": "k-in-a-header"}
        environ = {"MY_API_KEY": SECRET}
        async with LspClient("--trace", str(trace), options=options, environ=environ) as client:
            client.open(URI, f"{SECRET}\n")
            await client.command("cancel")
    lines = trace.read_text(encoding="utf-8").splitlines()
    directions = {line.split()[1] for line in lines}
    assert directions == {"->", "<-"}
    assert '"method": "initialize"' in lines[0]
    messages = [json.loads(line.split(maxsplit=2)[2]) for line in lines]
    assert messages[-1]["method"] == "exit"
    text = "\n".join(lines)
    for secret in (SECRET, "k-in-a-header"):
        assert secret not in text
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
