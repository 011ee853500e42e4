"""Reads the recorded answers under tests/recordings; it never changes them."""

from __future__ import annotations

from pathlib import Path

RECORDINGS = Path(__file__).parent.parent / "recordings"


def body_of(name: str) -> bytes:
    return (RECORDINGS / f"{name}.body").read_bytes()


def head_of(name: str) -> tuple[int, dict[str, str]]:
    """The status, and the headers with lower-case names."""
    status_line, *lines = (RECORDINGS / f"{name}.headers").read_text().strip().splitlines()
    fields = (line.partition(":") for line in lines)
    return int(status_line.split()[1]), {name.lower(): value.strip() for name, _, value in fields}
