from __future__ import annotations

import pytest

from lsp_llm.lsp.lifecycle import Lifecycle, Phase
from lsp_llm.lsp.wire import INVALID_REQUEST, SERVER_NOT_INITIALIZED


@pytest.mark.parametrize(
    ("phase", "method", "code"),
    [
        (Phase.NEW, "initialize", None),
        (Phase.NEW, "exit", None),
        (Phase.NEW, "shutdown", SERVER_NOT_INITIALIZED),
        (Phase.NEW, "textDocument/didOpen", SERVER_NOT_INITIALIZED),
        (Phase.RUNNING, "textDocument/didOpen", None),
        (Phase.RUNNING, "shutdown", None),
        (Phase.RUNNING, "initialize", INVALID_REQUEST),
        (Phase.SHUT_DOWN, "textDocument/codeAction", INVALID_REQUEST),
        (Phase.SHUT_DOWN, "initialize", INVALID_REQUEST),
        (Phase.SHUT_DOWN, "shutdown", INVALID_REQUEST),
        (Phase.SHUT_DOWN, "exit", None),
    ],
)
def test_what_each_phase_takes(phase: Phase, method: str, code: int | None) -> None:
    lifecycle = Lifecycle()
    lifecycle.phase = phase
    refusal = lifecycle.refusal(method)
    assert (refusal and refusal.code) == code
    assert refusal is None or method in str(refusal)


def test_only_an_exit_after_shutdown_is_a_good_one() -> None:
    lifecycle = Lifecycle()
    assert lifecycle.exit_code == 1
    lifecycle.phase = Phase.SHUT_DOWN
    assert lifecycle.exit_code == 0
