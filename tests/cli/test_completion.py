"""`lsp-llm completion`: its scripts, in the real shells that are there."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import bare_environment, called, fake_settings, write_settings

# What bash does at TAB, and then the words that it offers.
BASH = r"""
source ./script
offered() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMPREPLY=()
  COMP_POINT=${#COMP_LINE}
  eval "set -- $(complete -p lsp-llm)"
  while [ "$1" != -F ]; do shift; done
  "$2" lsp-llm "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
  echo "${COMPREPLY[@]}"
}
"""
ASKED = [
    (["fi"], {"fill"}),
    (["config", ""], {"show", "check", "schema"}),
    (["completion", ""], {"bash", "zsh", "fish"}),
    (["fill", "sho"], {"shop.py"}),
    (["fill", "--dr"], {"--dry-run"}),
    (["pipe", "--preset", "anth"], {"anthropic", "anthropic-fast"}),
    (["pipe", "--preset", "fa"], {"fake"}),
    (["fill", "--action", "re"], {"refactor", "review"}),
    (["fill", "--action", "mi"], {"mine"}),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """With the program in the path under its own name."""
    write_settings(tmp_path, fake_settings("http://127.0.0.1:9"))
    (tmp_path / "shop.py").touch()
    prompts = tmp_path / ".lsp-llm" / "prompts"
    prompts.mkdir(parents=True)
    (prompts / "mine.md").write_text("---\ntitle: mine\nkind: replace\nwhen: selection\n---\nDo it.\n")
    program = tmp_path / "bin" / "lsp-llm"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m lsp_llm "$@"\n')
    program.chmod(0o755)
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    bare = bare_environment(home)
    return {**bare, "PATH": f"{home / 'bin'}:{bare['PATH']}"}


async def script(home: Path, shell: str) -> str:
    ended = await called(home, "completion", shell)
    assert (ended.code, ended.errors) == (0, "")
    return ended.output


def run(home: Path, *command: str) -> str:
    found = subprocess.run(command, cwd=home, env=environment(home), capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout


async def test_bash_offers_words_files_and_names(home: Path) -> None:
    (home / "script").write_text(await script(home, "bash"))
    calls = "\n".join(f"offered lsp-llm {shlex.join(words)}" for words, _ in ASKED)
    offered = run(home, "bash", "--norc", "-c", f"{BASH}\n{calls}").splitlines()
    assert [set(line.split()) for line in offered] == [wanted for _, wanted in ASKED]


async def test_names_in_a_foreign_project_are_not_run_by_bash(home: Path) -> None:
    """Bash expands what it is given to choose from, commands too, and whoever wrote the project chose the names."""
    (home / ".lsp-llm/prompts/$(touch${IFS}ran)`touch ran`.md").write_text("Do it.\n")
    (home / ".lsp-llm.toml").write_text('[presets."$(touch${IFS}ran)"]\nmodel = "m"\n')
    (home / "script").write_text(await script(home, "bash"))
    calls = [["fill", "--action", ""], ["pipe", "--preset", ""]]
    offered = run(
        home, "bash", "--norc", "-c", BASH + "\n".join(f"offered lsp-llm {shlex.join(words)}" for words in calls)
    )
    assert not (home / "ran").exists()
    assert {"mine", "fake"} <= set(offered.split())


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
async def test_zsh_takes_the_script(home: Path) -> None:
    (home / "_lsp-llm").write_text(await script(home, "zsh"))
    begin = "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D"
    assert run(home, "zsh", "-f", "-c", f"{begin}; print $_comps[lsp-llm]") == "_lsp-llm\n"
    assert "fake" in run(
        home, "zsh", "-f", "-c", f'{begin}; compadd() {{ print $@ }}; eval "$(<_lsp-llm)"; _lsp_llm_presets'
    )


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
async def test_fish_offers_words_files_and_names(home: Path) -> None:
    (home / "script").write_text(await script(home, "fish"))
    for words, wanted in ASKED:
        line = shlex.quote(" ".join(["lsp-llm", *words]))
        offered = run(home, "fish", "--no-config", "-c", f"source ./script; complete -C {line}")
        assert {row.partition("\t")[0] for row in offered.splitlines()} == wanted


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_presets_and_prompts_are_asked_for_when_they_are_wanted(home: Path, shell: str) -> None:
    text = await script(home, shell)
    assert "lsp-llm completion --names presets" in text
    assert "lsp-llm completion --names prompts" in text
    assert "fake" not in text


async def test_a_shell_is_needed_and_known(home: Path) -> None:
    assert (await called(home, "completion")).code == 2
    assert (await called(home, "completion", "csh")).code == 2
