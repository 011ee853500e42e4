"""`lsp-llm.accept`: takes what a preview offers; what an ended job wrote is the user's own from then on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.ended import ended_change, take


class AcceptOptions(Options, frozen=True):
    """One job, or the latest (of a document); `hunk`: only this change of it, counted from 1."""

    job_id: str = ""
    uri: str = ""
    hunk: int | None = None


class Accept:
    """Take it."""

    name = "lsp-llm.accept"
    title = "LLM: accept"
    place = Place.NONE
    options = AcceptOptions

    def run(self, services: Services, target: object, options: AcceptOptions) -> Mapping[str, Any]:
        """The id of the job that was accepted."""
        job_id = ended_change(services, options.job_id, options.uri, options.hunk, "accept")
        take(services, job_id, options.hunk)
        return {"jobId": job_id}
