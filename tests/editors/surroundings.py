"""What an editor under test gets to see of this machine: a home of its own and a plain UTF-8 locale.

It never passes on the developer's own settings, so that a test means the same everywhere.
"""

from __future__ import annotations

import os
from pathlib import Path


def environment(home: Path) -> dict[str, str]:
    """Environment variables for an editor at home in the folder `home`."""
    return {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "SHELL": "/bin/sh",
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_RUNTIME_DIR": str(home),
    }
