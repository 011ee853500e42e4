from __future__ import annotations

from pathlib import Path

import pytest

import lsp_llm
from lsp_llm.cli import parser, run


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
