"""Which job a command is about, when it names none: the latest one, of a document or of all; and taking its changes."""

from __future__ import annotations

from lsp_llm.commands.base import Services
from lsp_llm.errors import UserError
from lsp_llm.jobs.ports import Target


def writing_jobs(services: Services, uri: str) -> list[str]:
    """Ids of the jobs that are writing, fills and answers in chat documents, the latest last."""
    places = services.runner.places
    answers = [job_id for job_id in services.sends.running(uri=uri or None) if places.knows(job_id)]
    return sorted([*services.runner.running(uri or None), *answers], key=places.age)


def ended_job(services: Services, job_id: str, uri: str, verb: str) -> str:
    """The id of the job; raises UserError where there is none, or where it is still writing."""
    runner = services.runner
    job_id = job_id or runner.places.latest(uri or None) or ""
    if not job_id:
        raise UserError(f"there is nothing to {verb}")
    if not runner.places.knows(job_id):
        raise UserError(f"there is no job {job_id} to {verb}")
    if job_id in writing_jobs(services, ""):
        raise UserError(f"job {job_id} is still writing: stop it first")
    return job_id


def ended_fill(services: Services, job_id: str, uri: str, verb: str) -> str:
    """The same for what only fills can do: without an id, the latest that is no answer in a chat."""
    return ended_job(services, job_id or services.runner.places.latest_fill(uri or None) or "", uri, verb)


def ended_change(services: Services, job_id: str, uri: str, hunk: int | None, verb: str) -> str:
    """The same for a change of the job, counted from 1; None stands for all of it."""
    job_id = ended_job(services, job_id, uri, verb)
    if hunk is not None and not services.runner.places.has_change(job_id, hunk):
        raise UserError(f"job {job_id} has no change {hunk} to {verb}")
    return job_id


def take(services: Services, job_id: str, hunk: int | None = None) -> None:
    """Take a job's changes, or one; where its document was closed, as soon as the editor shows it again."""
    runner = services.runner
    uri = runner.places.closed_document(job_id)
    if uri is None:
        runner.accept(job_id, hunk)
        return

    def again(opened: Target) -> None:
        # With another text the offer is gone, and the user has been told.
        if runner.places.knows(job_id):
            runner.accept(job_id, hunk)

    services.pages.show_beside(uri)
    services.open_chats.when_open_again(uri, again)
