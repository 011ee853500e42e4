from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.config.files import PROJECT_FILE
from lsp_llm.lsp.configuration import Configuration
from lsp_llm.lsp.uris import uri_of


class Bench:
    """A workspace of two folders and a file that `--config` names."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.user, self.first, self.second = folder / "user.toml", folder / "first", folder / "second"
        self._age = 0
        self.write(self.user, 'preset = "user"')
        for root in (self.first, self.second):
            root.mkdir()
        self.configuration = Configuration(self.user, self.said.append)

    def start(self, options: Any = None) -> None:
        self.configuration.start([str(self.first), str(self.second)], options)

    def write(self, path: Path, text: str) -> None:
        """A file whose stamp tells that it has changed, however coarse the clock of the disk."""
        self._age += 1
        path.write_text(text, encoding="utf-8")
        os.utime(path, (self._age, self._age))

    def preset(self, path: Path | None = None) -> str:
        return self.configuration.settings(uri_of(str(path)) if path else "").preset


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_each_layer_stands_above_the_one_before(bench: Bench) -> None:
    bench.start()
    assert bench.preset(bench.first / "a.py") == "user"
    bench.write(bench.first / PROJECT_FILE, 'preset = "project"')
    assert bench.preset(bench.first / "a.py") == "project"
    bench.start({"preset": "initial"})
    assert bench.preset(bench.first / "a.py") == "initial"
    bench.configuration.change_workspace({"preset": "workspace"})
    assert bench.preset(bench.first / "a.py") == "workspace"
    bench.configuration.change_workspace(None)
    assert bench.preset(bench.first / "a.py") == "initial"


def test_the_users_file_is_taken_up_when_it_changes(bench: Bench) -> None:
    bench.start()
    assert bench.preset() == "user"
    bench.write(bench.user, 'preset = "changed"')
    assert bench.preset() == "changed"
    bench.user.unlink()
    assert bench.preset() == ""
    assert "user.toml" in bench.said[0]


def test_nothing_is_read_anew_while_nothing_changes(bench: Bench) -> None:
    bench.start()
    assert bench.configuration.settings() is bench.configuration.settings()


def test_each_folder_of_the_workspace_has_its_own_file(bench: Bench) -> None:
    bench.start()
    bench.write(bench.first / PROJECT_FILE, 'preset = "one"')
    bench.write(bench.second / PROJECT_FILE, 'preset = "two"')
    assert bench.preset(bench.first / "a.py") == "one"
    assert bench.preset(bench.second / "deep" / "a.py") == "two"
    assert bench.preset(bench.user) == "user"
    bench.write(bench.second / PROJECT_FILE, "")
    assert bench.preset(bench.second / "a.py") == "user"


def test_the_innermost_folder_counts(bench: Bench) -> None:
    inner = bench.first / "inner"
    inner.mkdir()
    bench.configuration.start([str(bench.first), str(inner)], None)
    bench.write(inner / PROJECT_FILE, 'preset = "inner"')
    bench.write(bench.first / PROJECT_FILE, 'preset = "outer"')
    assert bench.preset(inner / "a.py") == "inner"
    assert bench.preset(bench.first / "innermost.py") == "outer"


@pytest.mark.parametrize("uri", ["", "untitled:Untitled-1", "vscode-notebook-cell:/x#W0"])
def test_a_document_without_a_file_belongs_to_the_first_folder(bench: Bench, uri: str) -> None:
    bench.start()
    bench.write(bench.first / PROJECT_FILE, 'preset = "one"')
    assert bench.configuration.settings(uri).preset == "one"


def test_the_first_folder_stands_for_the_workspace(bench: Bench) -> None:
    bench.start()
    configuration = bench.configuration
    assert configuration.workspace() == str(bench.first)
    assert configuration.root_of(uri_of(str(bench.second / "a.py"))) == bench.second
    assert configuration.root_of(uri_of(str(bench.user))) is None
    chats = {folder: uri_of(str(folder / "talk.chat.md")) for folder in (bench.user, bench.second)}
    assert configuration.root_of(chats[bench.second]) == bench.second
    assert configuration.root_of(chats[bench.user]) == bench.first, "chats lie in a folder of their own"
    configuration.change_roots([], [str(bench.first)])
    assert configuration.workspace() == str(bench.second)


def test_no_workspace_at_all(bench: Bench) -> None:
    bench.configuration.start([], None)
    assert bench.configuration.workspace() == ""
    assert bench.preset() == bench.preset(bench.first / "a.py") == "user"


def test_folders_come_and_go(bench: Bench) -> None:
    bench.configuration.start([str(bench.first)], None)
    bench.write(bench.second / PROJECT_FILE, 'preset = "two"')
    assert bench.preset(bench.second / "a.py") == "user"
    bench.configuration.change_roots([str(bench.second)], [str(bench.first)])
    assert bench.preset(bench.second / "a.py") == "two"
    assert bench.preset(bench.first / "a.py") == "user"


def test_a_bad_value_is_told_once_with_file_line_and_key_and_the_rest_works(bench: Bench) -> None:
    bench.start()
    project = bench.first / PROJECT_FILE
    bench.write(project, 'preset = "project"\n\n[edits]\nmode = "strem"\n')
    for _ in range(3):
        assert bench.preset(bench.first / "a.py") == "project"
    (said,) = bench.said
    assert said.startswith(f"{project}:4: edits.mode: must be ")
    assert 'did you mean "stream"?' in said
    bench.write(project, 'preset = "again"\n\n[edits]\nmode = "strem"\n')
    assert bench.preset(bench.first / "a.py") == "again"
    assert len(bench.said) == 1
    bench.write(project, "[edits]\nmode = 5\n")
    bench.preset(bench.first / "a.py")
    assert len(bench.said) == 2


def test_a_bad_value_of_the_editor_is_told_with_the_name_of_its_message(bench: Bench) -> None:
    bench.start({"prest": "x"})
    bench.preset()
    bench.configuration.change_workspace({"edits": {"mode": 1}})
    bench.preset()
    assert bench.said[0].startswith("initializationOptions: prest: ")
    assert bench.said[1].startswith("workspace/configuration: edits.mode: ")
