"""`lsp-llm` as a user of the editors under test has it: on the PATH, with settings of their own, and a transcript.

It changes nothing but the home folder that it is given, and the server is at home there whatever its editor's is.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lsp_llm
from tests.editors import waiting
from tests.editors.surroundings import environment

SETTINGS = """
preset = "fake"

[providers.fake]
base_url = "{base_url}"
auth = "none"

[presets.fake]
provider = "fake"
model = "a host driven by hand"
"""


class Installation:
    """The server in the folder `home`, set to ask the model host at `base_url`."""

    def __init__(self, home: Path, base_url: str) -> None:
        self._trace = home / "lsp-llm.trace"
        self._configuration = home / ".config/lsp-llm"
        self._configuration.mkdir(parents=True)
        (self._configuration / "config.toml").write_text(SETTINGS.format(base_url=base_url))
        self.program = home / "bin/lsp-llm"
        """What an editor starts."""
        self.program.parent.mkdir()
        # The package that these tests import, be it a copy with a fault planted in it.
        package = Path(lsp_llm.__file__).parents[1]
        variables = [f"{name}={value}" for name, value in {**environment(home), "PYTHONPATH": package}.items()]
        command = shlex.join(["env", *variables, sys.executable, "-m", "lsp_llm", "--trace", str(self._trace)])
        self.program.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        self.program.chmod(0o755)

    def add_prompt(self, name: str, text: str) -> None:
        """Add a prompt to the user's library."""
        path = self._configuration / "prompts" / f"{name}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n")

    def transcript(self) -> str:
        """What went over the wire so far, in whole lines: the last one may be half written; for eyes."""
        written = self._trace.read_bytes() if self._trace.exists() else b""
        return written[: written.rfind(b"\n") + 1].decode()

    def messages(self, direction: str, method: str) -> list[Any]:
        """The params of all messages of a method so far; `->` from the editor, `<-` to it."""
        found = []
        for line in self.transcript().splitlines():
            _, arrow, body = line.split(maxsplit=2)
            if arrow == direction and f'"{method}"' in body:
                message = json.loads(body)
                if message.get("method") == method:
                    found.append(message["params"])
        return found

    def ends(self) -> list[str]:
        """How the jobs that are over ended, in their order, as the editor was told by the end of their progress."""
        values = [params["value"] for params in self.messages("<-", "$/progress")]
        return [value["message"].partition(", ")[2] for value in values if value["kind"] == "end"]

    def wait_for_ends(self, *ends: str) -> None:
        """Wait until that many jobs are over, and see that they ended like this."""
        self.wait_until(lambda: len(self.ends()) >= len(ends))
        assert self.ends() == list(ends), self.transcript()

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to be said; fails with the transcript."""
        waiting.wait_until(condition, waiting.LIMIT_SECONDS, self.transcript)
