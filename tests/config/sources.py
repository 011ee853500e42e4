"""Layers for the tests, made from TOML texts and values as the real readers make them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import msgspec

from lsp_llm.config.layers import Layer, Origin, merge
from lsp_llm.config.problems import Problem
from lsp_llm.config.settings import Settings


def user(text: str) -> Layer:
    return Layer("config.toml", Origin.USER, tomllib.loads(text), text)


def project(text: str) -> Layer:
    return Layer(".lsp-llm.toml", Origin.PROJECT, tomllib.loads(text), text)


def editor(values: dict[str, object]) -> Layer:
    return Layer("initializationOptions", Origin.EDITOR, values)


def built_in(values: dict[str, object]) -> Layer:
    return Layer("built in", Origin.BUILT_IN, values)


def sound(*layers: Layer) -> Settings:
    """The settings of layers that have nothing wrong with them."""
    settings, problems = merge(layers)
    assert problems == ()
    return settings


def only_problem(*layers: Layer) -> Problem:
    _, problems = merge(layers)
    (problem,) = problems
    return problem


def nested(path: str, value: object) -> dict[str, Any]:
    for key in reversed(path.split(".")):
        value = {key: value}
    assert isinstance(value, dict)
    return value


def leaf_types(table: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The dotted path and type of every setting; "*" stands for any name."""
    for field in msgspec.structs.fields(table):
        name, kind = f"{path}{field.name}", field.type
        if get_origin(kind) is dict:
            name, kind = f"{name}.*", get_args(kind)[1]
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            yield from leaf_types(kind, f"{name}.")
        else:
            yield name, kind
