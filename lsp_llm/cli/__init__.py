"""The command line: one file a subcommand; it parses, calls and gives an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import lsp_llm
from lsp_llm.errors import LspLlmError
from lsp_llm.lsp.greeting import NO_GREETING, Greeting

LEVELS = ("debug", "info", "warning", "error")


def run(arguments: Sequence[str] | None = None, greeting: Greeting = NO_GREETING) -> int:
    """Run what the command line says; a mistake is told in one sentence.

    `greeting` is what was read and answered before, while it was clear that it is to serve.
    """
    options = parser().parse_args(arguments, argparse.Namespace(greeting=greeting))
    try:
        return _run(options)
    except LspLlmError as error:
        from lsp_llm.commands.inquiries import sentence

        print(f"lsp-llm: {sentence(error)}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read the output has gone; without this, Python would complain once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _run(options: argparse.Namespace) -> int:
    """Each subcommand imports what it needs, and no other's."""
    match options.command:
        case "demo":
            from lsp_llm.cli.demo.performance import run_demo

            return run_demo(options.svg)
        case "presets":
            from lsp_llm.cli.presets import show_presets

            return show_presets(options.config, as_data=options.json)
        case "models":
            from lsp_llm.cli.models import show_models

            return show_models(options.config, options.provider, as_data=options.json)
        case "usage":
            import datetime

            from lsp_llm.cli.usage import show_usage

            return show_usage(datetime.date.today(), as_data=options.json)
        case "render":
            from lsp_llm.cli.render import render

            return render(options)
        case "doctor":
            from lsp_llm.cli.doctor import examine

            return examine(options.config, asks=options.request, as_data=options.json)
        case _:
            from lsp_llm.cli.serve import serve

            return serve(options)


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
    _add_looking(commands)
    return top


def _add_looking(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The subcommands that look at what there is."""
    looking = argparse.ArgumentParser(add_help=False)
    looking.add_argument("--json", action="store_true", help="print it as JSON")
    # Without a default of its own, as above.
    settings = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    settings.add_argument("--config", type=Path, metavar="FILE", help="settings instead of the user's config.toml")
    both = [looking, settings]
    commands.add_parser("presets", parents=both, help="list the presets, and say which is in use and why")
    models = commands.add_parser("models", parents=both, help="ask a provider which models it has")
    models.add_argument(
        "provider", nargs="?", default="", metavar="PROVIDER", help="that of the preset in use if absent"
    )
    commands.add_parser("usage", parents=[looking], help="show tokens and cost by day, provider and model")
    _add_render(commands, settings)
    doctor = commands.add_parser("doctor", parents=both, help="check settings, keys, servers, clock and network")
    doctor.add_argument("--request", action="store_true", help="also ask the preset in use for one token, and time it")


def _add_render(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], settings: argparse.ArgumentParser
) -> None:
    render = commands.add_parser("render", parents=[settings], help="show what would be sent for a place in a file")
    render.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the document")
    render.add_argument("--lines", default="", metavar="A:B", help="the lines to replace, from 1; A alone: behind it")
    render.add_argument("--prompt", default="", metavar="TEXT", help="the instruction")
    render.add_argument("--action", default="", metavar="ID", help="a prompt of the library")
    render.add_argument("--preset", default="", metavar="NAME", help="not the one in use but this")
    render.add_argument("--template", type=Path, metavar="TEMPLATE", help="render this template and nothing else")
    render.add_argument("--args", default="{}", metavar="JSON", help="the variables of the template")


def _serving(argument_default: str | None = None) -> argparse.ArgumentParser:
    """What may be said about serving, with and without the word "serve"."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argument_default)
    common.add_argument("--stdio", action="store_true", help="speak LSP on standard input and output (the default)")
    common.add_argument("--config", type=Path, metavar="FILE", help="settings instead of the user's config.toml")
    common.add_argument("--log-file", type=Path, metavar="FILE", help="write the log there instead of to stderr")
    common.add_argument("--log-level", choices=LEVELS, help="how much is logged")
    common.add_argument("--trace", type=Path, metavar="FILE", help="write a readable transcript of the protocol")
    return common
