"""A small stand-in for ripgrep, run as a program of its own: a regular expression that never ends can be killed there.

It is given absolute paths and prints `path NUL line-number :` for each line that matches, as ripgrep does when it is
asked for that. It imports nothing of this project, and asks nothing about who may read what.
"""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

MAX_FILE_BYTES = 1024 * 1024
LONGEST_SECONDS = 120
"""Whoever started it ends it sooner; this is for the case that they were killed themselves."""


def main(arguments: Sequence[str]) -> int:
    """The exit code, as grep has it: 0 where something was found, 1 where nothing was, 2 for a bad pattern."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--regexp", required=True)
    parser.add_argument("--ignore-case", action="store_true")
    parser.add_argument("--fixed-strings", action="store_true")
    parser.add_argument("--max-count", type=int, default=100)
    parser.add_argument("paths", nargs="*")
    asked = parser.parse_args(arguments)
    flags = re.IGNORECASE if asked.ignore_case else re.NOFLAG
    try:
        wanted = re.compile(re.escape(asked.regexp) if asked.fixed_strings else asked.regexp, flags)
    except re.error as error:
        print(f"bad regular expression: {error}")
        return 2
    found = False
    for path in asked.paths:
        for number in _matching(Path(path), wanted, asked.max_count):
            found = True
            print(f"{path}\0{number}:", flush=False)
    return 0 if found else 1


def _matching(path: Path, wanted: re.Pattern[str], at_most: int) -> Iterator[int]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError:
        return
    if b"\0" in content or len(content) > MAX_FILE_BYTES:
        return
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), 1):
        if wanted.search(line.removesuffix("\r")):
            yield number
            at_most -= 1
            if at_most == 0:
                return


if __name__ == "__main__":
    if sys.platform != "win32":
        signal.alarm(LONGEST_SECONDS)
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
