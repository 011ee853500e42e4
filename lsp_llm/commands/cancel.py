"""`lsp-llm.cancel`: stops jobs; what has arrived stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.errors import UserError


class CancelOptions(Options, frozen=True):
    """One job, those of one document, or (nothing given) all."""

    job_id: str = ""
    uri: str = ""


class Cancel:
    """Stop."""

    name = "lsp-llm.cancel"
    title = "LLM: stop"
    place = Place.NONE
    options = CancelOptions

    def run(self, services: Services, target: object, options: CancelOptions) -> Mapping[str, Any]:
        """The ids of the jobs that were stopped; a job that has ended is none of them."""
        runner, sends = services.runner, services.sends
        if options.job_id and not (runner.places.knows(options.job_id) or sends.knows(options.job_id)):
            raise UserError(f"there is no job {options.job_id}")
        fills = [job for job in runner.running(options.uri or None) if options.job_id in ("", job)]
        for job_id in fills:
            runner.stop(job_id)
        chats = [job for job in sends.running(uri=options.uri or None) if options.job_id in ("", job)]
        for job_id in chats:
            sends.stop(job_id)
        return {"cancelled": [*fills, *chats]}
