"""`lsp-llm presets`, the real program."""

from __future__ import annotations

from pathlib import Path

from lsp_llm.cli.presets import key_words
from lsp_llm.providers.discovery_presets import PresetRow
from tests.cli.calling import called, fake_settings, write_settings

SECRET = "sk-secret-of-the-test"


async def test_presets_as_data(tmp_path: Path) -> None:
    write_settings(tmp_path, fake_settings("http://127.0.0.1:9/v1"))
    ended = await called(tmp_path, "presets", "--json", environ={"FAKE_KEY": SECRET})
    assert (ended.code, ended.errors) == (0, "")
    assert (ended.json["chosen"], ended.json["reason"]) == ("fake", 'the settings choose the preset "fake"')
    (fake,) = [row for row in ended.json["presets"] if row["name"] == "fake"]
    assert fake == {
        "name": "fake",
        "provider": "fake",
        "model": "small",
        "description": "a fake",
        "key": "found",
        "keyPlace": "FAKE_KEY",
        "problem": "",
    }
    assert SECRET not in ended.output


async def test_presets_as_lines_say_which_is_in_use_and_why(tmp_path: Path) -> None:
    ended = await called(tmp_path, "presets", environ={"MISTRAL_API_KEY": SECRET})
    assert ended.code == 0
    (chosen,) = [line for line in ended.output.splitlines() if line.startswith("*  ")]
    assert chosen.split()[1:3] == ["mistral", "mistral"]
    assert "in MISTRAL_API_KEY" in chosen
    assert ended.output.endswith('* no preset is set and MISTRAL_API_KEY is there: using "mistral"\n')
    assert "\x1b" not in ended.output
    assert SECRET not in ended.output


async def test_a_mistake_in_the_settings_is_told_beside(tmp_path: Path) -> None:
    path = write_settings(tmp_path, 'presett = "x"\n')
    ended = await called(tmp_path, "presets", "--json")
    assert ended.json["chosen"] == "local"
    assert ended.errors.startswith(f"lsp-llm: {path}:1: presett: ")


async def test_other_settings_can_be_named_before_and_after_the_word(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('preset = "groq"\n')
    for arguments in (["--config", "mine.toml", "presets", "--json"], ["presets", "--json", "--config", "mine.toml"]):
        assert (await called(tmp_path, *arguments)).json["chosen"] == "groq"
    ended = await called(tmp_path, "presets", "--config", "none.toml")
    assert (ended.code, ended.output, ended.errors) == (1, "", "lsp-llm: --config: there is no file none.toml\n")


def test_every_state_of_a_key_has_words() -> None:
    def words(key: str, place: str) -> str:
        return key_words(PresetRow("n", "p", "m", "", key, place, ""))  # type: ignore[arg-type]

    assert words("found", "A_KEY") == "in A_KEY"
    assert words("missing", "A_KEY") == "not in A_KEY"
    assert words("onDemand", "api_key_command") == "from api_key_command"
    assert words("none", "") == "none needed"
