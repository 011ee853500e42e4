"""The command line: one file a subcommand; it parses, calls and gives an exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import lsp_llm
from lsp_llm.cli.exit_codes import FAILED, READER_GONE, STOPPED
from lsp_llm.errors import LspLlmError, UserError
from lsp_llm.lsp.greeting import NO_GREETING, Greeting

LEVELS = ("debug", "info", "warning", "error")
LINES = "the lines to replace, from 1; A alone: the answer goes behind it; all lines if absent"
# Written out: the table of editors is not wanted by those who serve.
EDITORS = ("neovim", "vscode", "helix", "emacs", "vim", "kakoune", "sublime", "zed")


def run(arguments: Sequence[str] | None = None, greeting: Greeting = NO_GREETING) -> int:
    """Run what the command line says; a mistake is told in one sentence.

    `greeting` is what was read and answered before, while it was clear that it is to serve.
    """
    options = parser().parse_args(arguments, argparse.Namespace(greeting=greeting))
    try:
        return _run_and_flush(options)
    except LspLlmError as error:
        from lsp_llm.cli.columns import printable_lines
        from lsp_llm.commands.inquiries import sentence

        print(f"lsp-llm: {printable_lines(sentence(error))}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:
        # Whoever read the output has gone.
        _drop_output()
        return READER_GONE
    except KeyboardInterrupt:
        return STOPPED


def _run_and_flush(options: argparse.Namespace) -> int:
    """What is left to be written is written here, where a reader that has gone is no fault."""
    word = _loaded(options)
    _heed_interrupts()
    try:
        code = word()
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        # That of a file or a connection is a fault of ours.
        if sys.stdout is None or isinstance(error, ConnectionError) or error.filename is not None:
            raise
        _drop_output()
        raise UserError(f"standard output cannot be written: {error.strerror}") from None
    return code


def _heed_interrupts() -> None:
    """Nothing is loaded any more, so Ctrl+C may be an exception again; see `__main__`."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _drop_output() -> None:
    """Without this, Python would try once more at its end to write what cannot be written, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _loaded(options: argparse.Namespace) -> Callable[[], int]:
    """What runs a subcommand; each imports what it needs, and no other's."""
    match options.command:
        case "demo":
            from lsp_llm.cli.demo.performance import run_demo

            return partial(run_demo, options.svg)
        case "presets":
            from lsp_llm.cli.presets import show_presets

            return partial(show_presets, options.config, as_data=options.json)
        case "models":
            from lsp_llm.cli.models import show_models

            return partial(show_models, options.config, options.provider, as_data=options.json)
        case "usage":
            import datetime

            from lsp_llm.cli.usage import show_usage

            return partial(show_usage, datetime.date.today(), as_data=options.json)
        case "render":
            from lsp_llm.cli.render import render

            return partial(render, options)
        case "chat":
            from lsp_llm.cli.chat import chat

            return partial(chat, options)
        case "setup":
            from lsp_llm.cli.setup.command import set_up

            return partial(set_up, options)
        case "doctor" if options.editor:
            from lsp_llm.cli.doctor_editor import examine_editor

            return partial(examine_editor, options.editor, options.config, as_data=options.json)
        case "fill" | "pipe" | "history" | "config" | "completion":
            return _loaded_at_hand(options)
        case "doctor":
            from lsp_llm.cli.doctor import examine

            return partial(examine, options.config, asks=options.request, as_data=options.json)
        case _:
            from lsp_llm.cli.serve import serve

            return partial(serve, options)


