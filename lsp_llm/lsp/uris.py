"""Document uris and file paths; it never looks at the file system.

Every editor spells the uri of a file in its own way (`@` or `%40`, `/C:` or `/c%3A`), so files are told apart by their
paths, and a uri is only ever compared with one of the same client's.
"""

from __future__ import annotations

import os
import re
from typing import Final
from urllib.parse import unquote, urlsplit

_DRIVE: Final = re.compile(r"/([A-Za-z]:)(?=/|\Z)")


def path_of(uri: str) -> str:
    """The file path of a `file:` uri, empty for any other."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    if parts.scheme != "file":
        return ""
    path = unquote(parts.path)
    return _windows_path(parts.netloc, path) if os.name == "nt" else path


def _windows_path(host: str, path: str) -> str:
    """A path with a drive, whose letter is upper case as Windows has it, or of a share of another machine."""
    if drive := _DRIVE.match(path):
        path = drive[1].upper() + path[drive.end() :]
    elif host:
        path = f"//{host}{path}"
    return path.replace("/", "\\")


def uri_of(path: str) -> str:
    """The `file:` uri of an absolute path."""
    from pathlib import Path

    return Path(path).as_uri()


def shown_name(uri: str) -> str:
    """What a document is called for people and in prompts: its path, or the uri where it has none."""
    return path_of(uri) or uri
