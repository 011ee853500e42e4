from __future__ import annotations

import pytest

from lsp_llm.config.editor_layer import INITIALIZATION_OPTIONS, WORKSPACE_CONFIGURATION, editor_layer
from lsp_llm.config.layers import merge


@pytest.mark.parametrize(
    ("options", "preset"),
    [
        (None, ""),
        ({}, ""),
        ([], ""),
        ({"preset": "p"}, "p"),
        ({"lsp-llm": {"preset": "p"}}, "p"),
        ({"lsp_llm": {"preset": "p"}}, "p"),
        ({"lsp-llm": {"preset": "p"}, "other-server": {"x": 1}}, "p"),
        ({"lsp-llm": None}, ""),
        ({"lsp_llm": []}, ""),
        ({"token": "t-1", "preset": "p"}, "p"),
        ({"token": "t-1", "lsp-llm": {"preset": "p"}}, "p"),
        ({"lsp-llm": {"path": "lsp-llm", "preset": "p"}}, "p"),
    ],
)
def test_every_shape_that_editors_send(options: object, preset: str) -> None:
    layer = editor_layer(INITIALIZATION_OPTIONS, options)
    settings, problems = merge([layer])
    assert settings.preset == preset
    assert problems == ()
    assert "t-1" not in repr(layer)


@pytest.mark.parametrize(
    ("options", "key"),
    [("x", ""), (1, ""), (True, ""), ([1], ""), ({"lsp-llm": "x"}, "lsp-llm"), ({"lsp_llm": [1]}, "lsp_llm")],
)
def test_what_is_not_an_object_is_a_problem(options: object, key: str) -> None:
    _, (problem,) = merge([editor_layer(WORKSPACE_CONFIGURATION, options)])
    assert (problem.source, problem.line, problem.key) == (WORKSPACE_CONFIGURATION, None, key)
    assert "object" in problem.message
