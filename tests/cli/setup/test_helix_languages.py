from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from lsp_llm.cli.setup.helix_languages import Server, as_installed, languages_text, listed, servers_of
from lsp_llm.cli.setup.sources import text_of
from lsp_llm.cli.setup.toml_tables import with_toml_block
from lsp_llm.errors import UserError

OURS = text_of("helix", "languages.toml")
NEWER = """\x1b[0mConfigured language servers:
  \x1b[31m✘\x1b[m ty: 'ty' not found in $PATH
  \x1b[32m✓\x1b[m lsp-llm: /bin/lsp-llm
  \x1b[32m✓\x1b[m jedi: /bin/jedi-language-server
Configured debug adapter: None
"""
NONE = "Configured language servers: None\nConfigured debug adapter: None\n"
UNKNOWN = "Language 'x' not found\nDid you mean one of these: y ?\n"


def program(folder: Path, said: str) -> str:
    path = folder / "hx"
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{said}END\n")
    path.chmod(0o755)
    return str(path)


def entries(text: str) -> dict[str, list[Server]]:
    return {entry["name"]: entry["language-servers"] for entry in tomllib.loads(text)["language"]}


def test_what_a_language_has_stays_and_lsp_llm_is_last() -> None:
    text = languages_text(OURS, ["rust", "python"], lambda name: [f"{name}-server", "lsp-llm"])
    assert entries(text) == {name: [f"{name}-server", "lsp-llm"] for name in ("markdown", "rust", "python")}
    assert tomllib.loads(text)["language-server"] == tomllib.loads(OURS)["language-server"]


@pytest.mark.parametrize(("said", "servers"), [(NEWER, ["ty", "lsp-llm", "jedi"]), (NONE, [])])
def test_helix_is_asked(tmp_path: Path, said: str, servers: list[str]) -> None:
    assert servers_of(program(tmp_path, said), "")("python") == servers


def test_what_the_user_has_listed_comes_first(tmp_path: Path) -> None:
    own = '[[language]]\nname = "python"\nlanguage-servers = ["a", "b"]\n'
    asked = servers_of(program(tmp_path, NEWER), own)
    assert asked("python") == ["a", "b"]
    assert asked("rust") == ["ty", "lsp-llm", "jedi"]


def test_what_a_server_is_for_stays(tmp_path: Path) -> None:
    servers = ["a", {"name": "b", "only-features": ["format"]}, {"name": "lsp-llm", "except-features": ["hover"]}]
    own = """
[[language]]
name = "python"
language-servers = [{name = "lsp-llm", except-features = ["hover"]}, "a", {name = "b", only-features = ["format"]}]
"""
    text = languages_text(OURS, ["python"], servers_of(program(tmp_path, NEWER), own))
    assert entries(text)["python"] == servers
    assert entries(as_installed(own, OURS)) == {"python": servers}


def test_an_entry_without_a_name_is_passed_over() -> None:
    assert listed('[[language]]\nlanguage-servers = ["a"]\n') == {}


def test_mistakes_are_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="Helix knows no language x"):
        servers_of(program(tmp_path, UNKNOWN), "")("x")
    with pytest.raises(UserError, match="is no name of a language"):
        languages_text(OURS, ['a"'], lambda name: [])
    with pytest.raises(UserError, match="--health python"):
        servers_of(str(tmp_path / "none"), "")("python")


def test_without_names_it_is_for_the_languages_that_have_it() -> None:
    assert as_installed("", OURS) == OURS
    once = languages_text(OURS, ["rust"], lambda name: ["own"])
    assert as_installed(once, OURS) == once


def test_what_an_earlier_setup_chose_stays_in_its_order() -> None:
    own = '[[language]]\nname = "python"\nlanguage-servers = ["mine"]\n'
    below = '\n[[language]]\nname = "go"\nlanguage-servers = ["lsp-llm"]\n'
    ours = as_installed(own, OURS)
    assert as_installed(with_toml_block(own, ours) + below, OURS) == ours


def test_without_names_the_users_servers_stay() -> None:
    own = '[[language]]\nname = "python"\nlanguage-servers = ["mine"]\n'
    assert entries(as_installed(own, OURS))["python"] == ["mine", "lsp-llm"]


def test_a_file_that_cannot_be_read_lists_nothing() -> None:
    assert listed("[[language]\n") == {}
