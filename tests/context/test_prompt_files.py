import os
from pathlib import Path

import pytest

from lsp_llm.context.prompt_files import LIMIT_BYTES, PromptFolder, PromptFolders


def read(folder: Path, within: Path | None = None) -> tuple[dict[str, str], list[str]]:
    reading = PromptFolders([PromptFolder(folder, within)], ".md").read()
    return {file.name: file.text for file in reading.files}, [file.sentence for file in reading.unusable]


def test_files_are_named_by_their_path_below_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "c.md").write_text("C", encoding="utf-8")
    (tmp_path / "d.txt").write_text("D", encoding="utf-8")
    assert read(tmp_path) == ({"a/b/c.md": "C"}, [])


def test_a_mark_at_the_beginning_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbfA")
    assert read(tmp_path) == ({"a.md": "A"}, [])


def test_what_cannot_be_used_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.md").write_text("good", encoding="utf-8")
    (tmp_path / "latin.md").write_bytes(b"\xe4")
    (tmp_path / "large.md").write_bytes(b"x" * (LIMIT_BYTES + 1))
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "circle.md").symlink_to("circle.md")
    files, sentences = read(tmp_path)
    assert files == {"good.md": "good"}
    assert sorted(sentence.split(":")[0] for sentence in sentences)[1:] == [
        "it is larger than 256 KiB",
        "it is no UTF-8",
        "it is no regular file",
        "it is no regular file",
    ]


def test_a_projects_file_may_not_lead_out_of_the_project(tmp_path: Path) -> None:
    folder = tmp_path / "project" / ".lsp-llm"
    folder.mkdir(parents=True)
    (tmp_path / "secret").write_text("key", encoding="utf-8")
    (tmp_path / "project" / "inside").write_text("fine", encoding="utf-8")
    (folder / "out.md").symlink_to(tmp_path / "secret")
    (folder / "in.md").symlink_to(tmp_path / "project" / "inside")
    (folder / "circle.md").symlink_to("circle.md")
    files, sentences = read(folder, within=tmp_path / "project")
    assert files == {"in.md": "fine"}
    assert "it is a link that leads out of the project" in sentences
    assert len(sentences) == 2


def test_a_users_own_files_may_be_links(tmp_path: Path) -> None:
    (tmp_path / "dotfiles").write_text("mine", encoding="utf-8")
    (tmp_path / "user").mkdir()
    (tmp_path / "user" / "a.md").symlink_to(tmp_path / "dotfiles")
    assert read(tmp_path / "user") == ({"a.md": "mine"}, [])


def test_a_folder_that_leads_out_of_the_project_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.md").write_text("a", encoding="utf-8")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "prompts").symlink_to(tmp_path / "elsewhere")
    files, _ = read(tmp_path / "project" / "prompts", within=tmp_path / "project")
    assert files == {}


def test_there_are_only_so_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lsp_llm.context.prompt_files.LIMIT_FILES", 3)
    for name in "abcd":
        (tmp_path / f"{name}.md").write_text(name, encoding="utf-8")
    files, sentences = read(tmp_path)
    assert len(files) == 3
    assert sentences == ["there are more than 3 files in it"]
