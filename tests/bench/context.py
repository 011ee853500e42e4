"""What gathering context costs: listing beside `git ls-files`, and the context of a prompt when nothing has changed."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from lsp_llm.config.settings import Context
from lsp_llm.context.access import Access
from lsp_llm.context.base import Workspace
from lsp_llm.context.buffers import other_buffers, window
from lsp_llm.context.listing import list_files
from lsp_llm.context.project import project_files
from lsp_llm.context.selection import select
from tests.bench.report import Goal, Row, Weight

ROUNDS = 21
LISTED_FILES = 10_000
CONTEXT_FILES, CONTEXT_FILE_BYTES = 50, 10_000
BUFFER_LINES = 5_000

GIT_LISTS = ("git", "ls-files", "-co", "--exclude-standard")


def measure() -> list[Row]:
    """A listing is never kept: git is asked each time."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        _write_project(root)
        listed = _interleaved(_listing(root), lambda: _ask_git(root))
        gathered = _interleaved(_gathering(root), lambda: _stat(root))
    return [
        Row(
            f"list {LISTED_FILES} files, to git ls-files",
            f"{listed[0] * 1e3:.1f} ms",
            f"{listed[1] * 1e3:.1f} ms",
            listed[0] / listed[1],
            Goal(1.5, "×", Weight.MUST),
        ),
        Row(
            f"gather {CONTEXT_FILES} files and a {BUFFER_LINES}-line buffer, warm, to asking for their stamps",
            f"{gathered[0] * 1e6:.0f} µs",
            f"{gathered[1] * 1e6:.0f} µs",
            gathered[0] * 1e3,
            Goal(1, "ms"),
        ),
    ]


def _interleaved(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Seconds a round: the medians of rounds in which both take turns."""
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for subject, times in zip((ours, reference), found, strict=True):
            began = time.perf_counter()
            subject()
            times.append(time.perf_counter() - began)
    return statistics.median(found[0]), statistics.median(found[1])


def _write_project(root: Path) -> None:
    for number in range(LISTED_FILES):
        path = root / f"src/package_{number // 50:03}/module_{number:05}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n", encoding="utf-8")
    notes = root / ".lsp-llm/context"
    notes.mkdir(parents=True)
    for number in range(CONTEXT_FILES):
        (notes / f"{number:02}.md").write_text("0123456789 abcdefgh\n" * (CONTEXT_FILE_BYTES // 20), encoding="utf-8")
    (root / ".gitignore").write_text("__pycache__/\n*.pyc\n/build/\n.lsp-llm/\n", encoding="utf-8")
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
    for arguments in (("init", "--quiet"), ("add", "--all"), (*who, "commit", "--quiet", "--message", "all")):
        subprocess.run(("git", *arguments), cwd=root, check=True, timeout=60)


def _listing(root: Path) -> Callable[[], None]:
    workspace, access = Workspace(root), Access()

    def list_all() -> None:
        assert len(list_files(access.look(workspace)).paths) == LISTED_FILES + 1

    return list_all


def _ask_git(root: Path) -> None:
    printed = subprocess.run(GIT_LISTS, cwd=root, capture_output=True, check=True, timeout=60).stdout
    assert printed.count(b"\n") == LISTED_FILES + 1


def _gathering(root: Path) -> Callable[[], None]:
    text = "".join(f"value_{line} = {line}\n" for line in range(BUFFER_LINES))
    selection = select(text, len(text) // 2, len(text) // 2)
    current = root / "src/package_000/module_00000.py"
    workspace = Workspace(root, Context(), {current: text, root / "src/package_001/module_00050.py": text})
    access = Access()

    def gather() -> None:
        found = project_files(workspace, access) + other_buffers(access.look(workspace), current)
        view = window(selection, workspace.settings.max_tokens * 3)
        assert len(found.items) == CONTEXT_FILES + 1
        assert len(view.text) <= workspace.settings.max_tokens * 3 + 100

    gather()
    return gather


def _stat(root: Path) -> None:
    for number in range(CONTEXT_FILES):
        (root / f".lsp-llm/context/{number:02}.md").stat()
