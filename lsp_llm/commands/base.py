"""What a command is and what it may use; positions and messages of the protocol stay outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec

from lsp_llm.chat.jobs import ChatJobs
from lsp_llm.commands.errands import Errands
from lsp_llm.commands.job import Surroundings
from lsp_llm.commands.open_chats import OpenChats
from lsp_llm.commands.prompt_library import PromptLibrary
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.tool_servers import ToolServers
from lsp_llm.config.settings import Settings
from lsp_llm.jobs.runner import Runner
from lsp_llm.providers.hosts import ModelHosts
from lsp_llm.providers.registry import choose_preset
from lsp_llm.records.choices import PresetChoices
from lsp_llm.records.instructions import Instructions
from lsp_llm.records.left import LeftLog
from lsp_llm.records.usage import UsageLog

if TYPE_CHECKING:
    from pathlib import Path

    from lsp_llm.chat.ports import Follower
    from lsp_llm.commands.chats import Chats
    from lsp_llm.tools.approval import Decision


class Place(Enum):
    """Whether a command is about a range of a document."""

    RANGE = "range"
    """`uri` and `range` are required."""
    ANYWHERE = "anywhere"
    """`uri` and `range`, or `path` and lines, or the range last seen."""
    DOCUMENT = "document"
    """`uri`, and a `position` in it; without one it is the document's end."""
    PERHAPS = "perhaps"
    """`uri` and `range`, or nothing."""
    PERHAPS_DOCUMENT = "perhapsDocument"
    """`uri`, and a `position` in it, or nothing."""
    NONE = "none"


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The arguments of a command beside its place; an unknown key is refused."""


class Picker(Protocol):
    """Where the user is asked to pick one of some names."""

    @property
    def is_there(self) -> bool:
        """Whether the client can ask."""
        ...

    def ask(self, question: str, names: Sequence[str], picked: Callable[[str], None]) -> None:
        """Ask; `picked` is called with a name, or never."""
        ...


class Pages(Protocol):
    """Where a text is shown that belongs to no file of the user's."""

    def show_text(self, name: str, text: str) -> None:
        """Show it; `name` is a file's name, with the ending that tells what it is."""
        ...

    def show_file(self, path: Path) -> None:
        """Show a file that is there already, for the user to go on in it."""
        ...

    def show_beside(self, uri: str) -> None:
        """Show a document of the user's, who goes on elsewhere."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """What commands may use; `settings` gives those in force for a document, `workspace` the folder that is open."""

    runner: Runner
    hosts: ModelHosts
    prompting: Prompting
    settings: Callable[[str], Settings]
    environ: Mapping[str, str]
    usage: UsageLog
    library: PromptLibrary
    instructions: Instructions
    choices: PresetChoices
    workspace: Callable[[], str]
    picker: Picker
    surroundings: Callable[[str], Surroundings]
    left: LeftLog
    pages: Pages
    errands: Errands
    sends: ChatJobs
    chats: Callable[[], Chats]
    """Loaded when they are first asked for."""
    tool_servers: ToolServers
    open_chats: OpenChats
    questions: Callable[[Callable[[str, Decision], object]], Follower]
    """Makes one who follows a send in a document, and puts the questions of its tools to the user."""

    def chosen(self, uri: str) -> tuple[str, str]:
        """The preset in use for a document, and a sentence on why."""
        return choose_preset(self.settings(uri), self.environ, self.choices.of(self.workspace()))


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
