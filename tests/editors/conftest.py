"""The real editors as fixtures: each is the path of a program, provisioned when the first test asks for it.

An editor that cannot be had skips its tests with one line; with `CI=true` in the environment they fail instead. The
versions that were found are named with every failure and below the results, because the newest suite moves.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from tests.editors import provisioning
from tests.editors.provisioning import LSP_MODE, NEWEST, OLD_EMACS, STABLE, Suite, Unavailable
from tests.editors.vscode import GENERIC_CLIENT, Client, VSCode
from tests.editors.vscode_extension import build

T = TypeVar("T")
VERSIONS = pytest.StashKey[dict[str, str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "vscode: needs a real VS Code, which takes a minute and 1.3 GB to fetch")
    config.stash[VERSIONS] = {}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    # From the reports: tests that run side by side find their editors in other processes than this one.
    reports = [report for group in terminalreporter.stats.values() for report in group]
    properties = [found for report in reports for found in getattr(report, "user_properties", [])]
    for version in sorted({value for name, value in properties if name == "editor"}):
        terminalreporter.write_line(version)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Name the editors that were found, and this file as the place of a skip: a missing suite makes one line."""
    report = yield
    versions = [f"{name}: {version}" for name, version in item.config.stash[VERSIONS].items()]
    report.user_properties.extend(("editor", version) for version in versions)
    report.sections.append(("Editors", "\n".join(versions)))
    if report.skipped and call.when == "setup" and isinstance(report.longrepr, tuple):
        report.longrepr = (__file__, 1, report.longrepr[2])
    return report


def provided(provide: Callable[[], T], wanted: str) -> T:
    """What `provide` gives; without it the test is skipped, or fails on CI, where a skip would go unnoticed."""
    try:
        return provide()
    except Unavailable as error:
        give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        give_up(f"no {wanted}: {error}")


def program(config: pytest.Config, fixture_name: str, folder: Path, name: str) -> Path:
    """One program of a provisioned folder; its version is noted for the summary."""
    path = folder / name
    config.stash[VERSIONS][fixture_name] = provisioning.version(path)
    return path


def suite_folder(suite: Suite) -> Path:
    return provided(lambda: provisioning.provide(suite), f"editors of Debian {suite.release}")


@pytest.fixture(scope="session")
def stable_editors() -> Path:
    """The folder with Debian stable's editors."""
    return suite_folder(STABLE)


@pytest.fixture(scope="session")
def newest_editors() -> Path:
    """The folder with the newest editors that Debian has."""
    return suite_folder(NEWEST)


@pytest.fixture(scope="session")
def neovim(pytestconfig: pytest.Config, stable_editors: Path) -> Path:
    """Neovim 0.10."""
    return program(pytestconfig, "neovim", stable_editors, "nvim")


@pytest.fixture(scope="session")
def neovim_newest(pytestconfig: pytest.Config, newest_editors: Path) -> Path:
    """Neovim 0.12 or later."""
    return program(pytestconfig, "neovim_newest", newest_editors, "nvim")


@pytest.fixture(scope="session")
def helix(pytestconfig: pytest.Config, stable_editors: Path) -> Path:
    """Helix 25.01."""
    return program(pytestconfig, "helix", stable_editors, "hx")


@pytest.fixture(scope="session")
def helix_newest(pytestconfig: pytest.Config, newest_editors: Path) -> Path:
    """Helix 25.07 or later."""
    return program(pytestconfig, "helix_newest", newest_editors, "hx")


@pytest.fixture(scope="session")
def emacs(pytestconfig: pytest.Config, stable_editors: Path) -> Path:
    """Emacs 30 with Eglot, in a terminal."""
    return program(pytestconfig, "emacs", stable_editors, "emacs")


@pytest.fixture(scope="session")
def old_emacs(pytestconfig: pytest.Config) -> Path:
    """Emacs 28, which the package of editors/emacs does not support."""
    return program(pytestconfig, "old_emacs", suite_folder(OLD_EMACS), "emacs")


@pytest.fixture(scope="session")
def lsp_mode() -> list[Path]:
    """The folders that Emacs needs in its load path for lsp-mode."""
    return provided(lambda: provisioning.provide_lisp(LSP_MODE), "lsp-mode")


@pytest.fixture(scope="session")
def vscode_installation(pytestconfig: pytest.Config) -> Path:
    """The folder with VS Code and what shows it."""
    installation = provided(provisioning.provide_vscode, "VS Code")
    package = json.loads((installation / "node_modules/code-server/lib/vscode/package.json").read_text())
    pytestconfig.stash[VERSIONS]["vscode"] = package["version"]
    return installation


@pytest.fixture(scope="session")
def vscode(vscode_installation: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VSCode]:
    """A running VS Code with a generic client, one for all tests; those that use it carry the mark `vscode`."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("parcels")
    with VSCode(vscode_installation, home, folder, GENERIC_CLIENT) as editor:
        yield editor


@pytest.fixture(scope="session")
def extension() -> Client:
    """Our extension for VS Code, as it is built."""
    return provided(build, "extension for VS Code")


@pytest.fixture(scope="session")
def extended_vscode(
    vscode_installation: Path, extension: Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[VSCode]:
    """A running VS Code with our extension, and with nothing else; the same mark."""
    home, folder = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("parcels")
    with VSCode(vscode_installation, home, folder, extension) as editor:
        yield editor
