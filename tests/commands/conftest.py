from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.desk import CommandDesk


@pytest.fixture
def desk(tmp_path: Path) -> CommandDesk:
    return CommandDesk(tmp_path, "def one():\n    return 1\n\n\ntwo = 2\n")
