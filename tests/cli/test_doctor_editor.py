"""`lsp-llm doctor EDITOR`, the real program, with editors that say what a test has them say."""

from __future__ import annotations

from pathlib import Path

import pytest

import lsp_llm
from tests.cli.calling import called
from tests.editors.readme import block

HERE = f"lsp-llm {lsp_llm.__version__}"


def program(home: Path, name: str, said: str) -> None:
    path = home / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{said}'\n")
    path.chmod(0o755)


async def examined(home: Path, editor: str, **environ: str) -> tuple[int | None, dict[str, list[tuple[str, str]]]]:
    variables = {"PATH": f"{home / 'bin'}:/bin", **environ}
    ended = await called(home, "doctor", editor, "--json", environ=variables)
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in ended.json["findings"]:
        assert finding["mark"] == "ok" or finding["advice"], finding
        found.setdefault(finding["topic"], []).append((finding["mark"], finding["text"]))
    return ended.code, found


async def test_all_is_well(tmp_path: Path) -> None:
    program(tmp_path, "hx", "helix 25.07.1 (a)")
    program(tmp_path, "lsp-llm", HERE)
    await called(tmp_path, "setup", "helix", "--write", "--yes")
    code, found = await examined(tmp_path, "helix", OPENAI_API_KEY="none-at-all")
    assert code == 0
    assert found["editor"] == [("ok", f"Helix 25.07.1 ({tmp_path}/bin/hx)")]
    assert [mark for mark, _ in found["server"]] == ["ok"]
    assert [mark for mark, _ in found["setup"]] == ["ok", "ok"]
    assert found["key"] == [("ok", "openai: in OPENAI_API_KEY")]


async def test_nothing_is_there(tmp_path: Path) -> None:
    code, found = await examined(tmp_path, "neovim")
    assert code == 1
    assert found["editor"] == [("note", "there is no nvim on the PATH")]
    assert found["server"] == [("problem", "lsp-llm is not on the PATH: the editor cannot start it")]
    assert [mark for mark, _ in found["setup"]] == ["problem", "problem"]
    assert found["setup"][1][1].endswith("is not there")


@pytest.mark.parametrize(
    ("name", "binary", "said", "marks"),
    [
        ("neovim", "nvim", "NVIM v0.9.5", ["problem"]),
        ("neovim", "nvim", "NVIM v0.10.0", ["ok"]),
        ("emacs", "emacs", "GNU Emacs 29.4", ["ok", "note"]),
        ("emacs", "emacs", "GNU Emacs 28.2", ["problem"]),
        ("helix", "helix", "helix 25.01.1", ["ok", "note"]),
        ("helix", "hx", "helix 24.7", ["problem"]),
        ("kakoune", "kak", "Kakoune v2024.05.18", ["ok", "note"]),
        ("sublime", "subl", "Sublime Text Build 4200", ["ok", "note"]),
        ("zed", "zeditor", "no number", ["note"]),
    ],
)
async def test_versions(tmp_path: Path, name: str, binary: str, said: str, marks: list[str]) -> None:
    program(tmp_path, binary, said)
    assert [mark for mark, _ in (await examined(tmp_path, name))[1]["editor"]] == marks


async def test_another_version_of_the_server(tmp_path: Path) -> None:
    program(tmp_path, "lsp-llm", "lsp-llm 0.0.1")
    assert (await examined(tmp_path, "emacs"))[1]["server"][0][0] == "problem"


async def test_a_configuration_of_the_users_own_is_a_note(tmp_path: Path) -> None:
    (tmp_path / ".emacs").write_text("(add-to-list 'eglot-server-programs '(c-mode . (\"lsp-llm\")))\n")
    assert (await examined(tmp_path, "emacs"))[1]["setup"] == [("note", f"{tmp_path}/.emacs has another configuration")]


async def test_what_cannot_be_merged_is_said_in_a_line(tmp_path: Path) -> None:
    settings = tmp_path / "config/zed/settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"lsp": 1}')
    assert (await examined(tmp_path, "zed"))[1]["setup"] == [("problem", f"{settings}: lsp is set to something else")]


async def test_a_second_server_that_offers_the_same(tmp_path: Path) -> None:
    await called(tmp_path, "setup", "neovim", "--write", "--yes")
    init = tmp_path / "config/nvim/init.lua"
    init.write_text('vim.lsp.config("mine", {\n  cmd = { "lsp-llm", "--stdio" },\n})\n')
    found = (await examined(tmp_path, "neovim"))[1]["setup"]
    assert found[-1] == (
        "problem",
        f"{init} starts lsp-llm once more: two servers would offer the same commands",
    )


async def test_a_second_server_of_helix_under_another_name(tmp_path: Path) -> None:
    languages = tmp_path / "config/helix/languages.toml"
    languages.parent.mkdir(parents=True)
    second = '\n[language-server.second]\ncommand = "lsp-llm"\nargs = ["--stdio"]\n'
    languages.write_text(block("Helix", "toml").replace('"lsp-llm"]', '"lsp-llm", "second"]') + second)
    found = (await examined(tmp_path, "helix"))[1]["setup"]
    said = f"{languages} starts lsp-llm once more: two servers would offer the same commands"
    assert ("problem", said) in found


@pytest.mark.parametrize(
    ("name", "file", "heading", "language"),
    [
        ("neovim", "config/nvim/init.lua", "Neovim 0.11 and later", "lua"),
        ("neovim", "config/nvim/init.lua", "Neovim 0.10", "lua"),
        ("emacs", ".emacs.d/init.el", "Emacs", "elisp"),
    ],
)
async def test_a_block_of_the_readme_is_enough(
    tmp_path: Path, name: str, file: str, heading: str, language: str
) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(block(heading, language))
    found = (await examined(tmp_path, name))[1]["setup"]
    assert found == [("ok", f"{path} starts lsp-llm by lines of your own")]
    path.write_text(block(heading, language) * 2)
    said = f"{path} starts lsp-llm once more: two servers would offer the same commands"
    assert ("problem", said) in (await examined(tmp_path, name))[1]["setup"]


async def test_a_part_of_another_version(tmp_path: Path) -> None:
    await called(tmp_path, "setup", "neovim", "--write", "--yes")
    (tmp_path / "data/nvim/lsp-llm/plugin/lsp_llm.lua").write_text("")
    found = (await examined(tmp_path, "neovim"))[1]["setup"]
    assert found[1] == ("problem", f"{tmp_path}/data/nvim/lsp-llm is of another version")


async def test_no_key(tmp_path: Path) -> None:
    settings = tmp_path / "config/lsp-llm/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('preset = "openai"\n')
    assert (await examined(tmp_path, "emacs"))[1]["key"] == [("problem", "openai: there is no key in OPENAI_API_KEY")]
