import asyncio
import os
import shutil
import sys
from pathlib import Path

import pytest

from lsp_llm.tools import searching
from lsp_llm.tools.base import ToolFailed
from lsp_llm.tools.searching import MAX_LINES, Wanted, program, search
from tests.context.folders import write

RIPGREP = shutil.which("rg", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}")


@pytest.fixture(params=["stand-in", "ripgrep"])
def command(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, ...]:
    """Both programs, since nobody knows which one a user has."""
    if request.param == "stand-in":
        monkeypatch.setattr(shutil, "which", lambda name: None)
    else:
        assert RIPGREP, "the development tools bring ripgrep along"
        monkeypatch.setattr(shutil, "which", lambda name: RIPGREP)
    return program(tmp_path / "workspace")


async def test_lines_are_found_by_file(command: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, {"a b": "x\r\none two one\n", "d": b"one\0\n", "e": "none of it\n", "ü": "one"})
    paths = [f"{tmp_path}/{name}" for name in ("a b", "d", "e", "ü", "gone")]
    hits = await search(command, Wanted(r"\bone\b"), paths)
    hits.lines.pop(f"{tmp_path}/d", None)
    assert hits.lines == {f"{tmp_path}/a b": {2}, f"{tmp_path}/ü": {1}}
    assert hits.count == 2


async def test_a_text_is_taken_as_it_is(command: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, {"a": "f(x\n--help\nF(X\n"})
    path = f"{tmp_path}/a"
    assert (await search(command, Wanted("f(x", ("--fixed-strings",)), [path])).lines == {path: {1}}
    assert (await search(command, Wanted("--help", ("--fixed-strings",)), [path])).lines == {path: {2}}
    both = await search(command, Wanted("f(x", ("--fixed-strings", "--ignore-case")), [path])
    assert both.lines == {path: {1, 3}}


async def test_a_pattern_that_is_none_is_told(command: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, {"a": "x"})
    with pytest.raises(ToolFailed, match=r"The search failed: (?s:.*)re"):
        await search(command, Wanted("(x"), [f"{tmp_path}/a"])


async def test_files_that_are_gone_are_no_fault(command: tuple[str, ...], tmp_path: Path) -> None:
    assert (await search(command, Wanted("x"), [f"{tmp_path}/gone"])).lines == {}


async def test_many_hits_end_the_search(command: tuple[str, ...], tmp_path: Path) -> None:
    write(tmp_path, {f"{number:03}": "x\n" * 500 for number in range(50)})
    hits = await search(command, Wanted("x"), [f"{tmp_path}/{number:03}" for number in range(50)])
    assert hits.lines == {f"{tmp_path}/{number:03}": set(range(1, 101)) for number in range(10)}
    assert hits.count == MAX_LINES


async def test_many_files_are_searched_in_portions(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {f"{number:03}": "x\n" for number in range(30)})
    monkeypatch.setattr(searching, "_PATHS_CHARACTERS", 10 * len(f"{tmp_path}/000"))
    hits = await search(command, Wanted("x"), [f"{tmp_path}/{number:03}" for number in range(30)])
    assert hits.count == 30


async def test_a_pattern_that_never_ends_can_be_stopped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Python's own expressions can take for ever; the server must go on meanwhile."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    write(tmp_path, {"a": "a" * 60 + "!\n"})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await search(program(tmp_path), Wanted("(a+)+$"), [f"{tmp_path}/a"])


def test_a_program_of_the_workspace_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"bin/rg": "#!/bin/sh\n"})
    (tmp_path / "bin/rg").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin{os.pathsep}/nothing")
    assert "rg" not in program(tmp_path)[0]
    assert program(tmp_path / "other")[0] == f"{tmp_path}/bin/rg"
