from __future__ import annotations

from pathlib import Path

from lsp_llm.chat.conversation import Turn
from lsp_llm.commands.chat_documents import Documents, documents_of, fitted
from lsp_llm.config.settings import Context
from lsp_llm.context.access import Access
from lsp_llm.context.base import Workspace
from lsp_llm.prompts.budget import TokenEstimate
from lsp_llm.prompts.variables import ContextFile
from tests.context.folders import write


def found(root: Path, *turns: Turn, **settings: object) -> Documents:
    buffers = {root / "open.py": "open"}
    return documents_of(turns, Workspace(root, Context(**settings), buffers), Access())  # type: ignore[arg-type]


def user(text: str) -> Turn:
    return Turn("", "user", text)


def test_the_project_and_what_is_mentioned_each_once_as_it_is_now(tmp_path: Path) -> None:
    write(tmp_path, {".kzn/rules.md": "rules", "NOTES.md": "notes", "a.py": "A", "b.py": "B", "open.py": "saved"})
    turns = [user("see @a.py"), Turn("", "assistant", "@b.py"), user("and @a.py and @open.py, @no/where.zz")]
    got = found(tmp_path, *turns, notes=("NOTES.md",))
    assert [(file.path, file.content) for file in got.files] == [
        (".kzn/rules.md", "rules"), ("NOTES.md", "notes"), ("a.py", "A"), ("open.py", "open")
    ]  # fmt: skip
    assert [str(problem) for problem in got.problems] == ["no/where.zz names no file of the workspace"]
    assert got.priorities == (1, 1, 4, 4), "what is mentioned again is as new as that"


def test_open_documents_where_the_user_wants_them(tmp_path: Path) -> None:
    write(tmp_path, {"open.py": "saved"})
    assert [file.path for file in found(tmp_path, user("x"), open_buffers=True).files] == ["open.py"]
    assert found(tmp_path, user("x")).files == ()


def test_nothing_where_no_folder_is_open() -> None:
    assert documents_of([user("@a.py")], None, Access()) == Documents()


def test_what_was_mentioned_last_is_cut_last() -> None:
    files = tuple(ContextFile(name, f"{name}\n" * 200) for name in ("old", "new"))
    kept, sizes = fitted(Documents(files, (), (2, 3)), 300, TokenEstimate())
    assert kept[-1] == files[1]
    assert [size.cut_characters > 0 for size in sizes] == [True, False]
