import asyncio
import os
import signal
import sys
import threading
from pathlib import Path

import pytest

from lsp_llm.tools.child import Child, while_alive
from tests.tools.worlds import comes_true


async def is_gone(process: int) -> bool:
    """Whether a process ends; its new parent may take a moment to be told."""
    return await comes_true(lambda: not lives(process))


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
        return " Z " not in Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return Path("/proc/self").exists() is False
    except ProcessLookupError:
        return False


TREE = f"{sys.executable} -c 'import time; time.sleep(600)' & echo $!; wait"


async def test_a_cancelled_task_takes_the_child_and_its_children_along(tmp_path: Path) -> None:
    child = Child(TREE, tmp_path, os.environ)
    printed: asyncio.Queue[int] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        with child.output as output:
            loop.call_soon_threadsafe(printed.put_nowait, int(output.readline()))
            output.read()

    task = asyncio.create_task(while_alive(child, read))
    grandchild = await printed.get()
    assert not task.done()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await is_gone(grandchild)


async def test_what_the_work_leaves_running_is_killed_with_it(tmp_path: Path) -> None:
    child = Child(TREE, tmp_path, os.environ)

    def read() -> int:
        with child.output as output:
            return int(output.readline())

    assert await is_gone(await while_alive(child, read))


async def test_it_cannot_ask_and_does_not_stop_on_signals_to_us(tmp_path: Path) -> None:
    child = Child(["/bin/sh", "-c", "read line; echo [$line]; ps -o pgid= -p $$; echo $$"], tmp_path, os.environ)

    def read() -> list[bytes]:
        with child.output as output:
            return output.read().split()

    asked, *groups = await while_alive(child, read)
    assert asked == b"[]"
    assert int(groups[-1]) != os.getpgid(0)


async def test_a_child_that_ended_may_be_killed_again(tmp_path: Path) -> None:
    child = Child(["/bin/sh", "-c", "exit 3"], tmp_path, os.environ)
    child.output.close()
    assert await while_alive(child, lambda: child.wait(10)) == 3
    child.kill()
    assert child.wait(0.01) == 3


def test_one_that_goes_on_has_no_exit_code(tmp_path: Path) -> None:
    child = Child(["/bin/sleep", "600"], tmp_path, os.environ)
    assert child.wait(0.01) is None
    child.kill()
    assert child.wait(10) == -signal.SIGKILL
    child.output.close()


async def test_a_fault_of_the_work_is_raised(tmp_path: Path) -> None:
    child = Child(["/bin/sleep", "600"], tmp_path, os.environ)
    child.output.close()

    def fail() -> None:
        raise LookupError(threading.current_thread().name)

    with pytest.raises(LookupError):
        await while_alive(child, fail)
    assert child.wait(0.01) is not None
