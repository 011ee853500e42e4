import os
from pathlib import Path

from lsp_llm.context.library import LibraryByRoot, LibraryFolders, built_in_prompts
from lsp_llm.prompts.library import fits, render_query
from lsp_llm.prompts.rendering import Renderer, check
from lsp_llm.prompts.variables import PromptVariables


def write(folder: Path, name: str, text: str, stamp_ns: int = 1_000_000_000) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    os.utime(folder / name, ns=(stamp_ns, stamp_ns))


def test_the_built_in_prompts_are_there_and_fine() -> None:
    library = LibraryFolders([built_in_prompts()]).read()
    ids = {prompt.id for prompt in library.prompts}
    assert ids == {"fix", "explain", "document", "test", "refactor", "complete", "review", "commit-message"}
    assert library.problems == ()
    names = PromptVariables().as_mapping("replace")
    assert [check(prompt.id, prompt.body, names) for prompt in library.prompts] == [()] * len(ids)


def test_every_built_in_prompt_gives_an_instruction_and_takes_one() -> None:
    library = LibraryFolders([built_in_prompts()]).read()
    renderer = Renderer(library.sources())
    for prompt in library.prompts:
        for said in ("", "and be brief"):
            rendered = render_query(renderer, prompt, PromptVariables(said, language="C"))
            assert len(rendered.text) > 40
            assert rendered.text.endswith(said)
            assert "\n\n\n" not in rendered.text
            assert rendered.warnings == ()


def test_fix_carries_what_is_reported() -> None:
    library = LibraryFolders([built_in_prompts()]).read()
    prompt = library.find("fix")
    assert prompt is not None
    assert fits(prompt, "c", has_selection=False, has_diagnostic=True)
    query = render_query(Renderer(library.sources()), prompt, PromptVariables(diagnostics=("line 3: x is unused",)))
    assert "\n- line 3: x is unused\n" in query.text


def test_a_commit_message_is_offered_in_commits_alone() -> None:
    prompt = LibraryFolders([built_in_prompts()]).read().find("commit-message")
    assert prompt is not None
    assert fits(prompt, "gitcommit", has_selection=False, has_diagnostic=False)
    assert not fits(prompt, "python", has_selection=True, has_diagnostic=True)


def test_the_first_folder_that_has_an_id_wins(tmp_path: Path) -> None:
    write(tmp_path / "user", "a.md", "of user")
    write(tmp_path / "built_in", "a.md", "built in")
    write(tmp_path / "built_in", "b.md", "built in")
    write(tmp_path / "project" / ".lsp-llm" / "prompts", "b.md", "of project")
    folders = LibraryFolders([tmp_path / "user", tmp_path / "built_in"], tmp_path / "project")
    assert {prompt.id: prompt.body for prompt in folders.read().prompts} == {"a": "of user", "b": "of project"}


def test_a_bad_file_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    write(tmp_path, "bad.md", "---\nkind: x\n---\ntext")
    write(tmp_path, "good.md", "text")
    (tmp_path / "latin.md").write_bytes(b"\xe4")
    library = LibraryFolders([tmp_path]).read()
    assert [prompt.id for prompt in library.prompts] == ["good"]
    assert [(problem.path, problem.line) for problem in library.problems] == [
        (str(tmp_path / "latin.md"), 0),
        (str(tmp_path / "bad.md"), 2),
    ]
    assert library.find("bad") is None
    assert library.paths == {"prompts/good.md": tmp_path / "good.md"}


def test_only_what_has_changed_is_parsed_again(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "a")
    write(tmp_path, "b.md", "b")
    folders = LibraryFolders([tmp_path])
    first = folders.read()
    assert folders.read() is first
    write(tmp_path, "b.md", "B", stamp_ns=2_000_000_000)
    second = folders.read()
    assert second.find("a") is first.find("a")
    assert [prompt.body for prompt in second.prompts] == ["a", "B"]


def test_a_projects_prompts_are_not_seen_by_another(tmp_path: Path) -> None:
    write(tmp_path / "one" / ".lsp-llm" / "prompts", "a.md", "of one")
    library = LibraryByRoot([])
    assert [prompt.id for prompt in library.read(tmp_path / "one").prompts] == ["a"]
    assert library.read(tmp_path / "two").prompts == ()
    assert library.read(None).prompts == ()
