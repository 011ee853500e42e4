"""`lsp-llm.showPrompt` and the request `lsp-llm/prompt/render`: what a replace or a yap would send, sent nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import job_for, order_for, placed
from lsp_llm.commands.job import Job
from lsp_llm.commands.showing import ShownPrompt, shown_prompt
from lsp_llm.config.secrets import redact
from lsp_llm.exchange.kinds import Kind
from lsp_llm.jobs.ports import Target


class ShowOptions(Options, frozen=True):
    """As for replace and yap; without a `kind` a selection is replaced. `action`: a prompt of the library."""

    kind: Kind | None = None
    query: str = ""
    preset: str = ""
    action: str = ""


class ShowPrompt:
    """Show what would be sent."""

    name = "lsp-llm.showPrompt"
    title = "LLM: show the prompt"
    place = Place.ANYWHERE
    options = ShowOptions

    def run(self, services: Services, target: Target, options: ShowOptions) -> Mapping[str, Any]:
        """Nothing yet: the text is shown when it is made."""
        name = f"{PurePath(target.path).name or 'document'}.prompt.md"
        job = _job(services, target, options)

        async def show() -> None:
            shown = await asyncio.to_thread(_making(services, target.uri, job))
            services.pages.show_text(name, shown.page)

        services.errands.begin(show())
        return {}


class RenderPrompt:
    """The same for programs."""

    place = Place.RANGE
    options = ShowOptions

    async def answer(self, services: Services, target: Target, options: ShowOptions) -> ShownPrompt:
        """When it is made, in a thread."""
        return await asyncio.to_thread(_making(services, target.uri, _job(services, target, options)))


def _job(services: Services, target: Target, options: ShowOptions) -> Job:
    kind: Kind = options.kind or ("yap" if target.start == target.end else "replace")
    order = order_for(services, target.uri, kind, options.query, options.preset, "auto")
    placed_target = placed(target, kind)
    return job_for(services, placed_target, target.document.text, replace(order, action=options.action))


def _making(services: Services, uri: str, job: Job) -> partial[ShownPrompt]:
    redacted = partial(redact, secrets=services.hosts.secrets())
    return partial(shown_prompt, services.prompting, job, services.settings(uri), redacted)
