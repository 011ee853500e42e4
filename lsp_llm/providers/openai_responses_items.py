"""The items of which an answer of the Responses API consists: messages, reasoning, calls; it emits nothing.

Events name the item that they belong to by its place, by its id, or by both. The place is the better name: some hosts
give an item another id in every event. Others leave the place out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

Item = dict[str, Any]


class OutputItems:
    """The items of one answer, as far as they have come."""

    def __init__(self) -> None:
        self._call_ids: dict[int | str, str] = {}
        self._whole: dict[int | str, Item | None] = {}

    def announce(self, index: int | None, item: Item) -> None:
        """An item begins: events that follow name it by its place or by its id."""
        name = self._named(index, item)
        if name is not None:
            self._whole.setdefault(name, None)

    def complete(self, index: int | None, item: Item) -> None:
        """An item came whole."""
        name = self._named(index, item)
        if name is not None:
            self._whole[name] = item

    def call_id(self, index: int | None, item_id: str | None) -> str:
        """The id of the call that an event belongs to, empty if none was announced."""
        known = self._call_ids
        return (known.get(index, "") if index is not None else "") or known.get(item_id or "", "")

    def whole(self) -> list[Item]:
        """The items that came whole, in the order in which they were announced."""
        return [item for item in self._whole.values() if item is not None]

    def _named(self, index: int | None, item: Item) -> int | str | None:
        """The better of the item's names, None if it has none."""
        names = [name for name in (index, item.get("id")) if isinstance(name, int | str)]
        self._call_ids.update(dict.fromkeys(names, call_id_of(item)))
        return next(iter(names), None)


def is_item(value: object) -> TypeGuard[Item]:
    """Whether this is an item at all."""
    return isinstance(value, dict)


def says_more_than_text(items: Iterable[Item]) -> bool:
    """Whether the turn cannot be built again from its text: it holds reasoning, calls, or the phase of a message."""
    return any(item.get("type") != "message" or item.get("phase") for item in items)


def call_id_of(item: Item) -> str:
    """The id of the call that this item is, empty if it is none."""
    if item.get("type") != "function_call":
        return ""
    return str(item.get("call_id") or item.get("id") or "")


def text_of(items: Iterable[Item]) -> str:
    """The visible text of all messages."""
    return "".join(_parts(items, "message", "content", "text"))


def refusal_of(items: Iterable[Item]) -> str:
    """The words in which the model declined, empty if it did not."""
    return "".join(_parts(items, "message", "content", "refusal"))


def thinking_of(items: list[Item]) -> str:
    """The reasoning: its summary in paragraphs, or the text itself where there is no summary."""
    summary = "\n\n".join(_parts(items, "reasoning", "summary", "text"))
    return summary or "".join(_parts(items, "reasoning", "content", "text"))


def _parts(items: Iterable[Item], kind: str, holder: str, name: str) -> Iterator[str]:
    for item in items:
        parts = item.get(holder) if item.get("type") == kind else None
        for part in parts if isinstance(parts, list) else []:
            text = part.get(name) if isinstance(part, dict) else None
            if isinstance(text, str):
                yield text
