"""`lsp-llm [serve]`: the language server on standard input and output, and where its log goes."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

from lsp_llm.app import ServeOptions, serve_stdio
from lsp_llm.config.redactor import Redactor
from lsp_llm.errors import UserError


def serve(options: argparse.Namespace) -> int:
    """Serve until the client ends it."""
    redactor = Redactor(os.environ)
    _log_to(options.log_file, options.log_level, redactor)
    if options.config is not None and not options.config.is_file():
        raise UserError(f"--config: there is no file {options.config}")
    return serve_stdio(ServeOptions(options.config, options.trace, options.greeting, redactor))


def _log_to(file: Path | None, level: str, redactor: Redactor) -> None:
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
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A line that cannot be written is lost; its traceback would go to stderr.
    logging.raiseExceptions = False
    # pygls logs every refusal as a fault and every message in full; lsp/cold says in a line what matters of it.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)


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
