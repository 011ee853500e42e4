"""What all clients of one process share: connections to model hosts and what is known of these, and the records.

Whatever belongs to one client is in `session`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from lsp_llm.config.files import user_file
from lsp_llm.config.redactor import Redactor
from lsp_llm.context.library import built_in_prompts
from lsp_llm.context.templates import built_in_folder
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.records.choices import PresetChoices
from lsp_llm.records.history import History
from lsp_llm.records.instructions import Instructions
from lsp_llm.records.journal import state_folder
from lsp_llm.records.ledger_files import LedgerFiles
from lsp_llm.records.left import LeftLog
from lsp_llm.records.usage import UsageLog


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the command line says about serving."""

    config_file: Path | None = None
    trace_file: Path | None = None
    redactor: Redactor = field(default_factory=lambda: Redactor(os.environ))
    """Takes secrets out of what is written."""


@dataclass(frozen=True, slots=True)
class PromptFolders:
    """Where the user's own templates and prompts lie, and behind them the built-in ones."""

    templates: tuple[Path, ...] = field(default_factory=lambda: (user_file().parent / "templates", built_in_folder()))
    prompts: tuple[Path, ...] = field(default_factory=lambda: (user_file().parent / "prompts", built_in_prompts()))


@dataclass(frozen=True, slots=True)
class Shared:
    """The parts, for as long as the process serves."""

    config_file: Path | None
    hosts: ModelHosts
    usage: UsageLog
    history: History
    ledger: LedgerFiles
    left: LeftLog
    instructions: Instructions
    choices: PresetChoices
    folders: PromptFolders


def shared_parts(options: ServeOptions) -> Shared:
    """All of them; nothing is opened or asked yet."""
    hosts, folder = ModelHosts(os.environ), state_folder()
    options.redactor.also(hosts.secrets)
    return Shared(
        config_file=options.config_file,
        hosts=hosts,
        usage=UsageLog(folder),
        history=History(folder, options.redactor),
        ledger=LedgerFiles(folder),
        left=LeftLog(folder),
        instructions=Instructions(folder),
        choices=PresetChoices(folder),
        folders=PromptFolders(),
    )
