"""The wheel as a stranger gets it: built, installed into an empty environment, and run from there without a network."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

import lsp_llm

PROJECT = Path(__file__).parent.parent

RENDER = """
from pathlib import Path

import lsp_llm
from lsp_llm.context.templates import TemplateFolders, built_in_folder
from lsp_llm.prompts.messages import build_messages
from lsp_llm.prompts.rendering import Renderer
from lsp_llm.prompts.variables import PromptVariables

assert built_in_folder().is_relative_to(Path(lsp_llm.__file__).parent), built_in_folder()
renderer = Renderer(TemplateFolders([built_in_folder()]).read().sources())
for family in ("anthropic", "openai"):
    variables = PromptVariables(user_query="use math", visual_selection="x = 3")
    prompt = build_messages(renderer, family, "replace", variables)
    assert "use math" in prompt.messages[-1].text and "x = 3" in prompt.messages[-1].text
print(Path(lsp_llm.__file__).parent)
"""


def run(*arguments: str | Path, cwd: Path = PROJECT) -> str:
    ended = subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and, by a path file, what it depends on."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel)
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


def test_everything_that_is_needed_is_inside_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    information = f"lsp_llm-{lsp_llm.__version__}.dist-info"
    modules = {str(path.relative_to(PROJECT)) for path in (PROJECT / "lsp_llm").rglob("*.py")}
    templates = {
        f"lsp_llm/{path.relative_to(PROJECT)}" for path in (PROJECT / "templates").rglob("*") if path.is_file()
    }
    assets = {str(path.relative_to(PROJECT)) for path in (PROJECT / "lsp_llm" / "cli" / "demo").glob("*.txt")}
    assert modules | templates | assets | {"lsp_llm/py.typed", f"{information}/licenses/LICENSE"} <= names
    assert len(templates) > 5
    assert assets
    assert {name.partition("/")[0] for name in names} == {"lsp_llm", information}
    assert [name for name in names if "__pycache__" in name] == []


def test_it_runs_and_renders_from_its_own_templates(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "bin" / "lsp-llm", "--version", cwd=tmp_path) == f"lsp-llm {lsp_llm.__version__}\n"
    where = Path(run(installed / "bin" / "python", "-c", RENDER, cwd=tmp_path).strip())
    assert where.is_relative_to(installed)
