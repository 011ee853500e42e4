"""`lsp-llm.retry`: asks again for an ended job's place, also with other words or another preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.ended import ended_fill
from lsp_llm.commands.fill import order_for, preparing
from lsp_llm.errors import UserError


class RetryOptions(Options, frozen=True):
    """One job, or the latest (of a document); `query` and `preset` instead of those it had."""

    job_id: str = ""
    uri: str = ""
    query: str | None = None
    preset: str = ""


class Retry:
    """Ask again."""

    name = "lsp-llm.retry"
    title = "LLM: retry"
    place = Place.NONE
    options = RetryOptions

    def run(self, services: Services, target: object, options: RetryOptions) -> Mapping[str, Any]:
        """The id of the new job; the former answer stays until its first text comes."""
        runner = services.runner
        former = ended_fill(services, options.job_id, options.uri, "retry")
        told = runner.order(former)
        if told is None:
            raise UserError(f"what job {former} was asked is not known any more: select the code and ask anew")
        where, text = runner.original(former)
        query = told.query if options.query is None else options.query
        order = order_for(services, where.uri, told.kind, query, options.preset or told.preset, "auto")
        order = replace(order, mode=told.mode, action=told.action)
        return {"jobId": runner.start_again(former, order, preparing(services, where, text, order))}
