"""Errors of the protocol by kind."""

from __future__ import annotations

from typing import get_args

import pytest

from lsp_llm import errors
from lsp_llm.tui.faults import KINDS, Fault, FaultKind, fault_of


@pytest.mark.parametrize(("name", "kind"), [*KINDS.items(), ("UserError", "refused"), ("Refused", "refused")])
def test_each_type_of_error_has_its_kind(name: str, kind: FaultKind) -> None:
    assert issubclass(getattr(errors, name), errors.LspLlmError)
    assert fault_of("No.", {"errorType": name, "hint": "Try."}) == Fault(kind, "No.")


def test_every_kind_is_reached() -> None:
    assert {*KINDS.values(), "refused"} == set(get_args(FaultKind))


@pytest.mark.parametrize("data", [None, "text", [], {}, {"errorType": 3, "retryAfterSeconds": "soon"}])
def test_an_error_without_data_is_a_refusal(data: object) -> None:
    assert fault_of("No.", data) == Fault("refused", "No.")


def test_a_rate_limit_says_how_long() -> None:
    assert fault_of("No.", {"errorType": "RateLimited", "retryAfterSeconds": 7}) == Fault("rate limit", "No.", 7.0)
