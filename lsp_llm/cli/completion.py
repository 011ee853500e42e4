"""`lsp-llm completion`: the script by which a shell completes our words, made from the grammar of the command line.

Names that are not part of the grammar, presets and prompts, are asked for by the script when they are wanted.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from lsp_llm.app.shared import PromptFolders
from lsp_llm.cli.configured import configured
from lsp_llm.context.library import LibraryByRoot

_ASK: Final = "lsp-llm completion --names {} 2>/dev/null"
_FUNCTIONS: Final[Mapping[str, str]] = {
    "bash": '_lsp_llm_{0}() {{ compgen -W "$({1})" -- "$1"; }}',
    "zsh": '_lsp_llm_{0}() {{ compadd -- ${{(f)"$({1})"}} }}',
    "fish": "",
}
_NAMES: Final = ("presets", "prompts")
_HARMLESS: Final = re.compile(r"[\w.@+:/-]+")
"""Bash runs commands that stand in names which it is to choose from, and a foreign project may hold any name."""


def completion(grammar: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Print the script for a shell, or the names that such a script asks for, one a line."""
    match options.names:
        case "presets":
            _print_names(configured(None).settings.presets)
        case "prompts":
            library = LibraryByRoot(PromptFolders().prompts).read(Path.cwd())
            _print_names(prompt.id for prompt in library.prompts)
        case _:
            print(script(grammar, options.shell), end="")
    return 0


def _print_names(names: Iterable[str]) -> None:
    print("\n".join(filter(_HARMLESS.fullmatch, names)))


def script(grammar: argparse.ArgumentParser, shell: str) -> str:
    """The script; what an argument is is told by what stands for it in the help."""
    import shtab

    completed: Mapping[str, Mapping[str, Any]] = {
        "FILE": shtab.FILE,
        "TEMPLATE": shtab.FILE,
        "NAME": _asking("presets"),
        "ID": _asking("prompts"),
    }
    for action in _actions(grammar):
        if action.metavar in completed:
            action.complete = completed[action.metavar]
    functions = [_FUNCTIONS[shell].format(names, _ASK.format(names)) for names in _NAMES]
    return shtab.complete(grammar, shell, preamble="\n".join(functions))


def _asking(names: str) -> Mapping[str, str]:
    """What each shell does for these names: it calls a function, or (fish) the program."""
    return {"bash": f"_lsp_llm_{names}", "zsh": f"_lsp_llm_{names}", "fish": f"({_ASK.format(names)})"}


def _actions(grammar: argparse.ArgumentParser) -> Iterator[Any]:
    """The arguments of the program and of all its words."""
    for action in grammar._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _actions(inner)
