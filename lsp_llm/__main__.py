"""The program's door: `python -m lsp_llm` and the console script `lsp-llm`."""

from __future__ import annotations

import signal
import sys

PLAIN: tuple[list[str], ...] = ([], ["--stdio"], ["serve"], ["serve", "--stdio"])
"""What editors say: that a client waits for an answer is known here without reading the command line."""


def main() -> int:
    """Run the command line and give its exit code.

    While it loads, Ctrl+C ends it at once: as an exception in the middle of an import it would break libraries written
    in C, of which some crash then. `cli` makes it an exception again.
    """
    # Whoever started us may have it ignored.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return _main()
    except KeyboardInterrupt:
        return 130


def _main() -> int:
    if sys.argv[1:] not in PLAIN:
        from lsp_llm.cli import run

        return run()
    from lsp_llm.lsp.greeting import greet

    greeting = greet(0, 1)
    from lsp_llm.cli import run

    return run(greeting=greeting)


if __name__ == "__main__":
    raise SystemExit(main())
