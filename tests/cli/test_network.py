"""What the command line says before anything listens or connects."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.calling import called
from tests.remote.program import Program

TOO_OPEN = "without --tls-cert everybody on the way reads along"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--ws", "nowhere"], "nowhere is no place to listen on; write HOST:PORT"),
        (["--stdio", "--tcp", ":0"], "--stdio serves one editor, --ws and --tcp serve many: choose one of them"),
        (["--ws", ":0", "--tls-key", "key.pem"], "--tls-key wants --tls-cert beside it"),
        (["--ws", ":0", "--tls-cert", "no.pem"], "--tls-cert: no.pem cannot be used: No such file or directory"),
        (["--stdio", "--connect"], "--connect wants an address, or one as url below [remote] in the settings"),
        (["--stdio", "--connect", "http://box"], "the address of the server must begin with ws://"),
    ],
)
async def test_what_cannot_be_is_told_in_one_sentence(tmp_path: Path, arguments: list[str], said: str) -> None:
    ended = await called(tmp_path, "serve", *arguments)
    assert (ended.code, ended.output) == (1, "")
    assert ended.errors.startswith(f"lsp-llm: {said}")
    assert ended.errors.count("\n") == 1


async def test_a_certificate_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "some.pem").write_text("no certificate")
    ended = await called(tmp_path, "serve", "--ws", ":0", "--tls-cert", "some.pem")
    assert ended.errors == "lsp-llm: --tls-cert: some.pem cannot be used: no certificate with its key, in PEM\n"


@pytest.mark.parametrize("way", [["--stdio"], ["--connect", "ws://127.0.0.1:1"]])
async def test_a_certificate_without_a_network_is_refused(tmp_path: Path, way: list[str]) -> None:
    ended = await called(tmp_path, "serve", *way, "--tls-cert", "some.pem")
    assert (ended.code, ended.errors) == (1, "lsp-llm: --tls-cert and --tls-key want --ws or --tcp beside them\n")


async def test_only_one_way_at_a_time(tmp_path: Path) -> None:
    ended = await called(tmp_path, "serve", "--ws", ":0", "--tcp", ":0")
    assert ended.code == 2


@pytest.mark.parametrize("token", ["short", "a token with blanks in it"])
async def test_a_token_that_is_no_good_is_refused(tmp_path: Path, token: str) -> None:
    ended = await called(tmp_path, "serve", "--tcp", ":0", environ={"LSP_LLM_TOKEN": token})
    assert ended.errors.startswith("lsp-llm: LSP_LLM_TOKEN is no token")
    assert token not in ended.errors


async def test_who_opens_it_to_others_is_warned(tmp_path: Path) -> None:
    async with Program(tmp_path, "--tcp", ":0") as alone:
        assert TOO_OPEN not in alone.said
    async with Program(tmp_path, "--tcp", "0.0.0.0:0") as program:
        assert TOO_OPEN in program.said
