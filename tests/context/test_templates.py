import os
from pathlib import Path

import pytest

from lsp_llm.context.templates import TemplateFolders, TemplatesByRoot, built_in_folder


def write(folder: Path, name: str, text: str, stamp_ns: int = 1_000_000_000) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(stamp_ns, stamp_ns))
    return path


def test_the_built_in_families_are_found() -> None:
    names = TemplateFolders([built_in_folder()]).read().sources()
    assert {name.split("/")[0] for name in names} >= {"anthropic", "openai", "shared", "completion"}


def test_the_first_folder_that_has_a_name_wins(tmp_path: Path) -> None:
    project, user, built_in = tmp_path / "project", tmp_path / "user", tmp_path / "built_in"
    for folder, names in ((project, "a"), (user, "ab"), (built_in, "abc")):
        for name in names:
            write(folder, f"family/{name}.jinja", f"{name} of {folder.name}")
    write(user, "mine/x.jinja", "x of user")
    assert TemplateFolders([project, user, built_in]).read().sources() == {
        "family/a.jinja": "a of project",
        "family/b.jinja": "b of user",
        "family/c.jinja": "c of built_in",
        "mine/x.jinja": "x of user",
    }


def test_other_files_and_missing_folders_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "README.md", "no template")
    read = TemplateFolders([tmp_path / "missing", tmp_path]).read()
    assert (read.files, read.problems) == ((), ())


def test_unchanged_templates_are_the_same_object_and_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "f/a.jinja", "a")
    folders = TemplateFolders([tmp_path])
    first = folders.read()
    monkeypatch.setattr(Path, "read_text", None)
    assert folders.read() is first


def test_only_a_changed_file_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, "f/a.jinja", "a")
    write(tmp_path, "f/b.jinja", "b")
    folders = TemplateFolders([tmp_path])
    first = folders.read()
    write(tmp_path, "f/b.jinja", "B", stamp_ns=2_000_000_000)
    second = folders.read()
    assert second.sources() == {"f/a.jinja": "a", "f/b.jinja": "B"}
    assert second.files[0] is first.files[0]
    assert (second.files[1].name, second.files[1].stamp_ns) == ("f/b.jinja", 2_000_000_000)


def test_a_change_within_one_stamp_is_seen_by_its_size(tmp_path: Path) -> None:
    write(tmp_path, "a.jinja", "a")
    folders = TemplateFolders([tmp_path])
    folders.read()
    write(tmp_path, "a.jinja", "aa")
    assert folders.read().sources() == {"a.jinja": "aa"}


def test_files_come_and_go(tmp_path: Path) -> None:
    user, built_in = tmp_path / "user", tmp_path / "built_in"
    write(built_in, "a.jinja", "built in")
    folders = TemplateFolders([user, built_in])
    assert folders.read().sources() == {"a.jinja": "built in"}
    mine = write(user, "a.jinja", "mine")
    assert folders.read().sources() == {"a.jinja": "mine"}
    mine.unlink()
    assert folders.read().sources() == {"a.jinja": "built in"}


def test_an_unreadable_file_is_reported_and_the_next_one_is_used(tmp_path: Path) -> None:
    user, built_in = tmp_path / "user", tmp_path / "built_in"
    write(built_in, "a.jinja", "built in")
    (write(user, "a.jinja", "")).write_bytes(b"\xff\xfe\xfa")
    (user / "b.jinja").mkdir()
    read = TemplateFolders([user, built_in]).read()
    assert read.sources() == {"a.jinja": "built in"}
    assert len(read.problems) == 2
    assert read.problems[0].startswith(f"template {user / 'a.jinja'} cannot be used: ")


def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.jinja").write_bytes(b"\xef\xbb\xbfhello\r\n")
    assert TemplateFolders([tmp_path]).read().sources() == {"a.jinja": "hello\n"}


def test_a_project_goes_before_the_user_and_is_not_seen_by_another(tmp_path: Path) -> None:
    user, one, two = tmp_path / "user", tmp_path / "one", tmp_path / "two"
    write(user, "f/a.jinja", "of user")
    write(one / ".lsp-llm" / "templates", "f/a.jinja", "of one")
    templates = TemplatesByRoot([user])
    assert templates.read(one).sources() == {"f/a.jinja": "of one"}
    assert templates.read(two).sources() == {"f/a.jinja": "of user"}
    assert templates.read(None).sources() == {"f/a.jinja": "of user"}
    assert templates.read(one) is templates.read(one)


def test_a_projects_template_may_not_be_a_link_to_a_file_of_the_users(tmp_path: Path) -> None:
    (tmp_path / "id_rsa").write_text("secret", encoding="utf-8")
    folder = tmp_path / "project" / ".lsp-llm" / "templates"
    folder.mkdir(parents=True)
    (folder / "a.jinja").symlink_to(tmp_path / "id_rsa")
    read = TemplateFolders([], tmp_path / "project").read()
    assert read.sources() == {}
    assert read.problems == (
        f"template {folder / 'a.jinja'} cannot be used: it is a link that leads out of the project",
    )


def test_a_template_leads_back_to_its_file(tmp_path: Path) -> None:
    path = write(tmp_path, "f/a.jinja", "a")
    read = TemplateFolders([tmp_path]).read()
    assert read.path_of("f/a.jinja") == path
    assert read.path_of("f/b.jinja") is None
