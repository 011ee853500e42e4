"""The demo as a user runs it: the real server, the embedded engine, and what is left behind afterwards."""

from __future__ import annotations

import errno
import os
import pty
import select
import subprocess
import sys
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lsp_llm.cli import run
from lsp_llm.cli.demo import performance
from lsp_llm.cli.demo.story import invoice_story
from lsp_llm.cli.exit_codes import READER_GONE

DEMO = (sys.executable, "-m", "lsp_llm", "demo")
# The pace is for people; the rest of the run is the same.
HASTY_DEMO = (
    sys.executable,
    "-c",
    "from lsp_llm.cli import run\nfrom lsp_llm.cli.demo import terminal\n"
    "terminal._WORD_SECONDS = terminal._LOOK_SECONDS = 0\n"
    "raise SystemExit(run(['demo']))",
)
NO_LLAMA_CPP = "import sys; sys.modules['xllamacpp'] = None\n"

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found in /proc")


@dataclass
class Place:
    """An empty home and temporary folder, and a mark that every process started there carries."""

    folder: Path
    mark: str = field(default_factory=lambda: f"DEMO_MARK={uuid.uuid4()}")

    def environment(self, **more: str) -> dict[str, str]:
        for name in ("home", "temporary"):
            (self.folder / name).mkdir(exist_ok=True)
        name, value = self.mark.split("=")
        home = str(self.folder / "home")
        own = {"HOME": home, "TMPDIR": str(self.folder / "temporary"), "TERM": "xterm-256color", name: value}
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **own, **more}

    def run(self, command: Sequence[str] = DEMO, **environ: str) -> subprocess.CompletedProcess[str]:
        environment = self.environment(**environ)
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    def assert_nothing_is_left(self) -> None:
        assert [str(path) for path in self.folder.glob("*/**/*")] == []
        assert processes_with(self.mark) == {}


def processes_with(mark: str) -> dict[int, str]:
    """The processes with the mark in their environment, and their command lines."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


def wait_for_the_end_of(process_ids: Iterable[int]) -> None:
    for process_id in process_ids:
        try:
            descriptor = os.pidfd_open(process_id)
        except ProcessLookupError:
            continue
        readable, _, _ = select.select([descriptor], [], [], 60)
        os.close(descriptor)
        assert readable, f"process {process_id} has not ended"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def assert_in_order(text: str, parts: Sequence[str]) -> None:
    place = 0
    for part in parts:
        place = text.find(part, place)
        assert place >= 0, f"{part!r} is not in its place in {text}"


def test_piped_it_prints_status_and_document_as_lines_in_their_order(place: Place) -> None:
    ended = place.run()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\x1b" not in ended.stdout
    story = [
        "A recital and no model",
        "open invoice.py, 38 lines",
        "lsp-llm.replace on lines 15-31: Make amount_due",
        "request sent to local: recital (no model: repeats a script)",
        "streaming; first visible text after",
        " +     return max(total - paid, 0)",
        "done; first visible text after",
        "lsp-llm.yap on line 21: Tell step by step",
        "# 3. Subtract what was paid already",
        "--- a/invoice.py\n+++ b/invoice.py\n",
        "A real model:",
        "Your editor:",
        "All else: lsp-llm --help",
    ]
    assert_in_order(ended.stdout, story)
    assert " -         i = i + 1\n" in ended.stdout
    place.assert_nothing_is_left()


def test_the_users_settings_model_and_history_are_left_alone(place: Place) -> None:
    config = place.folder / "config"
    (config / "lsp-llm").mkdir(parents=True)
    (config / "lsp-llm" / "config.toml").write_text('[presets.local]\nprovider = "nowhere"\n')
    state = place.folder / "state"
    ended = place.run(XDG_CONFIG_HOME=str(config), XDG_STATE_HOME=str(state), LSP_LLM_GGUF="/nowhere/at/all.gguf")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not state.exists()


def test_without_llama_cpp_the_servers_sentence_is_shown(place: Place) -> None:
    hidden = place.folder.parent / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(NO_LLAMA_CPP)
    ended = place.run(PYTHONPATH=str(hidden), PYTHONDONTWRITEBYTECODE="1")
    assert ended.returncode == 1
    assert ended.stderr == "lsp-llm: The embedded engine needs llama.cpp: pip install 'lsp-llm[local]'\n"
    place.assert_nothing_is_left()


def test_a_document_that_is_not_the_expected_one_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    story = invoice_story()
    first, last = story.steps
    planted = replace(last, expected=last.expected.replace("owes zero", "owes one"))
    monkeypatch.setattr(performance, "invoice_story", lambda: replace(story, steps=(first, planted)))
    assert run(["demo"]) == 1
    told = capsys.readouterr()
    assert "the document is not the expected one" in told.err
    assert "\n-# 3. Subtract what was paid already; whoever paid too much owes one." in told.err
    assert "All else" not in told.out


def test_a_server_that_cannot_start_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(performance, "_SERVER", (sys.executable, "-c", "raise SystemExit('no such thing')"))
    assert run(["demo"]) == 1
    assert "the server ended before it was done; the last line of its log: no such thing" in capsys.readouterr().err


def test_when_the_reader_of_the_output_goes_it_ends_quietly(place: Place) -> None:
    demo = subprocess.Popen(DEMO, env=place.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert demo.stdout and demo.stderr
    assert demo.stdout.readline()
    demo.stdout.close()
    with demo.stderr:
        assert demo.stderr.read() == ""
    assert demo.wait() == READER_GONE
    place.assert_nothing_is_left()


class Terminal:
    """The demo in a terminal of its own, read to the end."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.process_id, self._descriptor = pty.fork()
        if self.process_id == 0:
            os.execve(command[0], list(command), {**environment, "COLUMNS": "100", "LINES": "40"})
        self.output = ""

    def read_until(self, text: str | None) -> None:
        """Read until a text has come, or until the end."""
        while text is None or text not in self.output:
            try:
                data = os.read(self._descriptor, 65536)
            except OSError as error:
                # Linux says so when the last process at the other side has gone.
                assert error.errno == errno.EIO
                data = b""
            if not data:
                assert text is None, f"{text!r} did not come: {self.output[-2000:]}"
                return
            self.output += data.decode(errors="replace")

    def press(self, keys: bytes) -> None:
        os.write(self._descriptor, keys)

    def exit_code(self) -> int:
        self.read_until(None)
        _, status = os.waitpid(self.process_id, 0)
        os.close(self._descriptor)
        return os.waitstatus_to_exitcode(status)


