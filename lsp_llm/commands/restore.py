"""`lsp-llm.restore`: puts back what a job replaced, also after further edits of the user's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.errors import UserError


class RestoreOptions(Options, frozen=True):
    """One job, or the latest (of a document)."""

    job_id: str = ""
    uri: str = ""


class Restore:
    """Put the original back."""

    name = "lsp-llm.restore"
    title = "LLM: restore original"
    place = Place.NONE
    options = RestoreOptions

    def run(self, services: Services, target: object, options: RestoreOptions) -> Mapping[str, Any]:
        """The id of the job whose original comes back."""
        runner = services.runner
        found = [*runner.restorable(options.uri or None), *runner.running(options.uri or None)]
        if options.job_id:
            found = [job for job in found if job == options.job_id]
        if not found:
            raise UserError(
                f"there is no job {options.job_id} to restore" if options.job_id else "there is nothing to restore"
            )
        runner.restore(found[-1])
        return {"jobId": found[-1]}
