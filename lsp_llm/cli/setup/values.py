"""Settings as values, whatever file they stand in: whether one holds another, and both in one; it knows no file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.errors import UserError


class Unmergeable(UserError):
    """What the user has and what is to be put in do not go together; the sentence says which setting."""


def united(theirs: Mapping[str, Any], ours: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Both; a list of theirs that has all of ours stays. Raises Unmergeable where they differ."""
    both = dict(theirs)
    for key, value in ours.items():
        name = f"{path}{key}"
        if key not in theirs:
            both[key] = value
        elif isinstance(value, dict) and isinstance(theirs[key], dict):
            both[key] = united(theirs[key], value, f"{name}.")
        elif not _has(theirs[key], value):
            raise Unmergeable(f"{name} is set to something else")
    return both


def _has(theirs: Any, ours: Any) -> bool:
    if isinstance(theirs, list) and isinstance(ours, list):
        return all(value in theirs for value in ours)
    return bool(theirs == ours)
