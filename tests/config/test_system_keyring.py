from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp_llm.config import system_keyring
from lsp_llm.config.system_keyring import keyring_password
from lsp_llm.errors import UserError

Backend = Callable[[str], None]
SECRET = "sk-live-0123456789"
BACKEND = """
import keyring.backend, keyring.errors, sys, time
class Kept(keyring.backend.KeyringBackend):
    priority = 1
    def get_password(self, service, name):
        assert service == "lsp-llm"
        {}
    def set_password(self, *_): raise NotImplementedError
    def delete_password(self, *_): raise NotImplementedError
"""

pytestmark = pytest.mark.skipif(importlib.util.find_spec("keyring") is None, reason="needs the extra keyring")


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Makes the child's keyring do what a line of Python says; the machine's own keyring is never asked."""

    def make(line: str) -> None:
        (tmp_path / "kept.py").write_text(BACKEND.format(line))
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "kept.Kept")

    return make


def test_what_is_kept_for_the_provider_is_given(backend: Backend) -> None:
    backend(f"return '{SECRET}' if name == 'openai' else None")
    assert keyring_password("openai") == SECRET
    assert keyring_password("mistral") is None


@pytest.mark.parametrize("line", ["return ''", "raise keyring.errors.NoKeyringError()"])
def test_an_empty_entry_and_no_keyring_are_nothing(backend: Backend, line: str) -> None:
    backend(line)
    assert keyring_password("openai") is None


def test_a_locked_keyring_is_named_and_quotes_nothing(backend: Backend) -> None:
    backend(f"raise keyring.errors.KeyringLocked('{SECRET}')")
    with pytest.raises(UserError) as raised:
        keyring_password("openai")
    assert str(raised.value) == "failed (KeyringLocked); is it locked?"


def test_a_backend_that_brings_the_child_down_is_said(backend: Backend) -> None:
    backend("sys.exit(7)")
    with pytest.raises(UserError, match=r"^ended with exit code 7$"):
        keyring_password("openai")


def test_a_keyring_that_waits_for_someone_is_given_up() -> None:
    waits = [sys.executable, "-c", "import sys; sys.stdout.write('x'); sys.stdin.read(); import time; time.sleep(60)"]
    with pytest.raises(UserError, match=r"^did not answer within 0\.5 s; is it locked\?$"):
        keyring_password("openai", waits, time_limit_seconds=0.5)


def test_without_the_library_nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a child ran"))
    assert keyring_password("openai") is None


def test_the_server_itself_does_not_load_the_library() -> None:
    code = f"import sys, {system_keyring.__name__}; sys.exit('keyring' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
