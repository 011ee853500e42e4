"""Keeps the beginning and the end of what a program prints, whatever it prints in between; pure."""

from __future__ import annotations

from collections import deque


class HeadAndTail:
    """Bytes in; at the end the first and the last `limit` of them, cut at line ends, and a mark for what is missing."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._head = bytearray()
        self._tail: deque[int] = deque(maxlen=limit)
        self._passed = 0

    def push(self, chunk: bytes) -> None:
        """Take what was printed next."""
        spare = self._limit - len(self._head)
        self._head += chunk[:spare]
        later = chunk[spare:]
        self._passed += len(later)
        self._tail.extend(later[-self._limit :])

    def finish(self) -> str:
        """The text; bytes that are no UTF-8 become marks."""
        head, tail = bytes(self._head), bytes(self._tail)
        if self._passed == len(tail):
            return (head + tail).decode("utf-8", "replace")
        # A line that is cut could show half of a secret, which nobody would know for one.
        head = head[: head.rfind(b"\n") + 1] or head
        tail = tail[tail.find(b"\n") + 1 :]
        left_out = len(self._head) + self._passed - len(head) - len(tail)
        mark = f"\n[... {left_out} bytes cut ...]\n"
        return head.decode("utf-8", "replace").removesuffix("\n") + mark + tail.decode("utf-8", "replace")
