"""`lsp-llm.yap`: the answer is inserted behind the selection; nothing is removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsp_llm.commands.base import Options, Place, Services
from lsp_llm.commands.fill import begin_fill
from lsp_llm.config.settings import Mode
from lsp_llm.jobs.ports import Target


class YapOptions(Options, frozen=True):
    """`query`: the instruction; `preset` and `mode`: not what the settings say but this."""

    query: str = ""
    preset: str = ""
    mode: Mode = "auto"


class Yap:
    """Insert at the range's end."""

    name = "lsp-llm.yap"
    title = "LLM: yap here"
    place = Place.RANGE
    options = YapOptions

    def run(self, services: Services, target: Target, options: YapOptions) -> Mapping[str, Any]:
        """Begin the job."""
        return begin_fill(services, target, "yap", options.query, options.preset, options.mode)
