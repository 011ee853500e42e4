"""`make bench`: every measure, one table, and an exit code that tells whether a goal that must be met was missed."""

from __future__ import annotations

import gc
import shutil
import sys
from collections.abc import Callable

from tests.bench import (
    bursts,
    cancelling,
    chatting,
    context,
    crowd,
    decoding,
    first_text,
    prompting,
    rendering,
    starting,
    streaming,
    syncing,
)
from tests.bench.report import Row, exit_code, print_rows

MEASURES: tuple[Callable[[], list[Row]], ...] = (
    streaming.measure,
    bursts.measure,
    syncing.measure,
    starting.measure,
    first_text.measure,
    cancelling.measure,
    decoding.measure,
    context.measure,
    rendering.measure,
    prompting.measure,
    chatting.measure,
    crowd.measure,
)


def main() -> int:
    """Measure and print; 1 where a goal that must be met was missed."""
    if shutil.which("curl") is None:
        print("bench: curl is missing, it is what streams are compared with", file=sys.stderr)
        return 1
    # The client is this process: a collection in the middle of an answer would be counted against the server.
    gc.disable()
    rows: list[Row] = []
    for measure in MEASURES:
        print(f"measuring: {measure.__module__.rpartition('.')[2]} …", file=sys.stderr)
        rows += measure()
        gc.collect()
    print_rows(rows)
    return exit_code(rows)


if __name__ == "__main__":
    raise SystemExit(main())
