from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.config.project_rules import LOOSER, OUTSIDE, REFUSED, is_bound, permitted

from .sources import nested

REFUSED_VALUES = [
    ("providers.o.base_url", "https://host"),
    ("providers.o.path", "/x"),
    ("providers.o.query", {"a": "b"}),
    ("providers.o.headers", {"a": "b"}),
    ("providers.o.headers", {}),
    ("providers.o.auth", "none"),
    ("providers.o.api_key_env", "KEY"),
    ("providers.o.api_key_command", "cat key"),
    ("providers.o.oauth", {"token_url": "https://host"}),
    ("providers.o.address", {"region": "x"}),
    ("providers.o.ca_file", "ca.pem"),
    ("presets.p.headers", {"a": "b"}),
    ("context.follow_links_outside", True),
    ("tools.approve", "always"),
    ("tools.also", ["run_command"]),
    ("remote", {"url": "ws://host"}),
    ("remote", {}),
]


@pytest.mark.parametrize(("path", "value"), REFUSED_VALUES)
def test_a_project_file_may_not_set(path: str, value: object) -> None:
    kept, (fault,) = permitted(nested(path, value), {})
    assert (".".join(fault.path), fault.message) == (path, REFUSED)
    parent = kept
    for key in path.split(".")[:-1]:
        parent = parent[key]
    assert parent == {}


@pytest.mark.parametrize(
    "folder",
    [
        "/etc",
        "..",
        "../x",
        "a/../../x",
        "a\\..\\x",
        "C:/x",
        "C:x",
        "\\x",
        "\\\\host\\share",
        "~",
        "~/.ssh",
        "~root",
        "a\0",
    ],
)
def test_a_project_folder_stays_inside(folder: str) -> None:
    for path, value in [
        ("context.project_dirs", ["ok", folder]),
        ("context.notes", ["AGENTS.md", folder]),
        ("chat.directory", folder),
    ]:
        kept, (fault,) = permitted(nested(path, value), {})
        assert (".".join(fault.path), fault.message) == (path, OUTSIDE)
        assert kept == {path.partition(".")[0]: {}}


@pytest.mark.parametrize(
    "values",
    [
        {"preset": "p", "presets": {"headers": {"provider": "o"}, "p": {"params": {"headers": 1}, "fallback": ["x"]}}},
        {"providers": {"base_url": {"inter_token_timeout_seconds": 5}}},
        {"context": {"project_dirs": ["docs", "a..b", "."], "ignore": ["../x", "/y"]}, "chat": {"directory": "chats"}},
        {"tools": {"enabled": False, "max_rounds": 2}, "variables": {"remote": {"url": "/x"}, "tools": {"approve": 1}}},
    ],
)
def test_all_else_is_permitted(values: dict[str, Any]) -> None:
    assert permitted(values, {}) == (values, ())


@pytest.mark.parametrize(
    ("own", "project", "holds"),
    [
        (None, "send", False),
        (None, "redact", True),
        (None, "block", True),
        ("send", "send", True),
        ("send", "redact", True),
        ("redact", "send", False),
        ("block", "redact", False),
        ("block", "block", True),
    ],
)
def test_a_project_may_only_be_stricter_with_secrets(own: str | None, project: str, holds: bool) -> None:
    below = {"context": {"secrets": own}} if own else {}
    kept, faults = permitted({"context": {"secrets": project, "max_tokens": 5}}, below)
    assert kept == {"context": {"max_tokens": 5, **({"secrets": project} if holds else {})}}
    assert [(fault.path, fault.message) for fault in faults] == (
        [] if holds else [(("context", "secrets"), LOOSER.format(own or "redact"))]
    )


@pytest.mark.parametrize(
    ("path", "bound"),
    [
        (("providers", "*", "base_url"), True),
        (("providers", "*", "oauth", "token_url"), True),
        (("remote", "url"), True),
        (("context", "ignore"), True),
        (("providers",), False),
        (("presets", "*", "model"), False),
        (("context",), False),
    ],
)
def test_what_a_project_may_not_set_freely_is_bound_with_all_below_it(path: tuple[str, ...], bound: bool) -> None:
    assert is_bound(path) is bound
