import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lsp_llm.tools import grep
from tests.context.folders import write


def grepped(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = grep.main(arguments)
    return code, capsys.readouterr().out.splitlines()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return write(
        tmp_path, {"a": "One\r\ntwo\nthree one\n", "b": b"one\0", "c": b"\xff one\n", "d": "x" * 2**20 + "one"}
    )


def test_matching_lines_are_named(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = grepped(capsys, "--ignore-case", "--regexp=^one$", "--", f"{files}/a", f"{files}/gone", f"{files}")
    assert (code, lines) == (0, [f"{files}/a\x001:"])


def test_a_fixed_text_is_no_pattern_and_files_that_are_no_text_are_passed_over(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert grepped(capsys, "--fixed-strings", "--regexp=o.e", "--", f"{files}/a")[0] == 1
    found = grepped(capsys, "--regexp=one", "--", *(f"{files}/{name}" for name in "abcd"))
    assert found == (0, [f"{files}/a\x003:", f"{files}/c\x001:"])


def test_a_count_bounds_each_file(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(grepped(capsys, "--max-count=2", "--regexp=.", "--", f"{files}/a")[1]) == 2


def test_a_bad_pattern_is_told(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = grepped(capsys, "--regexp=(", "--", f"{files}/a")
    assert code == 2
    assert re.match("bad regular expression: missing", lines[0])


def test_it_runs_as_a_program_that_needs_nothing_else(files: Path) -> None:
    write(files, {"re.py": "raise SystemExit('ran a file of the workspace')"})
    program = [sys.executable, "-P", grep.__file__, "--regexp=two", "--", f"{files}/a"]
    ended = subprocess.run(program, cwd=files, capture_output=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{files}/a\x002:\n".encode(), b"")


@pytest.mark.skipif(sys.platform == "win32", reason="there are no alarms")
def test_nobody_has_to_end_it(files: Path) -> None:
    """Run as a program, it asks for its own end, which a regular expression that never ends cannot put off."""
    program = Path(grep.__file__).read_text(encoding="utf-8")
    assert grep.LONGEST_SECONDS == 120
    short = files / "short.py"
    short.write_text(program.replace("LONGEST_SECONDS = 120", "LONGEST_SECONDS = 1"), encoding="utf-8")
    slow = files / "slow.txt"
    slow.write_text("a" * 40 + "b", encoding="utf-8")
    ended = subprocess.run([sys.executable, short, "--regexp", "(a+)+$", slow], check=False, timeout=30)
    assert ended.returncode == -signal.SIGALRM
