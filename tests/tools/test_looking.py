import asyncio
import threading
from pathlib import Path

import pytest

from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.looking import look, path_given
from tests.tools.worlds import Folder, User, world


async def test_the_workspace_is_seen_as_it_is_now_and_the_loop_goes_on(tmp_path: Path) -> None:
    user = User(Folder(tmp_path))
    where = world(tmp_path, user)
    path = tmp_path / "a.txt"
    assert not isinstance(await look(where, lambda view: view.read("a.txt")), str)
    user.folder.buffers[path] = "open"
    assert await look(where, lambda view: view.read("a.txt")) == "open"
    assert await look(where, lambda _: threading.current_thread()) is not threading.main_thread()


async def test_many_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    for number in range(8):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / ".gitignore").write_text("*.log\n")
        (folder / "a.txt").write_text(str(number))
    where = world(tmp_path)
    found = await asyncio.gather(
        *(look(where, lambda view, at=at: view.read(f"{at % 8}/a.txt")) for at in range(32))  # type: ignore[misc]
    )
    assert found == [str(at % 8) for at in range(32)]


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_what_is_no_path_is_told(path: str) -> None:
    with pytest.raises(ToolFailed, match="must name a file"):
        path_given(path)
    assert path_given("a/b") == "a/b"
