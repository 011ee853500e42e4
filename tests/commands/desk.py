"""Commands at work: real jobs and real prompts, an editor that obeys, and a host that says what the test says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from lsp_llm.commands.base import Services
from lsp_llm.commands.prompting import Prompting
from lsp_llm.commands.replace import Replace
from lsp_llm.config.settings import Settings
from lsp_llm.context.templates import built_in_folder
from lsp_llm.exchange.messages import ModelRequest
from lsp_llm.providers.registry import ResolvedPreset
from lsp_llm.records.usage import UsageLog
from lsp_llm.status.events import Finished
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

    def is_resting(self, provider_name: str) -> bool:
        return provider_name in self.resting

    async def answer(self, resolved: ResolvedPreset, request: ModelRequest) -> Source:
        source = Source()
        self.asked.put_nowait((resolved, request, source))
        return source


class CommandDesk(Desk):
    """A desk with all that commands may use."""

    def __init__(self, folder: Path, text: str) -> None:
        super().__init__(folder, text)
        self.hosts = Hosts()
        self.settings: dict[str, Any] = dict(SETTINGS)
        self.environ: dict[str, str] = {}

    @property
    def services(self) -> Services:
        hosts: Any = self.hosts
        prompting = Prompting([built_in_folder()])
        return Services(
            self.runner,
            hosts,
            prompting,
            lambda uri: msgspec.convert(self.settings, Settings),
            self.environ,
            UsageLog(self._folder),
        )

    def run(self, command: Any, selected: str | None = None, **options: Any) -> Any:
        """What a command answers."""
        target = self.target(selected) if selected is not None else None
        return command.run(self.services, target, command.options(**options))

    async def asked(self) -> tuple[ResolvedPreset, str, Source]:
        """The next request: the preset, the words of the last message, and the answer to give."""
        resolved, request, source = await asyncio.wait_for(self.hosts.asked.get(), 10)
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