def test_in_a_terminal_the_document_is_drawn_while_it_changes(place: Place) -> None:
    terminal = Terminal(HASTY_DEMO, place.environment())
    assert terminal.exit_code() == 0, terminal.output
    for part in ("\x1b[?25l", "▌", "●", "✓", "no model", "first visible text after", "--- a/invoice.py", "All else:"):
        assert part in terminal.output
    # Words come one after the other: the document is drawn with every one of them.
    assert terminal.output.count("╰") > 80
    assert terminal.output.rfind("\x1b[?25h") > terminal.output.rfind("\x1b[?25l")
    place.assert_nothing_is_left()


def test_ctrl_c_ends_it_and_leaves_nothing_behind(place: Place) -> None:
    terminal = Terminal(DEMO, place.environment())
    terminal.read_until("streaming")
    terminal.press(b"\x03")
    assert terminal.exit_code() == 130, terminal.output
    assert "Traceback" not in terminal.output
    place.assert_nothing_is_left()


def test_a_killed_demo_takes_its_server_and_engine_along(place: Place) -> None:
    with subprocess.Popen(DEMO, env=place.environment(), stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout
        while "request sent" not in demo.stdout.readline():
            pass
        started = processes_with(place.mark)
        demo.kill()
    assert len(started) == 3, started
    wait_for_the_end_of(started)


def test_the_picture_shows_the_answer_half_written_and_needs_no_other_file(tmp_path: Path) -> None:
    file = tmp_path / "demo.svg"
    assert run(["demo", "--svg", str(file)]) == 0
    picture = file.read_text(encoding="utf-8")
    ElementTree.fromstring(picture)
    text = "".join(ElementTree.fromstring(picture).itertext()).replace("\xa0", " ")
    assert "total = sum(" in text.replace("  ", " ")
    assert "while" in text
    assert "no model" in text
    assert "@font-face" not in picture
    assert "url(http" not in picture


def test_a_picture_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--svg", str(tmp_path / "no" / "folder.svg")]) == 1
    assert "folder.svg cannot be written: No such file" in capsys.readouterr().err
