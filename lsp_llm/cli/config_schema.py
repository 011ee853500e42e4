"""`lsp-llm config schema`: the settings as a JSON schema; it reads no settings."""

from __future__ import annotations

import json

from lsp_llm.cli.exit_codes import DONE
from lsp_llm.config.schema import settings_schema


def show_schema() -> int:
    """Print it."""
    print(json.dumps(settings_schema(), indent=2))
    return DONE
