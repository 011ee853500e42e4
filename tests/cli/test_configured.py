from __future__ import annotations

from pathlib import Path

import pytest

from lsp_llm.cli.configured import configured, configured_aloud
from lsp_llm.config import files
from lsp_llm.errors import UserError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(files.platformdirs, "user_config_path", lambda *_, **__: tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config").mkdir()
    return tmp_path


def test_the_users_file_lies_below_that_of_the_project(home: Path) -> None:
    (home / "config" / "config.toml").write_text('preset = "mistral"\n[context]\nmax_tokens = 7\n')
    (home / ".lsp-llm.toml").write_text('preset = "deepseek"\n')
    found = configured(None)
    assert (found.settings.preset, found.settings.context.max_tokens) == ("deepseek", 7)
    assert found.files == (home / "config" / "config.toml", home / ".lsp-llm.toml")
    assert found.problems == ()


def test_a_named_file_stands_for_the_users(home: Path) -> None:
    (home / "config" / "config.toml").write_text('preset = "mistral"\n')
    (home / "mine.toml").write_text('preset = "groq"\n')
    found = configured(home / "mine.toml")
    assert (found.settings.preset, found.files[0]) == ("groq", home / "mine.toml")


def test_a_named_file_that_is_missing_is_a_mistake(home: Path) -> None:
    with pytest.raises(UserError, match="--config: there is no file"):
        configured(home / "none.toml")


def test_problems_are_told_aloud_and_the_rest_holds(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / "config" / "config.toml"
    path.write_text('preset = "mistral"\npresset = 1\n')
    assert configured_aloud(None).preset == "mistral"
    printed = capsys.readouterr()
    assert printed.err.startswith(f"lsp-llm: {path}:2: presset: there is no such setting")
    assert printed.out == ""


def test_without_any_file_it_is_what_is_built_in(home: Path) -> None:
    found = configured(None)
    assert found.problems == ()
    assert "local" in found.settings.presets
