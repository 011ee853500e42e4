"""`lsp-llm models [PROVIDER]`: the models that a provider lists itself; it asks once and changes nothing."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from lsp_llm.cli.columns import as_json, columns
from lsp_llm.cli.configured import configured_aloud
from lsp_llm.commands.inquiries import Models, models_of


def show_models(config_file: Path | None, provider: str, *, as_data: bool) -> int:
    """Print them; `provider` "" is that of the preset in use. `as_data`: as JSON, as `lsp-llm/models/list` has it."""
    found = asyncio.run(models_of(configured_aloud(config_file), provider, os.environ))
    print(as_json(found) if as_data else "\n".join(_lines(found)))
    return 0


def _lines(found: Models) -> list[str]:
    if not found.models:
        return [f"{found.provider} has no models: load or fetch one there first"]
    sizes = [f"{model.context_tokens:,}" if model.context_tokens else "" for model in found.models]
    width = max(map(len, [*sizes, "context"]))
    rows = [(model.id, size.rjust(width)) for model, size in zip(found.models, sizes, strict=True)]
    return columns([(found.provider, "context".rjust(width)), *rows])
