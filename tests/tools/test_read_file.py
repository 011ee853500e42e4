import os
from pathlib import Path

import pytest

from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.read_file import MAX_CHARACTERS, READ_FILE
from tests.context.folders import write
from tests.tools.worlds import KEY, Folder, User, run, world


async def test_lines_come_under_a_heading_that_says_what_is_left(tmp_path: Path) -> None:
    write(tmp_path, {"src/a.py": "".join(f"line {number}\n" for number in range(1, 11))})
    text = await run(READ_FILE, '{"path": "src/a.py", "first_line": 3, "lines": 2}', world(tmp_path))
    assert text == "src/a.py, lines 3 to 4 of 10; 6 lines left, go on with first_line 5:\nline 3\nline 4\n"
    rest = await run(READ_FILE, '{"path": "src/a.py", "first_line": 9}', world(tmp_path))
    assert rest == "src/a.py, lines 9 to 10 of 10:\nline 9\nline 10\n"


async def test_what_is_open_counts_as_it_stands_in_the_editor(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "saved\n"})
    user = User(Folder(tmp_path))
    user.folder.buffers[tmp_path / "a.py"] = "unsaved"
    assert (await run(READ_FILE, '{"path": "a.py"}', world(tmp_path, user))).endswith("\nunsaved")


async def test_long_files_and_long_lines_are_bounded(tmp_path: Path) -> None:
    write(tmp_path, {"long.txt": ("x" * 99 + "\n") * 900, "wide.txt": "y" * 100_000 + "\nend\n", "empty": ""})
    text = await run(READ_FILE, '{"path": "long.txt", "lines": 900}', world(tmp_path))
    assert len(text) < MAX_CHARACTERS + 200
    assert "lines 1 to 300 of 900; 600 lines left, go on with first_line 301" in text
    wide = await run(READ_FILE, '{"path": "wide.txt"}', world(tmp_path))
    assert wide.startswith("wide.txt, lines 1 to 1 of 2; 1 line left")
    assert wide.endswith("[... 70001 characters cut ...]\n")
    assert await run(READ_FILE, '{"path": "empty"}', world(tmp_path)) == "empty is empty."


async def test_a_line_that_there_is_not_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a": "1\n"})
    with pytest.raises(ToolFailed, match="a has 1 line; there is no line 2"):
        await run(READ_FILE, '{"path": "a", "first_line": 2}', world(tmp_path))


async def test_a_range_that_begins_inside_a_secret_shows_nothing_of_it(tmp_path: Path) -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 3
    write(
        tmp_path,
        {
            "a.yml": f"x:\n-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\nb: 1\n",
            "b.py": f'k = "{KEY}"\n',
        },
    )
    text = await run(READ_FILE, '{"path": "a.yml", "first_line": 4}', world(tmp_path))
    assert "MIIE" not in text
    assert text.endswith("b: 1\n")
    assert "lines 4 to 7 of 7" in text
    assert KEY not in await run(READ_FILE, '{"path": "b.py"}', world(tmp_path))


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A workspace with ways out of it, and with files that stay behind."""
    write(tmp_path, {"outside/passwd": "root:x", "work/a.txt": "a", "work/.env": "KEY=1", "work/sub/b.txt": "b"})
    write(tmp_path, {"work/.gitignore": "ignored/\n*.log\n", "work/ignored/c.txt": "c", "work/d.log": "d"})
    root = tmp_path / "work"
    (root / "link.txt").symlink_to(tmp_path / "outside/passwd")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "sub/up").symlink_to("../..")
    (root / "loop").symlink_to("loop")
    (root / "secret.txt").symlink_to(".env")
    (root / "hidden.txt").symlink_to("ignored/c.txt")
    os.mkfifo(root / "pipe")
    return root


WAYS_OUT = (
    "../outside/passwd",
    "sub/../../outside/passwd",
    "{outside}/passwd",
    "/etc/passwd",
    "/proc/self/environ",
    "link.txt",
    "folder/passwd",
    "sub/up/outside/passwd",
    "folder/../outside/passwd",
    "~/.ssh/id_rsa",
    "file:///etc/passwd",
    "",
    ".",
    "sub",
    "loop",
    "pipe",
    "secret.txt",
    "hidden.txt",
    ".env",
    "./.env",
    "sub/../.env",
    ".ENV",
    "ignored/c.txt",
    "d.log",
    ".git/config",
    "a.txt\\u0000.png",
    "nothing",
    "x" * 5000,
)


@pytest.mark.parametrize("path", WAYS_OUT)
async def test_nothing_outside_and_nothing_ignored_is_read(path: str, hostile: Path) -> None:
    path = path.format(outside=hostile.parent / "outside")
    with pytest.raises(ToolFailed):
        await run(READ_FILE, f'{{"path": "{path}"}}', world(hostile))


@pytest.mark.parametrize("path", ["a.txt", "./a.txt", "sub/../a.txt", "{root}/a.txt", "sub/up/work/a.txt"])
async def test_what_leads_back_in_is_read(path: str, hostile: Path) -> None:
    path = path.format(root=hostile)
    text = await run(READ_FILE, f'{{"path": "{path}"}}', world(hostile))
    assert text.endswith("\na")
