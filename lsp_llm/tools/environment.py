"""The environment of programs that a model starts: without what looks like a key; it reads no process's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from lsp_llm.prompts.secret_scan import find_secrets

_KEPT_BACK: Final = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIAL|PWD(?<!\APWD)(?<!\AOLDPWD)|PAT(?<=_PAT))S?(?:_|\Z)",
    re.IGNORECASE,
)


def without_keys(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that neither are named like a key nor hold what looks like one."""
    return {
        name: value
        for name, value in environment.items()
        if not _KEPT_BACK.search(name) and not find_secrets(f"{name}={value}")
    }
