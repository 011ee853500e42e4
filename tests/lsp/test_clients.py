from __future__ import annotations

import pytest

from lsp_llm.config.settings import ClientEdits
from lsp_llm.jobs.edit_policy import EditPolicy
from lsp_llm.lsp.clients import CLIENTS, UNKNOWN, client_row, with_own


def test_rows_are_found_by_name_without_regard_to_case() -> None:
    assert client_row("Neovim", "0.10.4") is client_row("neovim", "0.10.4")
    assert client_row("nobody knows", "1") is UNKNOWN
    assert client_row("", "") is UNKNOWN


@pytest.mark.parametrize(
    ("version", "is_full"), [("25.01.1", True), ("24.7", True), ("25.07", False), ("25.07.1", False), ("26", False)]
)
def test_helix_before_25_07_gets_full_sync(version: str, is_full: bool) -> None:
    assert client_row("helix", version).wants_full_sync is is_full


def test_a_client_that_hides_its_version_is_taken_for_an_old_one() -> None:
    assert client_row("helix", "").wants_full_sync


def test_every_row_can_be_reached() -> None:
    """A row behind another one of the same name and no bound would never be used."""
    for index, row in enumerate(CLIENTS):
        earlier = [other for other in CLIENTS[:index] if other.name.lower() == row.name.lower()]
        assert all(other.below for other in earlier), row.name


def test_an_unknown_client_is_trusted_after_half_a_second() -> None:
    assert UNKNOWN.policy == EditPolicy(sends_version=True, applied_is_proof=False, trust_after_seconds=0.5)


def test_what_the_user_states_stands_above_the_row() -> None:
    policy = EditPolicy()
    assert with_own(policy, ClientEdits()) == policy
    assert with_own(policy, ClientEdits(version="null")).sends_version is False
    assert with_own(EditPolicy(sends_version=False), ClientEdits(version="current")).sends_version
    assert with_own(policy, ClientEdits(echo="trust")).trust_after_seconds == 0
    assert with_own(policy, ClientEdits(echo="wait")).trust_after_seconds is None
    assert with_own(policy, ClientEdits(minimum_interval_ms=250)).minimum_interval_seconds == 0.25
