"""What the stories share: a home with lsp-llm installed, a file, and a host that answers at the pace of a model."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.editors.hosting import Hosting
from tests.editors.installation import Installation
from tests.editors.terminal import Terminal

COLUMNS, ROWS = 92, 26
TOKEN_SECONDS = 0.05
SETTINGS = """
preset = "my-model"

[providers.my-host]
base_url = "{base_url}"
auth = "none"

[presets.my-model]
provider = "my-host"
model = "my-model"
"""
SOURCE = '''"""What things weigh, and what they cost to send."""

RATE = 12
LIMIT = 30


def price(weights):
    total = 0
    for weight in weights:
        total = total + weight * RATE
    return total


print(price([1, 2, 3]))
'''
FIRST_LINE, LAST_LINE = 7, 11
ASKED = "refuse what is too heavy"
ANSWER = '''```python
def price(weights):
    """The price of a parcel; refuses weights above the limit."""
    total = 0
    for weight in weights:
        if weight > LIMIT:
            raise ValueError(f"{weight} kg is too heavy: the limit is {LIMIT} kg")
        total = total + weight * RATE
    return total
```
'''
TYPED = "  # typed while it streams"


@dataclass(frozen=True, slots=True)
class Stage:
    """A home folder in which `lsp-llm` is on the PATH, a file to edit, and the host that it asks."""

    home: Path
    file: Path
    host: Hosting


@contextmanager
def stage(name: str = "parcels.py", text: str = SOURCE) -> Iterator[Stage]:
    """A stage that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="stage-") as folder, Hosting() as host:
        home = Path(folder)
        Installation(home, host.base_url)
        (home / ".config/lsp-llm/config.toml").write_text(SETTINGS.format(base_url=host.base_url), encoding="utf-8")
        (home / ".git").mkdir()
        file = home / name
        file.write_text(text, encoding="utf-8")
        yield Stage(home, file, host)


def answer(host: Hosting, text: str = ANSWER) -> None:
    """The next request, answered word by word; returns when all of it was sent."""
    exchange = host.request()
    words = text.replace(" ", " \\0").replace("\\n", "\\n\\0").split("\\0")
    exchange.stream([word for word in words if word], TOKEN_SECONDS).result(60)


def opened(tmux: Path, command: list[str | Path], home: Path) -> Terminal:
    """A terminal of the size that pictures have."""
    return Terminal(tmux, command, home, COLUMNS, ROWS)
