"""What a project file may not say, since a cloned project is not the user's own word; it never reads the file.

A project may choose a model and its prompts. It may not decide where text is sent, with which key, what runs on this
machine or what a model may do unasked, and its folders stay inside the workspace. It may keep more back, never less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PureWindowsPath
from typing import Any, get_args

from lsp_llm.config.problems import Fault, KeyPath
from lsp_llm.config.settings import Secrets, Settings

REFUSED = "a project file may not set this; put it into your own lsp-llm/config.toml or the editor's settings"
OUTSIDE = "in a project file must be relative and stay inside the workspace (no leading / or ~, no drive, no ..)"
LOOSER = 'in a project file may only be stricter than your own settings, which say "{}"'

# The middle part "*" stands for any name of a provider or preset.
_REFUSED_KEYS: frozenset[KeyPath] = frozenset(
    {
        ("providers", "*", "base_url"),
        ("providers", "*", "path"),
        ("providers", "*", "query"),
        ("providers", "*", "headers"),
        ("providers", "*", "auth"),
        ("providers", "*", "api_key_env"),
        ("providers", "*", "api_key_command"),
        ("providers", "*", "oauth"),
        ("providers", "*", "address"),
        ("providers", "*", "ca_file"),
        ("providers", "*", "model"),
        ("presets", "*", "headers"),
        ("context", "follow_links_outside"),
        ("tools", "approve"),
        ("tools", "also"),
        ("tools", "mcp"),
        ("remote",),
    }
)
_FOLDER_KEYS: frozenset[KeyPath] = frozenset({("context", "project_dirs"), ("context", "notes"), ("chat", "directory")})
_SECRETS: KeyPath = ("context", "secrets")
_IGNORE: KeyPath = ("context", "ignore")


def is_bound(path: KeyPath) -> bool:
    """Whether a project's file may not set this, or not freely; "*" stands for any name in the path."""
    bound = {*_REFUSED_KEYS, *_FOLDER_KEYS, _SECRETS, _IGNORE}
    return any(path[:end] in bound for end in range(1, len(path) + 1))


def permitted(values: dict[str, Any], below: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Fault, ...]]:
    """The part of a project file's accepted values that it may set, and a fault for each key that it may not.

    `below` are the values of the layers that it stands above.
    """
    faults: list[Fault] = []
    kept = _table(values, (), faults)
    strictness = get_args(Secrets)
    least = below.get("context", {}).get("secrets", Settings().context.secrets)
    if strictness.index(kept.get("context", {}).get("secrets", least)) < strictness.index(least):
        del kept["context"]["secrets"]
        faults.append(Fault(_SECRETS, LOOSER.format(least)))
    return kept, tuple(faults)


def _table(values: dict[str, Any], path: KeyPath, faults: list[Fault]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, value in values.items():
        at = (*path, key)
        if (message := _refusal(at, value)) is not None:
            faults.append(Fault(at, message))
        else:
            kept[key] = _table(value, at, faults) if isinstance(value, dict) else value
    return kept


def _refusal(path: KeyPath, value: Any) -> str | None:
    pattern = (path[0], "*", *path[2:]) if path[0] in {"providers", "presets"} else path
    if pattern in _REFUSED_KEYS:
        return REFUSED
    if path in _FOLDER_KEYS and any(_leaves_workspace(folder) for folder in _folders(value)):
        return OUTSIDE
    return None


def _folders(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    else:
        yield from value


def _leaves_workspace(folder: str) -> bool:
    # The same project file is read on every system: Windows' rules know both separators, drives and shares.
    path = PureWindowsPath(folder)
    return bool(path.drive or path.root) or folder.startswith("~") or ".." in path.parts or "\0" in folder
