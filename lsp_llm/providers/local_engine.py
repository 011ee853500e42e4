"""The embedded engine's own process: llama.cpp's HTTP server on a free port of 127.0.0.1; providers/local starts it.

Standard input brings one line of JSON, `{"model", "label", "api_key"}` (no model: the recital), and its end is the
order to go. Standard output carries one line, the server's address. What llama.cpp prints goes to standard error,
until it is up. This module never touches the server's own standard streams: it has its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from lsp_llm.providers.recital import SCRIPTS
from lsp_llm.providers.recital_model import recital_gguf

if TYPE_CHECKING:
    import xllamacpp

# Several jobs at once share one context.
_ANSWERS_AT_ONCE = 4
_LOG_ERRORS_ONLY = 1
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until standard input ends."""
    report = os.dup(1)
    os.dup2(2, 1)
    _end_with_parent()
    order = json.loads(sys.stdin.buffer.readline())
    watch = threading.Thread(target=_exit_at_end_of_input, daemon=True)
    watch.start()
    server = _serve(**order)
    os.write(report, f"{server.listening_address}\n".encode())
    _fall_silent()
    watch.join()


def _end_with_parent() -> None:
    """Ask Linux for a kill when the parent dies: while llama.cpp loads a model, no thread here sees the input end."""
    # Ctrl-C in a terminal reaches children too; when to go is the parent's word.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _exit_at_end_of_input() -> None:
    # A thread inside sys.stdin's buffer would hold its lock, and Python aborts at exit when it cannot take that.
    while os.read(0, 1024):
        pass
    os._exit(0)


def _serve(model: str, label: str, api_key: str) -> xllamacpp.Server:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model_alias = {label}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [api_key]
    params.n_parallel = _ANSWERS_AT_ONCE
    params.kv_unified = True
    params.ui = False
    params.verbosity = _LOG_ERRORS_ONLY
    if model:
        params.model.path = model
        return xllamacpp.Server(params)
    # With two threads, each of its tiny steps waits for the other one: on a busy machine for milliseconds.
    params.cpuparams.n_threads = 1
    with tempfile.TemporaryDirectory(prefix="lsp-llm-") as folder:
        recital = Path(folder, "recital.gguf")
        recital.write_bytes(recital_gguf(SCRIPTS))
        params.model.path = str(recital)
        return xllamacpp.Server(params)


def _fall_silent() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


if __name__ == "__main__":
    main()
