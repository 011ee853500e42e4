"""Every import contract is seen failing: one forbidden import is planted in a copy of the package, and the linter run.

A contract that cannot fail guards nothing; a misspelt module name in it is enough for that.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
LINTER = Path(sys.executable).with_name("lint-imports")

L1 = "L1 imports go down only"
EDGE = "L2 pygls, lsprotocol, attrs and cattrs stop in lsp"
HTTPX = "L2 httpx only in providers.transport and providers.direct"
HTTPTOOLS = "L2 httptools only in providers.http_connection"
JINJA2 = "L2 jinja2 only in prompts.rendering"
GOOGLE = "L2 google-auth only in providers.google_credentials"
KEYRING = "L2 keyring only in config.system_keyring"
MCP = "L2 mcp only in tools.mcp_connection"
WEBSOCKETS = "L2 websockets only in remote"
TEXTUAL = "L2 textual only in tui"
YAML = "L2 yaml only in prompts.front_matter"
DIALECTS = "The dialects do not import each other"
ASYNCIO = "L2 asyncio only in the shell"
PURE = "The pure rooms know no clock, socket, file, task or log"

PLANTS = (
    (L1, "text/edits.py", "import lsp_llm.jobs.runner"),
    (L1, "providers/base.py", "import lsp_llm.context.buffers"),
    (L1, "errors.py", "import lsp_llm.text.edits"),
    (EDGE, "commands/base.py", "import pygls"),
    (EDGE, "jobs/runner.py", "from lsprotocol import types"),
    (EDGE, "records/history.py", "import attrs"),
    (HTTPX, "providers/hosts.py", "import httpx"),
    (HTTPX, "cli/serve.py", "import httpx"),
    (HTTPTOOLS, "providers/direct.py", "import httptools"),
    (JINJA2, "prompts/messages.py", "import jinja2"),
    (GOOGLE, "providers/credentials.py", "import google.auth"),
    (KEYRING, "config/secrets.py", "import keyring"),
    (MCP, "tools/mcp.py", "import mcp"),
    (WEBSOCKETS, "cli/network.py", "import websockets"),
    (WEBSOCKETS, "app/serving.py", "from websockets.asyncio.server import serve"),
    (TEXTUAL, "cli/chat.py", "import textual"),
    (YAML, "prompts/library.py", "import yaml"),
    *(
        (DIALECTS, f"providers/{one}.py", f"import lsp_llm.providers.{other}")
        for one, other in (("anthropic", "gemini"), ("ollama", "openai_chat"), ("openai_responses", "anthropic"))
    ),
    (ASYNCIO, "config/files.py", "import asyncio"),
    (ASYNCIO, "context/buffers.py", "import threading"),
    (PURE, "text/edits.py", "import time"),
    (PURE, "status/hub.py", "import logging"),
    (PURE, "stream/sse.py", "import socket"),
    (PURE, "exchange/kinds.py", "import os"),
    (PURE, "prompts/messages.py", "from pathlib import Path"),
    (PURE, "jobs/edit_session.py", "import asyncio"),
    (PURE, "jobs/writer.py", "import random"),
    (PURE, "jobs/runner.py", "import time"),
    (PURE, "chat/document.py", "from pathlib import Path"),
    (PURE, "tools/approval.py", "import asyncio"),
    (PURE, "tui/talk.py", "import time"),
    (PURE, "remote/pace.py", "import time"),
    (PURE, "remote/admission.py", "import secrets"),
    *(
        (PURE, f"providers/{name}.py", "import asyncio")
        for name in ("openai_chat", "gemini_parts", "fim", "retry", "faults", "retry_after", "registry")
    ),
)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted")
    shutil.copytree(PROJECT / "lsp_llm", folder / "lsp_llm", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> set[str]:
    """The names of the contracts that the package in `folder` breaks; each is kept or broken."""
    ended = subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)
    verdicts = dict(re.findall(r"^(\S.*) (KEPT|BROKEN)\b", ended.stdout, re.MULTILINE))
    assert set(verdicts) == contracts(), ended.stdout + ended.stderr
    return {name for name, verdict in verdicts.items() if verdict == "BROKEN"}


def contracts() -> set[str]:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def test_the_package_breaks_none(copy: Path) -> None:
    assert broken(copy) == set()


def test_every_contract_has_a_plant() -> None:
    assert {name for name, _, _ in PLANTS} == contracts()


@pytest.mark.parametrize(("name", "module", "line"), PLANTS, ids=[f"{module}: {line}" for _, module, line in PLANTS])
def test_a_planted_import_breaks_its_contract(copy: Path, name: str, module: str, line: str) -> None:
    path = copy / "lsp_llm" / module
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n\n{line}\n", encoding="utf-8")
    try:
        assert broken(copy) == {name}
    finally:
        path.write_text(sound, encoding="utf-8")


def test_a_new_room_must_be_given_its_place(copy: Path) -> None:
    room = copy / "lsp_llm" / "attic"
    room.mkdir()
    (room / "__init__.py").write_text("")
    try:
        assert broken(copy) == {L1}
    finally:
        shutil.rmtree(room)
