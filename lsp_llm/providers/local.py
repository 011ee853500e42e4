"""The embedded engine as the server sees it: a child process that is started once, when first asked for.

It serves the GGUF file that is named, or the recital, which is no model and says so in its label. The key is random
and handed over on the child's standard input; the child ends when that input does. The child's output never reaches
the server's standard output, which belongs to LSP. No llama.cpp is loaded into this process.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lsp_llm.errors import UserError

MODEL_VARIABLE = "LSP_LLM_GGUF"
RECITAL_LABEL = "recital (no model: repeats a script)"
START_LIMIT_SECONDS = 300
_STOP_LIMIT_SECONDS = 2
# -P keeps the editor's working folder, which may hold anyone's files, out of the child's module path.
_CHILD = (sys.executable, "-P", "-m", "lsp_llm.providers.local_engine")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the engine is spoken to (OpenAI chat dialect), and what it is, in words for the user."""

    base_url: str
    api_key: str = field(repr=False)
    label: str


class LocalEngine:
    """One llama.cpp child process for all jobs."""

    def __init__(self, model: str = "") -> None:
        """`model`: the path of a GGUF file; empty asks the environment (LSP_LLM_GGUF), and then it is the recital."""
        named = model or os.environ.get(MODEL_VARIABLE, "")
        self._model = Path(named).expanduser().absolute() if named else None
        self._starting = asyncio.Lock()
        self._child: asyncio.subprocess.Process | None = None
        self._endpoint: Endpoint | None = None

    @property
    def label(self) -> str:
        """The name of the GGUF file, or a plain word that this is no model."""
        return self._model.name if self._model else RECITAL_LABEL

    async def start(self) -> Endpoint:
        """The running engine; the first call starts it, and so does a call after it died.

        Raises UserError when llama.cpp is not installed or the file is missing, broken or too slow to load.
        """
        async with self._starting:
            if self._endpoint is None or self._child is None or self._child.returncode is not None:
                self._child, self._endpoint = await _launch(self._model, self.label)
            return self._endpoint

    async def stop(self) -> None:
        """End the child and wait until it has; without a child, do nothing."""
        child, self._child, self._endpoint = self._child, None, None
        if child is not None:
            await _end(child)


async def _launch(model: Path | None, label: str) -> tuple[asyncio.subprocess.Process, Endpoint]:
    # They bring along much that a server without this engine never needs.
    import secrets
    import tempfile

    _require(model)
    api_key = secrets.token_urlsafe(32)
    with tempfile.TemporaryFile() as log:
        child = await asyncio.create_subprocess_exec(*_CHILD, stdin=PIPE, stdout=PIPE, stderr=log)
        try:
            address = await _address(child, json.dumps({"model": str(model or ""), "label": label, "api_key": api_key}))
        except BaseException:
            await _kill(child)
            raise
        if not address:
            await _kill(child)
            raise UserError(f"{model or 'The recital'} cannot be loaded by llama.cpp: {_first_error(log)}")
    return child, Endpoint(f"{address}/v1", api_key, label)


def _require(model: Path | None) -> None:
    """Say what is missing before a process is spent on it."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise UserError("The embedded engine needs llama.cpp: pip install 'lsp-llm[local]'")
    if model and not model.is_file():
        raise UserError(f"There is no GGUF file at {model} (named by {MODEL_VARIABLE} or the model of the provider).")


async def _address(child: asyncio.subprocess.Process, order: str) -> str:
    """The base address that the child serves at once its model is loaded; empty when it ended instead."""
    assert child.stdin and child.stdout
    child.stdin.write(f"{order}\n".encode())
    try:
        async with asyncio.timeout(START_LIMIT_SECONDS):
            return (await child.stdout.readline()).decode().strip()
    except TimeoutError:
        raise UserError(f"llama.cpp did not load the model within {START_LIMIT_SECONDS} s.") from None


def _first_error(log: IO[bytes]) -> str:
    """The first line that llama.cpp marks as an error, or else the last line of whatever was printed."""
    log.seek(0)
    lines = log.read().decode(errors="replace").splitlines()
    errors = [line.split(" E ", 1)[1].strip() for line in lines if " E " in line]
    return (errors[:1] or lines[-1:] or ["it ended without a word"])[0]


async def _end(child: asyncio.subprocess.Process) -> None:
    """Close the child's input, which is its order to go; kill it when it does not."""
    try:
        async with asyncio.timeout(_STOP_LIMIT_SECONDS):
            await child.communicate(b"")
    except TimeoutError:
        await _kill(child)


async def _kill(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
    await child.communicate(b"")
