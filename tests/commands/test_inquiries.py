"""What a client may ask: answers in the shape of the protocol, from the settings of the document that is named."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.commands.base import Services
from lsp_llm.commands.inquiries import (
    ListModels,
    ListPresets,
    ModelsOptions,
    NoOptions,
    PresetsOptions,
    ShowUsage,
    error_type,
    sentence,
)
from lsp_llm.config.settings import Preset, Provider, Settings
from lsp_llm.errors import Auth, LspLlmError, UserError
from lsp_llm.exchange.outcome import Usage
from lsp_llm.providers.discovery_shapes import ModelInfo
from lsp_llm.records.usage import UsageLog
from lsp_llm.remote.dialing import Unreachable
from lsp_llm.stream.payload import MalformedJson
from tests.fakes.host import FakeHost

NOTHING: Any = None


class NoChoices:
    """No preset was ever chosen by hand."""

    def of(self, workspace: str) -> str:
        return ""


def services(by_uri: Mapping[str, Settings], environ: Mapping[str, str] | None = None) -> Services:
    parts: dict[str, Any] = dict.fromkeys((field.name for field in fields(Services)), NOTHING)
    used = {"settings": by_uri.__getitem__, "environ": environ or {}, "choices": NoChoices(), "workspace": lambda: ""}
    return Services(**{**parts, **used})


def settings_for(base_url: str, preset: str = "one") -> Settings:
    return Settings(
        preset=preset,
        providers={name: Provider(base_url=f"{base_url}/{name}") for name in ("here", "there")},
        presets={"one": Preset("here", "small"), "two": Preset("there", "large")},
    )


async def test_presets_are_those_of_the_document() -> None:
    settings = {"": settings_for("http://h"), "file:///a": settings_for("http://h", "two")}
    for uri, chosen in (("", "one"), ("file:///a", "two")):
        found = await ListPresets().answer(services(settings), None, PresetsOptions(uri))
        assert (found.chosen, [row.name for row in found.presets]) == (chosen, ["one", "two"])


@pytest.mark.parametrize(("options", "provider"), [({}, "here"), ({"provider": "there"}, "there")])
async def test_models_are_those_of_the_provider_that_is_named_or_in_use(options: Any, provider: str) -> None:
    async with FakeHost() as host:
        inquiry = ListModels().answer(services({"": settings_for(host.base_url)}), None, ModelsOptions(**options))
        task = asyncio.ensure_future(inquiry)
        exchange = await host.request()
        assert exchange.path == f"/v1/{provider}/models"
        await exchange.answer(200, {"data": [{"id": "m", "context_length": 5}]})
        found = await task
        assert (found.provider, found.models) == (provider, (ModelInfo("m", 5),))


async def test_a_preset_that_is_not_there_has_no_models() -> None:
    with pytest.raises(UserError, match='there is no preset "tow"; did you mean "two"'):
        await ListModels().answer(services({"": settings_for("http://h", "tow")}), None, ModelsOptions())


async def test_usage_is_what_the_log_says(tmp_path: Path) -> None:
    log = UsageLog(tmp_path)
    log.add("p", "m", Usage(5, 6), {}, datetime.date(2026, 11, 20))
    found = await ShowUsage().answer(replace(services({}), usage=log), None, NoOptions())
    assert [(row.day, row.input_tokens, row.output_tokens) for row in found.totals] == [("2026-11-20", 5, 6)]


def test_an_error_is_told_with_what_to_do() -> None:
    assert sentence(Auth("The key is wrong.", "Set another.")) == "The key is wrong. Set another."
    assert sentence(Auth("The key is wrong.")) == "The key is wrong."
    assert sentence(UserError("set a key")) == "set a key"
    assert sentence(Auth("401: no", "Set another.")) == "401: no: Set another."


@pytest.mark.parametrize(
    ("error", "name"),
    [(Auth(""), "Auth"), (MalformedJson(""), "BadResponse"), (Unreachable(""), "UserError")],
)
def test_an_error_goes_by_a_name_that_the_protocol_has(error: LspLlmError, name: str) -> None:
    assert error_type(error) == name
