"""The wheel as a stranger gets it: built, installed by what people install with, and run without a network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

import lsp_llm
from lsp_llm.cli.setup.editors import EDITORS
from lsp_llm.cli.setup.sources import text_of, tree_of

PROJECT = Path(__file__).parent.parent
DEPENDENCIES = PROJECT / ".venv" / "wheels"
"""Fetched by the Makefile, so that no test goes to the network."""
PROGRAMS = Path(sys.executable).parent

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


def run(*arguments: str | Path, cwd: Path = PROJECT, environment: Mapping[str, str] | None = None) -> str:
    ended = subprocess.run(arguments, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
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
    configurations = {
        f"lsp_llm/editors/{editor.name}/{name}"
        for editor in EDITORS
        for name in [
            *(file.source for file in editor.files),
            *(tree_of(editor.name, editor.part.folders) if editor.part else ()),
        ]
    }
    assets = {str(path.relative_to(PROJECT)) for path in (PROJECT / "lsp_llm" / "cli" / "demo").glob("*.txt")}
    assert (
        modules | templates | configurations | assets | {"lsp_llm/py.typed", f"{information}/licenses/LICENSE"} <= names
    )
    assert len(templates) > 5
    assert assets
    assert "lsp_llm/editors/neovim/plugin/lsp_llm.lua" in configurations
    assert {name.partition("/")[0] for name in names} == {"lsp_llm", information}
    assert [name for name in names if "__pycache__" in name] == []


def test_it_runs_and_renders_from_its_own_templates(installed: Path, tmp_path: Path) -> None:
    assert run(installed / "bin" / "lsp-llm", "--version", cwd=tmp_path) == f"lsp-llm {lsp_llm.__version__}\n"
    where = Path(run(installed / "bin" / "python", "-c", RENDER, cwd=tmp_path).strip())
    assert where.is_relative_to(installed)


def offline(home: Path) -> dict[str, str]:
    """Nothing is read from the network, and nothing is written outside of this folder."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(DEPENDENCIES),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIPX_HOME": str(home / "pipx"),
        "PIPX_BIN_DIR": str(home / "bin"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
        "UV_OFFLINE": "1",
        "UV_NO_INDEX": "1",
        "UV_FIND_LINKS": str(DEPENDENCIES),
        "UV_PYTHON": sys.executable,
        "UV_CACHE_DIR": str(home / "cache"),
        "UV_TOOL_DIR": str(home / "uv"),
        "UV_TOOL_BIN_DIR": str(home / "bin"),
    }


def installing(installer: str, home: Path) -> tuple[str | Path, ...]:
    """What a user types before the wheel's name; the program is in `bin` then."""
    match installer:
        case "pip":
            run(sys.executable, "-m", "venv", "--without-pip", home)
            return (PROGRAMS / "pip", "--python", home / "bin" / "python", "install", "--quiet")
        case "pipx":
            return (PROGRAMS / "pipx", "install")
        case _:
            return (PROGRAMS / "uv", "tool", "install")


@pytest.mark.skipif(not DEPENDENCIES.is_dir(), reason="`make test` fetches the dependencies as wheels")
@pytest.mark.parametrize("installer", ["pip", "pipx", "uv"])
def test_it_is_installed_with_all_that_it_needs(installer: str, wheel: Path, tmp_path: Path) -> None:
    environment = offline(tmp_path)
    run(*installing(installer, tmp_path), wheel, environment=environment)
    said = run(tmp_path / "bin" / "lsp-llm", "presets", "--json", cwd=tmp_path, environment=environment)
    assert json.loads(said)["chosen"] == "local"


def test_it_sets_up_editors_from_its_own_files(installed: Path, tmp_path: Path) -> None:
    for editor in EDITORS:
        printed = run(installed / "bin" / "lsp-llm", "setup", editor.name, cwd=tmp_path)
        assert printed == "".join(text_of(editor.name, file.source) for file in editor.files)
