"""Which ended job a command is about, when it names none: the latest one, of a document or of all."""

from __future__ import annotations

from lsp_llm.commands.base import Services
from lsp_llm.errors import UserError


def ended_job(services: Services, job_id: str, uri: str, verb: str) -> str:
    """The id of the job; raises UserError where there is none."""
    runner = services.runner
    if job_id:
        if not runner.knows(job_id):
            raise UserError(f"there is no job {job_id} to {verb}")
        return job_id
    found = [*runner.restorable(uri or None), *runner.offered(uri or None)]
    if not found:
        raise UserError(f"there is nothing to {verb}")
    return found[-1]
