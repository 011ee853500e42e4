"""Commands at work: real jobs and real prompts, an editor that obeys, and a host that says what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import msgspec

from lsp_llm.chat.jobs import ChatJobs
from lsp_llm.commands.base import Services
from lsp_llm.commands.errands import Errands
from lsp_llm.commands.job import Surroundings
from lsp_llm.commands.prompt_library import PromptLibrary
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.replace import Replace
from lsp_llm.commands.tool_servers import ToolServers
from lsp_llm.config.secrets import Secret
from lsp_llm.config.settings import Settings
from lsp_llm.context.library import built_in_prompts
from lsp_llm.context.templates import built_in_folder
from lsp_llm.exchange.messages import ModelRequest
from lsp_llm.lsp.uris import shown_name
from lsp_llm.providers.registry import ResolvedPreset
from lsp_llm.records.choices import PresetChoices
from lsp_llm.records.history import History
from lsp_llm.records.instructions import Instructions
from lsp_llm.records.left import LeftLog
from lsp_llm.records.usage import UsageLog
from lsp_llm.status.events import Finished, Outcome, Status
from tests.fakes.jobs import Desk, Source

SETTINGS: Mapping[str, Any] = {
    "preset": "fake",
    "providers": {
        "fake": {"base_url": "http://127.0.0.1:1", "auth": "none"},
        "spare": {"base_url": "http://127.0.0.1:2", "auth": "none"},
    },
    "presets": {
        "fake": {"provider": "fake", "model": "m"},
        "other": {"provider": "fake", "model": "n"},
        "safe": {"provider": "fake", "model": "m", "fallback": ["spare", "fake"]},
        "spare": {"provider": "spare", "model": "s"},
    },
}


class Hosts:
    """In place of the model hosts: keeps what is asked, and answers from a source of the test's."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[tuple[ResolvedPreset, ModelRequest, Source]] = asyncio.Queue()
        self.resting: set[str] = set()
        self.known: tuple[Secret, ...] = ()

    def is_resting(self, provider_name: str) -> bool:
        return provider_name in self.resting

    def secrets(self) -> tuple[Secret, ...]:
        return self.known

    async def answer(self, resolved: ResolvedPreset, request: ModelRequest) -> Source:
        source = Source()
        self.asked.put_nowait((resolved, request, source))
        return source


class Picker:
    """Keeps what is asked; the test picks."""

    def __init__(self) -> None:
        self.is_there = True
        self.asked: list[tuple[str, Sequence[str], Callable[[str], None]]] = []

    def ask(self, question: str, names: Sequence[str], picked: Callable[[str], None]) -> None:
        self.asked.append((question, names, picked))


class Pages:
    """Keeps what is shown."""

    def __init__(self) -> None:
        self.shown: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.complaints: list[str] = []

    def show_text(self, name: str, text: str) -> None:
        self.shown.put_nowait((name, text))


class CommandDesk(Desk):
    """A desk with all that commands may use."""

    def __init__(self, folder: Path, text: str) -> None:
        super().__init__(folder, text)
        self.hosts = Hosts()
        self.settings: dict[str, Any] = dict(SETTINGS)
        self.environ: dict[str, str] = {}
        self.root: Path | None = None
        self.around = Surroundings()
        self.library = PromptLibrary([built_in_prompts()], lambda uri: self.root)
        self.prompting = Prompting([built_in_folder()], self.library.read)
        self.picker, self.pages = Picker(), Pages()
        self.errands = Errands(self.pages.complaints.append)

    @property
    def services(self) -> Services:
        # Commands that need chats have a desk of their own.
        nothing: dict[str, Any] = dict.fromkeys(field.name for field in fields(Services))
        used = {
            "runner": self.runner,
            "hosts": self.hosts,
            "prompting": self.prompting,
            "settings": lambda uri: msgspec.convert(self.settings, Settings),
            "environ": self.environ,
            "usage": UsageLog(self._folder),
            "library": self.library,
            "instructions": Instructions(self._folder),
            "choices": PresetChoices(self._folder),
            "workspace": lambda: str(self.root or ""),
            "picker": self.picker,
            "surroundings": lambda uri: replace(self.around, root=self.root),
            "left": LeftLog(self._folder),
            "pages": self.pages,
            "errands": self.errands,
            "sends": ChatJobs(self.log, History(self._folder), shown_name),
            "tool_servers": ToolServers(),
        }
        return Services(**{**nothing, **used})

    def run(self, command: Any, selected: str | None = None, **options: Any) -> Any:
        """What a command answers."""
        target = self.target(selected) if selected is not None else None
        return command.run(self.services, target, command.options(**options))

    async def asked(self) -> tuple[ResolvedPreset, str, Source]:
        """The next request: the preset, the words of the last message, and the answer to give."""
        resolved, request, source = await asyncio.wait_for(self.hosts.asked.get(), 60)
        return resolved, request.messages[-1].text, source

    async def answered(self, job: Mapping[str, Any], answer: str) -> str:
        """Answer the job that was begun last, and wait for its end."""
        _, _, source = await self.asked()
        source.finish(answer)
        assert await self.log.end(job["jobId"]) == Finished()
        return str(job["jobId"])

    async def replaced(self, selected: str, answer: str, **options: Any) -> str:
        """A replacing from the command to its end."""
        return await self.answered(self.run(Replace(), selected, **options), answer)


async def written_by_hand(desk: CommandDesk, place: str, text: str) -> str:
    """A text that no model was asked for in the document, and its job, as a chat has them."""
    hand, job_id = _Hand(), "chat-12"
    writing = desk.runner.lend(job_id, desk.target(place), hand)
    writing.write(text)
    writing.end()
    assert await hand.outcome == Finished()
    return job_id


class _Hand:
    def __init__(self) -> None:
        self.outcome: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()

    def told(self, status: Status) -> None:
        """Not looked at."""

    def settled(self, outcome: Outcome) -> None:
        self.outcome.set_result(outcome)
