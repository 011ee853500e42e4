from pathlib import Path

import pytest

from lsp_llm.context.diagnostics import Diagnostic
from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.diagnostics import DIAGNOSTICS, MAX_FILES
from tests.context.folders import write
from tests.tools.worlds import KEY, Folder, User, run, world


@pytest.fixture
def user(tmp_path: Path) -> User:
    write(tmp_path, {"a.py": f'k = "{KEY}"\nprint(x)\n', "b.py": "ok\n", ".env": "A=1\n", "c.bin": b"\0"})
    folder = Folder(tmp_path)
    said = Diagnostic(0, 1, "error", "x is not defined", "pyright", "undefined")
    folder.found = {f"{tmp_path.as_posix()}/{name}": [said] for name in ("a.py", ".env", "c.bin")}
    return User(folder)


async def test_one_file_is_told_with_the_lines_around_and_without_secrets(user: User) -> None:
    text = await run(DIAGNOSTICS, '{"path": "a.py"}', world(user.folder.root, user))
    assert text.startswith("a.py:1: error (pyright undefined): x is not defined")
    assert KEY not in text
    assert await run(DIAGNOSTICS, '{"path": "b.py"}', world(user.folder.root, user)) == (
        "No diagnostics are known for b.py."
    )


async def test_all_files_leave_out_what_stays_behind(user: User) -> None:
    text = await run(DIAGNOSTICS, "{}", world(user.folder.root, user))
    assert text.count("error") == 1
    assert ".env" not in text
    user.folder.found = {}
    assert await run(DIAGNOSTICS, "{}", world(user.folder.root, user)) == "No diagnostics are known."


async def test_a_file_that_may_not_be_read_is_refused(user: User) -> None:
    with pytest.raises(ToolFailed, match="named like a secret"):
        await run(DIAGNOSTICS, '{"path": ".env"}', world(user.folder.root, user))


async def test_many_files_are_bounded(user: User) -> None:
    root = user.folder.root
    names = [f"m{number:02}.py" for number in range(MAX_FILES + 2)]
    write(root, dict.fromkeys(names, "x\n"))
    user.folder.found = {f"{root.as_posix()}/{name}": [Diagnostic(0, 1, "error", "odd")] for name in names}
    text = await run(DIAGNOSTICS, "{}", world(root, user))
    assert text.count("error: odd") == MAX_FILES
    assert text.endswith("ask for one by its path ...]")
