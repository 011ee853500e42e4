"""The exit codes of the program, as shells know them; wrong usage is argparse's own, 2."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
"""A sentence on standard error says why."""
NO_TERMINAL: Final = 2
"""What wants a terminal was called without one."""
STOPPED: Final = 130
"""By Ctrl+C: 128 and the number of SIGINT."""
READER_GONE: Final = 141
"""Whoever read the output wanted no more: 128 and the number of SIGPIPE."""
