"""`lsp-llm.alternative`: walks among the answers of a job and its retries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.ended import ended_fill


class AlternativeOptions(Options, frozen=True):
    """`step`: 1 for the next answer, -1 for the one before; one job, or the latest (of a document)."""

    step: Literal[1, -1]
    job_id: str = ""
    uri: str = ""


class Alternative:
    """Show another answer."""

    name = "lsp-llm.alternative"
    title = "LLM: another answer"
    place = Place.NONE
    options = AlternativeOptions

    def run(self, services: Services, target: object, options: AlternativeOptions) -> Mapping[str, Any]:
        """The id of the job whose answer changes."""
        job_id = ended_fill(services, options.job_id, options.uri, "show another answer of")
        services.runner.show_another(job_id, options.step)
        return {"jobId": job_id}
