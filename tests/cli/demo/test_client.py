"""The demo's client against a server that plays a fixed part and writes down what it hears."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from lsp_llm.cli.demo.client import DemoClient
from lsp_llm.cli.demo.moments import Edited, Ended, FillMoment
from lsp_llm.cli.demo.story import Step
from lsp_llm.errors import UserError
from lsp_llm.text.edits import Change

SERVER = """
import json, os, sys
from lsp_llm.lsp.framing import FrameDecoder, frame

part = json.loads(os.environ["PART"])
heard = open(os.environ["HEARD"], "w")

def send(message):
    os.write(1, frame(json.dumps({"jsonrpc": "2.0", **message}).encode()))

frames = FrameDecoder()
while data := os.read(0, 65536):
    for body in frames.push(data):
        message = json.loads(body)
        heard.write(json.dumps(message) + "\\n")
        heard.flush()
        if message.get("method") == "exit":
            sys.exit(0)
        if "id" in message and "method" in message:
            send({"id": message["id"], "result": None})
            for said in part if message["method"] == "workspace/executeCommand" else []:
                send(said)
            if "END" in os.environ and message["method"] == "workspace/executeCommand":
                sys.exit("I have had enough")
"""
STEP = Step("replace", "Do it.", 0, 1, "")
FINISHED = {"method": "lsp-llm/status", "params": {"jobId": "1", "kind": "finished"}}


def place(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


def edit(line: int, start: int, end: int, text: str) -> dict[str, Any]:
    return {"range": {"start": place(line, start), "end": place(line, end)}, "newText": text}


class Play:
    """One fill with a server that says `part` after the command."""

    def __init__(self, folder: Path, text: str) -> None:
        self.file = folder / "file.py"
        self.file.write_text(text)
        self.heard_file = folder / "heard"
        self.final = ""

    def wanted(self, number: int, version: int, *edits: dict[str, Any]) -> dict[str, Any]:
        document = {"uri": self.file.as_uri(), "version": version}
        change = {"textDocument": document, "edits": list(edits)}
        return {"id": number, "method": "workspace/applyEdit", "params": {"edit": {"documentChanges": [change]}}}

    async def moments(self, *part: dict[str, Any], **environ: str) -> AsyncIterator[FillMoment]:
        own = {"PART": json.dumps(part), "HEARD": str(self.heard_file), **environ}
        with (self.file.parent / "log").open("w+b") as log:
            command = (sys.executable, "-c", SERVER)
            async with DemoClient(command, {**os.environ, **own}, self.file.parent, log) as client:
                client.open(self.file, "python")
                async for moment in client.fill(STEP):
                    yield moment
                self.final = client.text

    def heard(self) -> list[dict[str, Any]]:
        """What the server heard after the command, up to the shutdown."""
        messages = [json.loads(line) for line in self.heard_file.read_text().splitlines()]
        methods = [message.get("method") for message in messages]
        return messages[methods.index("workspace/executeCommand") + 1 : methods.index("shutdown")]


async def test_an_edit_is_applied_answered_and_then_reported_last_place_first(tmp_path: Path) -> None:
    play = Play(tmp_path, "one 😀 two\n")
    wanted = play.wanted(7, 1, edit(0, 0, 3, "1"), edit(0, 7, 10, "2"))
    moments = [moment async for moment in play.moments(wanted, FINISHED)]
    assert play.final == "1 😀 2\n"
    answer, report = play.heard()
    assert (answer["id"], answer["result"]["applied"]) == (7, True)
    assert report["params"]["textDocument"]["version"] == 2
    assert [change["text"] for change in report["params"]["contentChanges"]] == ["2", "1"]
    assert Edited([Change(6, "two", "2"), Change(0, "one", "1")]) in moments


async def test_an_edit_for_another_version_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    play = Play(tmp_path, "one\n")
    moments = [moment async for moment in play.moments(play.wanted(7, 3, edit(0, 0, 3, "1")), FINISHED)]
    assert play.final == "one\n"
    (answer,) = play.heard()
    assert answer["result"]["applied"] is False
    assert [type(moment) for moment in moments] == [Ended]


async def test_what_no_capability_was_announced_for_is_refused(tmp_path: Path) -> None:
    play = Play(tmp_path, "one\n")
    asked = {"id": 8, "method": "window/showMessageRequest", "params": {}}
    async for _ in play.moments(asked, FINISHED):
        pass
    (answer,) = play.heard()
    assert answer["error"]["code"] == -32601


async def test_the_first_text_counts_and_not_an_edit_that_only_removes(tmp_path: Path) -> None:
    play = Play(tmp_path, "one\n")
    removed, written = play.wanted(7, 1, edit(0, 0, 3, "")), play.wanted(8, 2, edit(0, 0, 0, "1"))
    kinds = [type(moment).__name__ async for moment in play.moments(removed, written, FINISHED)]
    assert kinds == ["Edited", "Stated", "Edited", "Ended"]


async def test_a_failure_is_told_in_the_servers_own_words(tmp_path: Path) -> None:
    failed = {"method": "lsp-llm/status", "params": {"kind": "failed", "reason": "It is broken.", "hint": "Mend it."}}
    with pytest.raises(UserError, match=r"^It is broken\. Mend it\.$"):
        async for _ in Play(tmp_path, "one\n").moments(failed):
            pass


async def test_a_server_that_ends_is_told_with_the_last_line_of_its_log(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ended before it was done; the last line of its log: I have had enough"):
        async for _ in Play(tmp_path, "one\n").moments(END="1"):
            pass
