"""What an MCP server answers, as text for a model; pure. What is no text is named and not carried along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec


def text_of(content: Sequence[Mapping[str, Any]], structured: Any) -> str:
    """The blocks of a result (as on the wire); where there are none, its structured part as JSON."""
    if not content and structured is not None:
        return msgspec.json.encode(structured).decode()
    return "\n".join(map(_block, content))


def _block(block: Mapping[str, Any]) -> str:
    match block:
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "resource", "resource": {"uri": uri, "text": str(text)}}:
            return f"{uri}:\n{text}"
        case {"type": "resource", "resource": {"uri": uri}}:
            return f"[resource {uri}, which is no text]"
        case {"type": "resource_link", "uri": uri}:
            return f"[resource {uri}]"
        case {"type": kind, "mimeType": mime_type}:
            return f"[{kind}, {mime_type}, which cannot be shown]"
        case _:
            return f"[{block.get('type', 'something')}, which cannot be shown]"
