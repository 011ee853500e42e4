"""The settings as the command line sees them: the user's file and that of the project it is called in; no editor."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from lsp_llm.cli.columns import printable
from lsp_llm.config.files import PROJECT_FILE, named_layer, project_layer, user_file, user_layer
from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.problems import Problem
from lsp_llm.config.settings import Settings
from lsp_llm.errors import UserError
from lsp_llm.providers.registry import builtin_values

BUILT_IN = "built in"
"""What the lowest layer is called."""


@dataclass(frozen=True, slots=True)
class Configured:
    """Settings, what is wrong with their files, where these are looked for, and what each says, lowest first."""

    settings: Settings
    problems: tuple[Problem, ...]
    files: tuple[Path, ...]
    layers: tuple[Layer, ...]


def configured(named_file: Path | None) -> Configured:
    """Read the files; `named_file` is what `--config` names. Raises UserError where that is missing."""
    check_there(named_file)
    layers = (
        Layer(BUILT_IN, Origin.BUILT_IN, builtin_values()),
        named_layer(named_file) if named_file else user_layer(),
        project_layer(Path.cwd()),
    )
    settings, problems = merge(layers)
    return Configured(settings, problems, (named_file or user_file(), Path.cwd() / PROJECT_FILE), layers)


def check_there(named_file: Path | None) -> None:
    """Raises UserError where `--config` names a file that is missing."""
    if named_file is not None and not named_file.is_file():
        raise UserError(f"--config: there is no file {named_file}")


def configured_aloud(named_file: Path | None) -> Settings:
    """The settings; what is wrong with the files goes to stderr."""
    found = configured(named_file)
    for problem in found.problems:
        print(f"lsp-llm: {printable(str(problem))}", file=sys.stderr)
    return found.settings
