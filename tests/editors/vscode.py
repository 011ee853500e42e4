"""A real Visual Studio Code: served by code-server, shown by Chromium, with a language client in it.

Keys go in through the page, as from a keyboard; texts come out of the extension host, which knows them as the language
server does: the page draws only a part of a long text, in no order. It never reaches beyond this machine's loopback.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from tests.editors import waiting
from tests.editors.surroundings import environment
from tests.editors.waiting import LIMIT_SECONDS

PARTS = Path(__file__).with_name("code_server")
ADDRESS = re.compile(r"HTTP server listening on (http://127\.0\.0\.1:\d+)/")
OPTIONS = [
    *("--auth=none", "--bind-addr=127.0.0.1:0", "--disable-telemetry", "--disable-update-check"),
    *("--disable-workspace-trust", "--disable-getting-started-override"),
]
# What would ask the network, cover the editor, or add to what was typed.
SETTINGS = {
    "chat.disableAIFeatures": True,
    "editor.acceptSuggestionOnEnter": "off",
    "editor.autoClosingBrackets": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": {"comments": "off", "other": "off", "strings": "off"},
    "editor.wordBasedSuggestions": "off",
    "extensions.autoCheckUpdates": False,
    "genericClient.arguments": ["--stdio"],
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.enableExperiments": False,
    "workbench.startupEditor": "none",
}


@dataclass(frozen=True, slots=True)
class Client:
    """What speaks to the language server: an extension by its id, and how it gets into `installation`'s `home`."""

    extension: str
    install: Callable[[Path, Path], None]


