from __future__ import annotations

from typing import Any

import pytest

from lsp_llm.config.settings import Settings
from lsp_llm.config.wording import found, wanted

from .sources import leaf_types


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kind in leaf_types(Settings) if kind is not Any])
def test_every_setting_can_be_described(name: str, kind: Any) -> None:
    assert wanted(kind) != "a table", name


def test_no_text_is_ever_shown() -> None:
    assert "sk-1" not in found("sk-1")
