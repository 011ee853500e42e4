"""The policy of a client that nobody has measured."""

from __future__ import annotations

from lsp_llm.jobs.edit_policy import EditPolicy


def test_an_unknown_client_gets_versions_and_is_trusted_after_half_a_second() -> None:
    policy = EditPolicy()
    assert policy.sends_version
    assert policy.trust_after_seconds == 0.5
    assert not policy.applied_is_proof
    assert not policy.may_land_elsewhere
