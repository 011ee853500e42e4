"""Reads settings out of what an editor sends: initializationOptions or an answer to workspace/configuration.

It takes every shape that editors send and checks no setting; `layers.merge` does.
"""

from __future__ import annotations

from collections.abc import Mapping

from lsp_llm.config.layers import Layer, Origin
from lsp_llm.config.problems import Problem

INITIALIZATION_OPTIONS = "initializationOptions"
WORKSPACE_CONFIGURATION = "workspace/configuration"

# Some editors answer with the section's content, some with the object around it, and some cannot write a hyphen.
_SECTION_NAMES = ("lsp-llm", "lsp_llm")

# The token of `serve --tcp` travels beside the settings (PROTOCOL.md, "Program") and is not one of them. The path is
# where the VS Code extension finds the server; any other client there sends it along.
_NOT_SETTINGS = frozenset({"token", "path"})


def editor_layer(source: str, options: object) -> Layer:
    """The layer in `options`: an object of settings, or one that holds them below "lsp-llm" or "lsp_llm".

    Nothing, null, and Lua's empty table (which arrives as a list) mean no settings.
    """
    if options is None or options == []:
        return Layer(source, Origin.EDITOR)
    if not isinstance(options, dict):
        return _refused(source, "")
    for section in _SECTION_NAMES:
        if section in options:
            return _section_layer(source, section, options[section])
    return Layer(source, Origin.EDITOR, _settings_of(options))


def _section_layer(source: str, section: str, content: object) -> Layer:
    if content is None or content == []:
        return Layer(source, Origin.EDITOR)
    if not isinstance(content, dict):
        return _refused(source, section)
    return Layer(source, Origin.EDITOR, _settings_of(content))


def _settings_of(options: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in options.items() if key not in _NOT_SETTINGS}


def _refused(source: str, key: str) -> Layer:
    problem = Problem(source, None, key, "must be an object that holds settings")
    return Layer(source, Origin.EDITOR, problems=(problem,))
