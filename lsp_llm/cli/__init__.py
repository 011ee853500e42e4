"""The command line: one file a subcommand; it parses, calls and gives an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import lsp_llm
from lsp_llm.errors import LspLlmError

LEVELS = ("debug", "info", "warning", "error")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line says; a mistake is told in one sentence."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "demo":
            from lsp_llm.cli.demo.performance import run_demo

            return run_demo(options.svg)
        from lsp_llm.cli.serve import serve

        return serve(options)
    except LspLlmError as error:
        print(f"lsp-llm: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read the output has gone; without this, Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line; without a subcommand it serves on stdio, as every editor expects."""
    top = argparse.ArgumentParser(
        prog="lsp-llm", parents=[_serving()], description="A language server that streams LLM answers into any editor."
    )
    top.set_defaults(log_level="warning")
    top.add_argument("--version", action="version", version=f"lsp-llm {lsp_llm.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    # Without defaults of its own: they would stand above what was said before the word "serve".
    again = _serving(argument_default=argparse.SUPPRESS)
    serve = commands.add_parser("serve", parents=[again], help="serve an editor (what happens without a command)")
    serve.set_defaults(command="serve")
    demo = commands.add_parser("demo", help="watch an answer stream into a file, with no key and no model")
    demo.add_argument("--svg", type=Path, metavar="FILE", help="write a picture of the demo instead of playing it")
    return top


def _serving(argument_default: str | None = None) -> argparse.ArgumentParser:
    """What may be said about serving, with and without the word "serve"."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argument_default)
    common.add_argument("--stdio", action="store_true", help="speak LSP on standard input and output (the default)")
    common.add_argument("--config", type=Path, metavar="FILE", help="settings instead of the user's config.toml")
    common.add_argument("--log-file", type=Path, metavar="FILE", help="write the log there instead of to stderr")
    common.add_argument("--log-level", choices=LEVELS, help="how much is logged")
    common.add_argument("--trace", type=Path, metavar="FILE", help="write a readable transcript of the protocol")
    return common
