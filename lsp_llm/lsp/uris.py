"""Document uris and file paths; it never looks at the file system."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit


def path_of(uri: str) -> str:
    """The file path of a `file:` uri, empty for any other."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    if parts.scheme != "file":
        return ""
    if os.name == "nt":
        from urllib.request import url2pathname

        return url2pathname(parts.path)
    return unquote(parts.path)


def uri_of(path: str) -> str:
    """The `file:` uri of an absolute path."""
    from pathlib import Path

    return Path(path).as_uri()


def shown_name(uri: str) -> str:
    """What a document is called for people and in prompts: its path, or the uri where it has none."""
    return path_of(uri) or uri
