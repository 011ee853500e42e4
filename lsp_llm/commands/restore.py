"""`lsp-llm.restore`: puts back what a job replaced, also after further edits of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.ended import ended_change, writing_jobs


class RestoreOptions(Options, frozen=True):
    """One job, or the latest (of a document); `hunk`: only this change of it, counted from 1."""

    job_id: str = ""
    uri: str = ""
    hunk: int | None = None


class Restore:
    """Put the original back."""

    name = "lsp-llm.restore"
    title = "LLM: restore original"
    place = Place.NONE
    options = RestoreOptions

    def run(self, services: Services, target: object, options: RestoreOptions) -> Mapping[str, Any]:
        """The id of the job whose original comes back, or whose offer is dropped."""
        runner = services.runner
        job_id = options.job_id or next(reversed(writing_jobs(services, options.uri)), "")
        if job_id not in writing_jobs(services, "") or options.hunk is not None:
            job_id = ended_change(services, job_id, options.uri, options.hunk, "restore")
        runner.restore(job_id, options.hunk)
        return {"jobId": job_id}
