"""What a command is and what it may use; positions and messages of the protocol stay outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeVar

import msgspec

from lsp_llm.commands.prompting import Prompting
from lsp_llm.config.settings import Settings
from lsp_llm.jobs.runner import Runner
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.records.usage import UsageLog


class Place(Enum):
    """Whether a command is about a range of a document."""

    RANGE = "range"
    """`uri` and `range` are required."""
    ANYWHERE = "anywhere"
    """`uri` and `range`, or `path` and lines, or the range last seen."""
    NONE = "none"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The arguments of a command beside its place; an unknown key is refused."""


@dataclass(frozen=True, slots=True)
class Services:
    """What commands may use; `settings` gives those in force for a document."""

    runner: Runner
    hosts: ModelHosts
    prompting: Prompting
    settings: Callable[[str], Settings]
    environ: Mapping[str, str]
    usage: UsageLog


OptionsT = TypeVar("OptionsT", bound=Options, contravariant=True)


class Command(Protocol[OptionsT]):
    """One verb; `run` answers at once and leaves the work to a job."""

    name: str
    title: str
    place: Place
    options: type[Any]

    def run(self, services: Services, target: Any, options: OptionsT) -> Mapping[str, Any]:
        """The answer to the client; raises UserError. `target` is there where `place` says so."""
        ...
