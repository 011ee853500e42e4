"""Choosing a preset: by name, by asking, and not at all any more; it stands above all settings."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from lsp_llm.commands import preset
from lsp_llm.commands.inquiries import ListPresets, PresetsOptions
from lsp_llm.commands.preset import PresetMenu, PresetOptions, UsePreset
from lsp_llm.commands.yap import Yap
from lsp_llm.errors import UserError
from lsp_llm.status.events import Queued
from tests.commands.desk import CommandDesk
from tests.fakes.jobs import URI

BY_SETTINGS = {"id": "fake", "reason": 'the settings choose the preset "fake"'}
BY_HAND = {"id": "other", "reason": 'you chose the preset "other" for this workspace'}


def test_null_and_nothing_are_told_apart() -> None:
    for given, read in (({}, msgspec.UNSET), ({"id": None}, None), ({"id": "x"}, "x")):
        assert msgspec.convert(given, PresetOptions).id == read


async def test_a_choice_stands_above_the_settings_until_it_is_forgotten(desk: CommandDesk) -> None:
    assert desk.run(UsePreset(), id="other") == BY_HAND
    job = desk.run(Yap(), "two|")["jobId"]
    assert desk.log.of(job) == [Queued(URI, "yap", "other")]
    found = await ListPresets().answer(desk.services, None, PresetsOptions())
    assert (found.chosen, found.reason) == (BY_HAND["id"], BY_HAND["reason"])
    assert desk.run(UsePreset(), id=None) == BY_SETTINGS
    await desk.runner.close()


async def test_the_one_in_use_is_answered_and_the_others_are_offered(desk: CommandDesk) -> None:
    assert desk.run(UsePreset()) == BY_SETTINGS
    ((question, names, picked),) = desk.picker.asked
    assert question == 'LLM: the settings choose the preset "fake". Which one from now on?'
    assert sorted(names) == ["other", "safe", "spare"]
    picked("other")
    desk.picker.is_there = False
    assert desk.run(UsePreset()) == BY_HAND
    assert len(desk.picker.asked) == 1


async def test_an_unknown_one_is_told_with_the_nearest_and_changes_nothing(desk: CommandDesk) -> None:
    with pytest.raises(UserError, match='there is no preset "othr"; did you mean "other"'):
        desk.run(UsePreset(), id="othr")
    assert desk.services.chosen("") == ("fake", BY_SETTINGS["reason"])


async def test_a_choice_that_is_not_there_any_more_gives_way_and_it_is_said_why(desk: CommandDesk) -> None:
    desk.run(UsePreset(), id="other")
    presets = {name: value for name, value in desk.settings["presets"].items() if name != "other"}
    desk.settings = {**desk.settings, "presets": presets}
    chosen, reason = desk.services.chosen("")
    assert chosen == "fake"
    assert reason.startswith('the preset "other", which you chose for this workspace, is not there any more; ')


async def test_a_menu_has_what_can_be_used_those_with_a_key_first(
    desk: CommandDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = {"far": {"provider": "far", "model": "m"}, "bad": {"provider": "nobody"}}
    provider = {"far": {"base_url": "http://h", "api_key_env": "FAR_KEY"}}
    desk.settings = {
        **desk.settings,
        "presets": {**desk.settings["presets"], **far},
        "providers": {**desk.settings["providers"], **provider},
    }
    assert "far" not in PresetMenu(desk.services).names()
    desk.environ["FAR_KEY"] = "k"
    menu = PresetMenu(desk.services)
    assert menu.names() == ["far", "other", "safe", "spare"]
    monkeypatch.setattr(preset, "MAX_NAMES", 2)
    desk.run(UsePreset(), id="far")
    assert menu.names() == ["fake", "other"]


async def test_a_menu_is_worked_out_once(desk: CommandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    services: Any = desk.services
    settings = services.settings("")
    kept = type(services)(
        **{name: getattr(services, name) for name in services.__dataclass_fields__} | {"settings": lambda uri: settings}
    )
    menu = PresetMenu(kept)
    first = menu.names()
    monkeypatch.setattr(preset, "preset_list", lambda *_: pytest.fail("worked out again"))
    assert menu.names() is first
