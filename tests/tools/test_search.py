import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.tools import search as tool
from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.search import MAX_SHOWN, SEARCH
from lsp_llm.tools.searching import Hits, Wanted
from tests.context.folders import work_tree, write
from tests.tools.test_read_file import hostile
from tests.tools.test_searching import command
from tests.tools.worlds import KEY, Folder, User, run, world

__all__ = ["command", "hostile"]

pytestmark = pytest.mark.usefixtures("command")


async def searched(user: User, pattern: str, **more: Any) -> str:
    return await run(SEARCH, json.dumps({"pattern": pattern, **more}), world(user.folder.root, user))


@pytest.fixture
def user(tmp_path: Path) -> User:
    root = work_tree(tmp_path / "work", {"a.py": "def one():\n    return 1\n", "sub/b.md": "# One\n", "x.log": "one\n"})
    write(root, {".gitignore": "*.log\n"})
    return User(Folder(root))


async def test_lines_come_with_their_places(user: User) -> None:
    assert await searched(user, "one") == "a.py:1: def one():"
    assert await searched(user, "one", ignore_case=True) == "a.py:1: def one():\nsub/b.md:1: # One"
    assert await searched(user, "^ +return", regex=True) == "a.py:2:     return 1"
    assert await searched(user, "One", glob="*.py") == "Nothing was found."


async def test_open_documents_are_searched_as_they_stand(user: User) -> None:
    user.folder.buffers[user.folder.root / "a.py"] = "x\nunsaved words\n"
    user.folder.buffers[user.folder.root / "new.py"] = "more unsaved words"
    user.folder.buffers[user.folder.root / ".env"] = "unsaved=1"
    user.folder.buffers[user.folder.root.parent / "outside.py"] = "unsaved"
    assert await searched(user, "unsaved") == "a.py:2: unsaved words\nnew.py:1: more unsaved words"
    assert await searched(user, "def one") == "Nothing was found."
    assert await searched(user, "unsaved", glob="new*") == "new.py:1: more unsaved words"


async def test_a_document_that_is_open_by_its_true_path_is_searched_once(user: User) -> None:
    root = user.folder.root
    user.folder.root = root.parent / "alias"
    user.folder.root.symlink_to(root)
    user.folder.buffers[root / "sub" / "b.md"] = "# One, unsaved\n"
    assert await searched(user, "unsaved") == "sub/b.md:1: # One, unsaved"
    assert await searched(user, "One", glob="sub/*") == "sub/b.md:1: # One, unsaved"


async def test_what_stays_behind_is_not_even_copied(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []

    async def spy(command: Sequence[str], wanted: Wanted, paths: Sequence[str]) -> Hits:
        texts.extend(map(read_text, paths))
        return Hits()

    monkeypatch.setattr(tool, "search", spy)
    user.folder.buffers = {user.folder.root / ".env": "unsaved", user.folder.root / "a.py": "open"}
    await searched(user, "unsaved")
    assert "open" in texts
    assert "unsaved" not in texts


def read_text(path: str) -> str:
    return Path(path).read_text()


async def test_much_is_bounded(user: User) -> None:
    write(user.folder.root, {f"many/{number:03}.txt": "word\n" * 50 for number in range(3)})
    write(user.folder.root, {"wide.txt": "y" + "z" * 5000})
    lines = (await searched(user, "word")).split("\n")
    assert len(lines) == MAX_SHOWN + 1
    assert lines[-1] == "[... 50 more lines; narrow the search ...]"
    assert len(await searched(user, "yz")) < 400


async def test_secrets_are_taken_out_of_what_is_found(user: User) -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
    write(user.folder.root, {"k.py": f'key = "{KEY}"\n', "c.yml": f"-----BEGIN PRIVATE KEY-----\n{body}\n"})
    assert await searched(user, "key =") == 'k.py:1: key = "REDACTED_SECRET_1"'
    assert body not in await searched(user, "MIIE")


@pytest.mark.parametrize("pattern", ["", "a\nb", "a\0b"])
async def test_a_pattern_is_text_within_a_line(pattern: str, user: User) -> None:
    with pytest.raises(ToolFailed, match="within one line"):
        await searched(user, pattern)


@pytest.mark.parametrize("glob", ["", "*", "**/*", "../**", "/etc/*", "folder/*", "sub/up/**", ".env", "ignored/*"])
async def test_nothing_outside_and_nothing_ignored_is_found(glob: str, hostile: Path) -> None:
    write(hostile.parent, {"outside/passwd": "needle", "work/.env": "needle", "work/d.log": "needle"})
    write(hostile, {"ignored/c.txt": "needle"})
    assert await searched(User(Folder(hostile)), "needle", glob=glob) == "Nothing was found."
