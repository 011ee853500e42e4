"""The measured clients as profiles, each with the policy that serves it."""

from __future__ import annotations

from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.lsp.clients import client_row
from tests.fakes.editor import Profile


def policy_of(client: str, version: str = "") -> EditPolicy:
    return client_row(client, version).policy


STRICT = policy_of("Visual Studio Code")
WAITING = policy_of("Neovim", "0.10.4")
UNKNOWN = policy_of("some other client")
VIM_LSP = policy_of("vim-lsp")
YEGAPPAN = policy_of("Vim")
EGLOT = policy_of("Eglot")

PROFILES = (
    Profile(
        "neovim-0.10",
        WAITING,
        stale="dropped",
        report="minimal",
        typing_ms=150,
        echo_ms=150,
        does_each_change_restart_the_wait=True,
        version_steps=(1, 2, 3),
    ),
    Profile(
        "neovim-0.12", WAITING, stale="dropped", report="minimal", typing_ms=150, echo_ms=1, version_steps=(1, 2, 3)
    ),
    Profile(
        "helix-25.01",
        STRICT,
        stale="refused",
        report="full",
        does_answer_come_first=False,
        does_overtake=True,
    ),
    Profile("helix-25.07", STRICT, stale="refused", report="exact", does_answer_come_first=False),
    Profile(
        "eglot",
        EGLOT,
        stale="error",
        report="minimal",
        typing_ms=500,
        echo_ms=20,
        does_each_change_restart_the_wait=True,
        does_version_count_reports=True,
        is_undo_joined=True,
    ),
    Profile("lsp-mode", STRICT, stale="refused", report="exact", does_answer_come_first=False, is_undo_joined=True),
    Profile("vscode", STRICT, stale="refused", report="exact", echo_ms=1, first_version=1),
    Profile(
        "vim-lsp",
        VIM_LSP,
        stale="applied",
        report="minimal",
        typing_ms=1,
        does_echo_wait_for_the_user=True,
        is_undo_joined=True,
        is_line_past_the_end_ignored=True,
        first_version=1,
    ),
    Profile(
        "yegappan",
        YEGAPPAN,
        stale="applied",
        report="full",
        is_undo_joined=True,
        is_line_past_the_end_ignored=True,
        first_version=2,
        version_steps=(1, 2, 3),
    ),
    Profile(
        "unknown-prompt", UNKNOWN, stale="dropped", report="exact", echo_ms=5, silence_per_mille=20, first_version=1
    ),
    Profile("unknown-lazy", UNKNOWN, stale="refused", report="minimal", typing_ms=20, does_echo_wait_for_the_user=True),
)
