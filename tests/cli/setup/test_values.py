from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.cli.setup.values import Unmergeable, united


@pytest.mark.parametrize(
    ("theirs", "ours", "both"),
    [
        ({}, {"a": 1}, {"a": 1}),
        ({"a": {"b": 1}}, {"a": {"c": 2}}, {"a": {"b": 1, "c": 2}}),
        ({"a": ["y", "x"]}, {"a": ["x"]}, {"a": ["y", "x"]}),
        ({"a": 1}, {"a": 1}, {"a": 1}),
    ],
)
def test_both_are_there(theirs: dict[str, Any], ours: dict[str, Any], both: dict[str, Any]) -> None:
    assert united(theirs, ours) == both


@pytest.mark.parametrize("theirs", [{"a": {"b": 2}}, {"a": 1}, {"a": ["x"]}])
def test_what_differs_is_named(theirs: dict[str, Any]) -> None:
    with pytest.raises(Unmergeable, match=r"a.* is set to something else"):
        united(theirs, {"a": {"b": 1}})
