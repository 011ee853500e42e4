"""`lsp-llm [serve]`: the language server on standard input and output or a network, and where its log goes."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

from lsp_llm.app.serving import serve_stdio
from lsp_llm.app.shared import ServeOptions
from lsp_llm.cli.configured import check_there
from lsp_llm.config.redactor import Redactor
from lsp_llm.errors import UserError


def serve(options: argparse.Namespace) -> int:
    """Serve until the client ends it."""
    redactor = Redactor(os.environ)
    log_to(options.log_file, options.log_level, redactor)
    check_there(options.config)
    serving = ServeOptions(options.config, options.trace, redactor)
    listens = options.ws is not None or options.tcp is not None
    if not listens and (options.tls_cert or options.tls_key):
        raise UserError("--tls-cert and --tls-key want --ws or --tcp beside them")
    # What speaks over a network is loaded by those who do.
    if options.connect is not None:
        from lsp_llm.cli.network import join

        return join(options, redactor)
    if listens:
        from lsp_llm.cli.network import listen

        return listen(options, serving)
    return serve_stdio(serving, options.greeting)


def log_to(file: Path | None, level: str, redactor: Redactor) -> None:
    """Log to a file, or to stderr; raises UserError where the file cannot be written."""
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        try:
            # Half a character of a document, which UTF-8 cannot write, must not cost a line.
            handler = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise UserError(f"--log-file: {file} cannot be written: {error.strerror}") from None
    handler.setFormatter(_Formatter(redactor, shows_tracebacks=file is not None))
    logging.basicConfig(level=level.upper(), handlers=[handler])
    # They log whole addresses, and a query may hold a key.
    for name in ("httpx", "httpcore", "websockets.client"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A line that cannot be written is lost; its traceback would go to stderr.
    logging.raiseExceptions = False
    # These log every refusal as a fault, with a traceback, and every message in full; what matters of it, we say.
    for name in ("pygls", "websockets.server"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


class _Formatter(logging.Formatter):
    """One line a record and no secret; a traceback only in a file, where a developer looks for it."""

    def __init__(self, redactor: Redactor, *, shows_tracebacks: bool) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._redactor = redactor
        self._shows_tracebacks = shows_tracebacks

    def format(self, record: logging.LogRecord) -> str:
        if not self._shows_tracebacks:
            record = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None})
        return self._redactor(super().format(record))