class VSCode:
    """One running VS Code; `installation` is what provisioning gave, `home` an empty folder, `folder` the workspace.

    Its start takes seven seconds, so that one serves all tests: each begins with `serve`, which leaves nothing of the
    test before it.
    """

    def __init__(self, installation: Path, home: Path, folder: Path, client: Client) -> None:
        _furnish(home)
        client.install(installation, home)
        self.folder = folder
        with ExitStack() as on_failure:
            self._parts = on_failure
            # For sockets: their paths may be 107 characters long at most.
            short = on_failure.enter_context(tempfile.TemporaryDirectory(prefix="vscode-"))
            self._environment = {**environment(home), "TMPDIR": short, "XDG_RUNTIME_DIR": short}
            self._probe = Path(short, "probe")
            self._log = home / "code-server.log"
            self._keyboard = self._show(installation, f"{self._serve(installation, home)}/?folder={folder}")
            self._eyes = self._look()
            self._wait_until(lambda: self._eyes.ask("isActive", extension=client.extension) is True)
            self._parts = on_failure.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def clear(self) -> None:
        """Close every file and message."""
        self._eyes.ask("closeAll")
        self.command("notifications.clearAll")

    def configure(self, section: str, name: str, value: object) -> None:
        """Change a setting of the user's; None takes it away."""
        self._eyes.ask("configure", section=section, name=name, value=value)

    def serve(self, program: Path) -> None:
        """Have this language server for the generic client, and nothing open; it is greeted when this returns."""
        self.clear()
        self.configure("genericClient", "command", str(program))
        self.command("genericClient.restart")

    def open(self, path: Path) -> None:
        """Show a file and put the cursor at its start."""
        self._eyes.ask("open", path=str(path))
        self.put_cursor(0, 0)

    def glance(self, path: Path) -> None:
        """Show a file in the tab that the next file takes."""
        self._eyes.ask("glance", path=str(path))

    def put_cursor(self, line: int, column: int) -> None:
        """Put the cursor at a zero-based line and UTF-16 column."""
        self._eyes.ask("select", anchor=[line, column], active=[line, column])
        self.command("workbench.action.focusActiveEditorGroup")

    def select_lines(self, first: int, last: int) -> None:
        """Select whole lines, zero-based, both included, with the last one's line end."""
        self._eyes.ask("select", anchor=[first, 0], active=[last + 1, 0])
        self.command("workbench.action.focusActiveEditorGroup")

    def type(self, text: str, interval_seconds: float = 0.025) -> None:
        """Type at the pace of a person, and return when the last key was pressed."""
        self._keyboard.ask("type", text=text, interval_milliseconds=round(interval_seconds * 1000))

    def press(self, key: str) -> None:
        """Press one key or chord, such as `Control+z` or `Escape`."""
        self._keyboard.ask("press", key=key)

    def click(self, text: str) -> None:
        """Click on the first thing in the window that shows the text, such as an entry of the status bar."""
        self._keyboard.ask("click", text=text)

    def push(self, button: str) -> None:
        """Click on the button of this name."""
        self._keyboard.ask("button", name=button)

    def take(self, entry: str) -> None:
        """Press Enter in a list as soon as that takes the entry with these words."""
        self._keyboard.ask("take", entry=entry)

    def undo(self) -> None:
        """Undo one step."""
        self.press("Control+z")

    def text(self) -> str:
        """The text of the file that is shown."""
        text: str = self._eyes.ask("text")
        return text

    def command(self, name: str, *arguments: object) -> Any:
        """Run a command of VS Code or of the language server, and give its answer."""
        return self._eyes.ask("command", name=name, args=arguments)

    def shown(self) -> list[str]:
        """The paths of the files that can be seen."""
        paths: list[str] = self._eyes.ask("shown")
        return paths

    def code_lenses(self) -> list[tuple[int, str]]:
        """The zero-based lines and the titles of the code lenses."""
        return [(line, title) for line, title in self._eyes.ask("codeLenses")]

    def hovers(self, line: int, column: int) -> list[str]:
        """What is said of a place when the mouse rests on it."""
        words: list[str] = self._eyes.ask("hovers", place=[line, column])
        return words

    def completions(self, line: int, column: int) -> list[str]:
        """What a place can be completed with."""
        labels: list[str] = self._eyes.ask("completions", place=[line, column])
        return labels

    def folds(self) -> list[tuple[int, int]]:
        """The zero-based first and last lines of what can be folded."""
        return [(first, last) for first, last in self._eyes.ask("folds")]

    def symbols(self) -> list[str]:
        """The names of the outermost symbols."""
        names: list[str] = self._eyes.ask("symbols")
        return names

    def links(self) -> list[str]:
        """The paths of the files that are linked to."""
        paths: list[str] = self._eyes.ask("links")
        return paths

    def code_actions(self) -> list[str]:
        """The titles of the code actions that are offered for the selection."""
        titles: list[str] = self._eyes.ask("codeActions")
        return titles

    def run_code_action(self, title: str) -> None:
        """Do what picking this code action from the menu does, as soon as it is there."""
        # VS Code drops a server's answer when the cursor or the text has moved since.
        self.wait_until(lambda: self._eyes.ask("runCodeAction", title=title) is True)

    def sees(self, text: str) -> bool:
        """Whether a text is visible anywhere in the window: notifications, status bar, menus."""
        return self._keyboard.ask("see", text=text) is True

    def in_view(self, expression: str) -> Any:
        """The value of an expression of JavaScript in the page of the view that is shown."""
        return self._keyboard.ask("inView", expression=expression)

    def settle_view(self) -> None:
        """Return when the view has the focus for good, if it was given it."""
        self._keyboard.ask("settleView")

    def push_in_view(self, button: str) -> None:
        """Click on the last button of this name in the view that is shown."""
        self._keyboard.ask("buttonInView", name=button)

    def click_in_view(self, text: str) -> None:
        """Click on the first thing in the view that shows the text."""
        self._keyboard.ask("clickInView", text=text)

    def widen_side_bar(self, width: int) -> None:
        """Make the side bar this wide, in pixels."""
        self._keyboard.ask("widenSideBar", width=width)

    def resize(self, width: int, height: int) -> None:
        """Make the window this large, in pixels."""
        self._keyboard.ask("resize", width=width, height=height)

    @contextmanager
    def film(self, folder: Path) -> Iterator[None]:
        """Put a picture into the folder whenever something changes; its name is the time in milliseconds."""
        self._keyboard.ask("film", folder=str(folder))
        try:
            yield
        finally:
            self._keyboard.ask("film", folder=None)

    def requested(self) -> list[str]:
        """The URLs of everything that the window and what is in it have asked for so far."""
        urls: list[str] = self._keyboard.ask("requested")
        return urls

    def screenshot(self, path: Path) -> None:
        """Save a picture of the window."""
        self._keyboard.ask("screenshot", path=str(path))

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be seen; fails with the text, the messages that are shown and the server's log."""
        waiting.wait_until(condition, LIMIT_SECONDS, self._seen)

    def notices(self) -> list[str]:
        """The messages that are shown."""
        words: list[str] = self._keyboard.ask("notices")
        return words

    def close(self) -> None:
        """End all of it: page, server and extension host."""
        self._parts.close()

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for a part of it to be there."""
        waiting.wait_until(condition, LIMIT_SECONDS, self._log.read_text)

    def _seen(self) -> str:
        text = self.text() if self.shown() else "no file is open"
        return f"{text}\n--- messages\n{self.notices()}\n--- log\n{self._log.read_text()}"

    def _serve(self, installation: Path, home: Path) -> str:
        command: list[str | Path] = [
            installation / "node",
            installation / "node_modules/code-server/out/node/entry.js",
            *OPTIONS,
        ]
        command += [f"--user-data-dir={home / 'data'}", f"--extensions-dir={home / 'extensions'}"]
        command += [f"--session-socket={self._probe.with_name('session')}"]
        with self._log.open("w") as log:
            server = subprocess.Popen(
                command,
                env={**self._environment, "PROBE_SOCKET": str(self._probe), "EXTENSIONS_GALLERY": "{}"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # The extension host outlives its server: as a group they end together.
                start_new_session=True,
            )
        self._parts.callback(_end_group, server)
        self._wait_until(lambda: ADDRESS.search(self._log.read_text()) is not None)
        (address,) = ADDRESS.findall(self._log.read_text())
        return str(address)

    def _show(self, installation: Path, url: str) -> _Helper:
        chromium = installation / "chromium/bin/chromium-headless-shell"
        keyboard = subprocess.Popen(
            [installation / "node", PARTS / "keyboard.mjs", installation, chromium, url],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # Leaving it closes its stdin, at which it closes Chromium, and waits for its end.
        self._parts.enter_context(keyboard)
        assert keyboard.stdin is not None
        assert keyboard.stdout is not None
        return _Helper(keyboard.stdin, keyboard.stdout)

    def _look(self) -> _Helper:
        connection = self._parts.enter_context(socket.socket(socket.AF_UNIX))
        self._wait_until(lambda: self._reaches_the_probe(connection))
        connection.settimeout(LIMIT_SECONDS)
        requests, answers = connection.makefile("w"), connection.makefile("r")
        return _Helper(self._parts.enter_context(requests), self._parts.enter_context(answers))

    def _reaches_the_probe(self, connection: socket.socket) -> bool:
        try:
            connection.connect(str(self._probe))
        except (FileNotFoundError, ConnectionRefusedError):
            # The socket is made before it is listened to.
            return False
        return True


class _Helper:
    """A program that answers requests, one JSON value a line."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers

    def ask(self, request: str, **parameters: object) -> Any:
        self._requests.write(json.dumps({"request": request, **parameters}) + "\n")
        self._requests.flush()
        line = self._answers.readline()
        assert line, f"{request}: nobody is there to answer"
        answer = json.loads(line)
        assert "error" not in answer, f"{request}: {answer['error']}"
        return answer["result"]


def _furnish(home: Path) -> None:
    """Lay out what VS Code reads at its start: the user's settings, and the eyes of the tests."""
    user = home / "data/User"
    user.mkdir(parents=True)
    (user / "settings.json").write_text(json.dumps(SETTINGS))
    shutil.copytree(PARTS / "probe", home / "extensions/probe")


def _install_generic_client(installation: Path, home: Path) -> None:
    shutil.copytree(PARTS / "client", home / "extensions/client")
    shutil.copytree(installation / "client/node_modules", home / "extensions/client/node_modules")


GENERIC_CLIENT = Client("tests.generic-client", _install_generic_client)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
