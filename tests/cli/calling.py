"""Calls of the real program in a home of its own: no key, no settings and no state of whoever runs the tests."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ended:
    """How a call ended and what it wrote."""

    code: int | None
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)


async def called(home: Path, *arguments: str, environ: Mapping[str, str] | None = None, given: bytes = b"") -> Ended:
    """`lsp-llm ARGUMENTS`, called in `home`, where `write_settings` puts the user's file."""
    process = await begun(home, *arguments, environ=environ)
    try:
        output, errors = await asyncio.wait_for(process.communicate(given), 60)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode, output.decode(), errors.decode())


async def begun(
    home: Path, *arguments: str, environ: Mapping[str, str] | None = None, **more: Any
) -> asyncio.subprocess.Process:
    """The same, to be followed; whoever asks for it ends it."""
    pipes = {"stdin": PIPE, "stdout": PIPE, "stderr": PIPE}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lsp_llm", *arguments,
        cwd=home, env={**bare_environment(home), **(environ or {})}, **{**pipes, **more},
    )  # fmt: skip


def bare_environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "STATE", "DATA", "CACHE")}
    return {**kept, "HOME": str(home), "PYTHONPATH": str(Path(__file__).parents[2]), **folders}


def write_settings(home: Path, text: str) -> Path:
    path = home / "config" / "lsp-llm" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def fake_settings(base_url: str, more: str = "") -> str:
    """Settings whose preset in use speaks to a fake host, with a key from FAKE_KEY."""
    return f"""preset = "fake"
[providers.fake]
base_url = "{base_url}"
api_key_env = "FAKE_KEY"
{more}
[presets.fake]
provider = "fake"
model = "small"
description = "a fake"
"""
