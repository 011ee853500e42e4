"""What it costs to render a prompt: a buffer of 5 000 lines and 50 files of 10 kB, with templates that are compiled."""

from __future__ import annotations

import statistics
import time

from lsp_llm.context.templates import TemplateFolders, built_in_folder
from lsp_llm.prompts.messages import build_messages, families
from lsp_llm.prompts.rendering import Renderer
from lsp_llm.prompts.variables import BufferContext, ContextFile, PromptVariables
from tests.bench.report import Goal, Row

LINES, FILES, FILE_CHARACTERS = 5_000, 50, 10_000
ROUNDS = 101


def measure() -> list[Row]:
    """The slowest of all families, and the fastest beside it."""
    renderer = Renderer(TemplateFolders([built_in_folder()]).read().sources())
    found = sorted((_median_ms(renderer, family, _variables()), family) for family in families(renderer))
    (fastest, its_name), (slowest, name) = found[0], found[-1]
    measured = f"{slowest:.2f} ms ({name}), {fastest:.2f} ms ({its_name})"
    return [Row("render a prompt with 50 files, warm", measured, "", slowest, Goal(1, "ms"))]


def _variables() -> PromptVariables:
    line = "    total = sum(line.price * line.count for line in basket)\n"
    before, selection, after = line * 2_500, line * 20, line * (LINES - 2_520)
    files = tuple(ContextFile(f"src/part{number}.py", "x" * FILE_CHARACTERS) for number in range(FILES))
    buffer = BufferContext("src/basket.py", "python", before + selection + after)
    return PromptVariables("make it faster", selection, buffer, files, "Python", before, after)


def _median_ms(renderer: Renderer, family: str, variables: PromptVariables) -> float:
    build_messages(renderer, family, "replace", variables)
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        build_messages(renderer, family, "replace", variables)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e3
