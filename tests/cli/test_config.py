"""`lsp-llm config`, the real program over real files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.calling import called, write_settings

SETTINGS = """preset = "mine"

[presets.mine]
provider = "there"
model = "m"
params = {temperature = 0.5, api_key = "literal-1"}

[providers.there]
base_url = "https://ada:lovelace-1815@example.invalid/v1"
api_key_env = "MY_API_KEY"
api_key_command = "echo sk-ant-REDACT0123456789REDACT"
headers = {X-Account = "account-1", X-Other = "value-of-my-key"}

[tools.mcp.files]
command = ["files", "value-of-my-key"]
env = {FILES_TOKEN = "token-1"}
"""
SECRETS = ("literal-1", "lovelace-1815", "sk-ant-REDACT0123456789REDACT", "account-1", "token-1", "value-of-my-key")
ENVIRON = {"MY_API_KEY": "value-of-my-key"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_settings(tmp_path, SETTINGS)


async def test_what_is_in_force_and_where_it_comes_from(tmp_path: Path, file: Path) -> None:
    (tmp_path / ".lsp-llm.toml").write_text("[context]\nmax_tokens = 7\n")
    ended = await called(tmp_path, "config", "show", environ=ENVIRON)
    assert (ended.code, ended.errors) == (0, "")
    shown = tomllib.loads(ended.output)
    assert (shown["preset"], shown["context"]["max_tokens"]) == ("mine", 7)
    assert shown["presets"]["mine"]["params"]["temperature"] == 0.5
    assert shown["status"] == {"level": "info", "messages": []}
    lines = ended.output.splitlines()
    assert f'preset = "mine"  # {file}:1' in lines
    assert f"max_tokens = 7  # {tmp_path}/.lsp-llm.toml:2" in lines
    assert 'level = "info"  # default' in lines
    assert 'base_url = "https://openrouter.ai/api/v1"  # built in' in lines


async def test_it_is_the_same_as_json(tmp_path: Path, file: Path) -> None:
    found = (await called(tmp_path, "config", "show", "--json", environ=ENVIRON)).json
    shown = tomllib.loads((await called(tmp_path, "config", "show", environ=ENVIRON)).output)
    assert found["settings"] == shown
    assert found["sources"]["preset"] == {"source": str(file), "line": 1}
    assert found["sources"]["presets.mine.params.temperature"] == {"source": str(file), "line": 6}
    assert found["sources"]["status.level"] == {"source": "default"}


@pytest.mark.parametrize("form", [[], ["--json"]])
async def test_no_secret_is_shown(tmp_path: Path, file: Path, form: list[str]) -> None:
    ended = await called(tmp_path, "config", "show", *form, environ=ENVIRON)
    assert ended.code == 0
    assert [secret for secret in SECRETS if secret in ended.output] == []
    # That they are set is none.
    for name in ("X-Account", "FILES_TOKEN", "MY_API_KEY", "api_key_command"):
        assert name in ended.output


async def test_sound_files_are_a_sentence_and_0(tmp_path: Path, file: Path) -> None:
    ended = await called(tmp_path, "config", "check")
    assert (ended.code, ended.output, ended.errors) == (0, f"nothing is wrong with {file}\n", "")


async def test_no_file_is_needed(tmp_path: Path) -> None:
    ended = await called(tmp_path, "config", "check")
    assert (ended.code, ended.output) == (0, "there is no file of settings\n")


async def test_all_that_is_wrong_is_told_with_its_line_and_1(tmp_path: Path) -> None:
    file = write_settings(tmp_path, 'preset = "mnie"\n[context]\nmax_tokens = 0\n[presets.mine]\nprovider = "tehre"\n')
    project = tmp_path / ".lsp-llm.toml"
    project.write_text('[providers.openai]\nbase_url = "https://evil.invalid"\n')
    ended = await called(tmp_path, "config", "check")
    assert (ended.code, ended.errors) == (1, "")
    assert [line.partition(" ")[0] for line in ended.output.splitlines()] == [
        f"{file}:3:",
        f"{project}:2:",
        f"{file}:5:",
        f"{file}:1:",
    ]
    assert 'presets.mine.provider: preset "mine": there is no provider "tehre"' in ended.output
    assert 'preset: there is no preset "mnie"; did you mean "mine"?' in ended.output
    found = await called(tmp_path, "config", "check", "--json")
    assert (found.code, found.json["ok"], found.json["files"]) == (1, False, [str(file), str(project)])
    assert [problem["key"] for problem in found.json["problems"]] == [
        "context.max_tokens",
        "providers.openai.base_url",
        "presets.mine.provider",
        "preset",
    ]


async def test_without_a_word_it_is_wrong_usage(tmp_path: Path) -> None:
    assert (await called(tmp_path, "config")).code == 2