def _loaded_at_hand(options: argparse.Namespace) -> Callable[[], int]:
    """What works where there is no editor."""
    match options.command:
        case "fill":
            from lsp_llm.cli.fill import fill

            return partial(fill, options)
        case "pipe":
            from lsp_llm.cli.pipe import pipe

            return partial(pipe, options)
        case "history":
            from lsp_llm.cli.history import show_history

            return partial(show_history, options.query, options.limit, as_data=options.json)
        case "config" if options.look == "schema":
            from lsp_llm.cli.config_schema import show_schema

            return show_schema
        case "config":
            from lsp_llm.cli.config import config

            return partial(config, options)
        case _:
            from lsp_llm.cli.completion import completion

            return partial(completion, parser(), options)


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line; without a subcommand it serves on stdio, as every editor expects."""
    top = argparse.ArgumentParser(
        prog="lsp-llm", parents=[_serving()], description="A language server that streams LLM answers into any editor."
    )
    top.set_defaults(log_level="warning", ws=None, tcp=None, connect=None, tls_cert=None, tls_key=None)
    top.add_argument("--version", action="version", version=f"lsp-llm {lsp_llm.__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    # Without defaults of its own: they would stand above what was said before the word "serve".
    again = _serving(argument_default=argparse.SUPPRESS)
    serve = commands.add_parser("serve", parents=[again], help="serve an editor (what happens without a command)")
    serve.set_defaults(command="serve")
    _add_network(serve)
    _add_chat(commands)
    demo = commands.add_parser("demo", help="watch an answer stream into a file, with no key and no model")
    demo.add_argument("--svg", type=Path, metavar="FILE", help="write a picture of the demo instead of playing it")
    _add_looking(commands)
    return top


def _add_network(serve: argparse.ArgumentParser) -> None:
    """The ways to serve without pipes."""
    ways = serve.add_mutually_exclusive_group()
    ways.add_argument("--ws", metavar="HOST:PORT", help="serve many clients over WebSockets (this machine's, no HOST)")
    ways.add_argument("--tcp", metavar="HOST:PORT", help="serve many clients over TCP")
    ways.add_argument(
        "--connect",
        nargs="?",
        const="",
        metavar="URL",
        help="join this editor to such a server ([remote] url if absent)",
    )
    serve.add_argument(
        "--tls-cert", type=Path, metavar="FILE", help="speak TLS over the network, with this certificate"
    )
    serve.add_argument("--tls-key", type=Path, metavar="FILE", help="its key, where that is not in the same file")


def _add_chat(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    chat = commands.add_parser("chat", help="chat in this terminal")
    chat.add_argument(
        "--connect", nargs="?", const="", metavar="URL", help="with a server elsewhere ([remote] url if absent)"
    )
    chat.add_argument("--preset", default="", metavar="NAME", help="not the one in use but this")
    which = chat.add_mutually_exclusive_group()
    which.add_argument("--chat", default="", metavar="ID", help="go on with this chat")
    which.add_argument("--continue", dest="go_on", action="store_true", help="go on with the chat changed last")
    # Without a default of its own, as above.
    unsaid = argparse.SUPPRESS
    chat.add_argument("--config", type=Path, default=unsaid, metavar="FILE", help="settings instead of the user's own")


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
    asking = _asking()
    _add_render(commands, settings, asking)
    _add_filling(commands, [*both, asking])
    _add_history_and_config(commands, looking, both)
    doctor = commands.add_parser("doctor", parents=both, help="check settings, keys, servers, clock and network")
    either = doctor.add_mutually_exclusive_group()
    either.add_argument("--request", action="store_true", help="also ask the preset in use for one token, and time it")
    either.add_argument("editor", nargs="?", choices=EDITORS, metavar="EDITOR", help="look at this editor instead")
    _add_setup(commands)


def _add_setup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    setup = commands.add_parser("setup", help="print an editor's configuration, or write it where the editor reads it")
    setup.add_argument("editor", choices=EDITORS, metavar="EDITOR", help=", ".join(EDITORS))
    setup.add_argument("--write", action="store_true", help="show what would change, ask, and write it")
    setup.add_argument("--yes", action="store_true", help="do not ask")
    setup.add_argument("--languages", default="", metavar="A,B", help="helix: the languages that get lsp-llm")


def _asking() -> argparse.ArgumentParser:
    """What may be said of a fill."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--prompt", default="", metavar="TEXT", help="the instruction")
    common.add_argument("--action", default="", metavar="ID", help="a prompt of the library")
    common.add_argument("--preset", default="", metavar="NAME", help="not the one in use but this")
    return common


def _add_filling(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], parents: Sequence[argparse.ArgumentParser]
) -> None:
    fill = commands.add_parser("fill", parents=parents, help="have lines of a file replaced by an answer")
    fill.add_argument("file", type=Path, metavar="FILE", help="the file")
    fill.add_argument("--lines", default="", metavar="A:B", help=LINES)
    fill.add_argument("--dry-run", action="store_true", help="show the difference and write nothing")
    commands.add_parser("pipe", parents=parents, help="answer on standard output, about the text on standard input")


def _add_history_and_config(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    looking: argparse.ArgumentParser,
    both: Sequence[argparse.ArgumentParser],
) -> None:
    history = commands.add_parser("history", parents=[looking], help="show what was asked and what came of it")
    history.add_argument("query", nargs="?", default="", metavar="QUERY", help="only what has these words")
    history.add_argument("--limit", type=_count, default=20, metavar="N", help="at most so many, the last one first")
    config = commands.add_parser("config", help="look at the settings")
    looks = config.add_subparsers(dest="look", metavar="WHAT", required=True)
    looks.add_parser("show", parents=both, help="the settings in force, and where each comes from")
    looks.add_parser("check", parents=both, help="what is wrong with the files of settings")
    looks.add_parser("schema", help="a JSON schema of the settings, for editors that complete and check them")
    completion = commands.add_parser("completion", help="print what makes a shell complete our words")
    what = completion.add_mutually_exclusive_group(required=True)
    what.add_argument("shell", nargs="?", choices=("bash", "zsh", "fish"), help="the shell that is to read it")
    # What the scripts ask for.
    what.add_argument("--names", choices=("presets", "prompts"), help=argparse.SUPPRESS)


def _count(text: str) -> int:
    """A number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number from 1")
    return int(text)


def _add_render(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    settings: argparse.ArgumentParser,
    asking: argparse.ArgumentParser,
) -> None:
    render = commands.add_parser(
        "render", parents=[settings, asking], help="show what would be sent for a place in a file"
    )
    render.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the document")
    render.add_argument("--lines", default="", metavar="A:B", help=LINES)
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
