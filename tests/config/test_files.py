from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from lsp_llm.config.files import MAX_BYTES, named_layer, project_layer, user_file, user_layer
from lsp_llm.config.layers import Origin, merge


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@pytest.mark.skipif(sys.platform != "linux", reason="the configuration folder moves by XDG_CONFIG_HOME on Linux only")
def test_the_users_file_is_in_the_configuration_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert user_file() == tmp_path / "lsp-llm" / "config.toml"
    assert (user_layer().values, user_layer().problems) == ({}, ())
    user_file().parent.mkdir()
    user_file().write_text('preset = "p"')
    layer = user_layer()
    assert (layer.origin, layer.values) == (Origin.USER, {"preset": "p"})


def test_a_projects_file_is_in_its_root(tmp_path: Path) -> None:
    assert (project_layer(tmp_path).values, project_layer(tmp_path).problems) == ({}, ())
    (tmp_path / ".lsp-llm.toml").write_text("[tools]\nmax_rounds = 0")
    layer = project_layer(tmp_path)
    assert layer.origin is Origin.PROJECT
    _, (problem,) = merge([layer])
    assert (problem.source, problem.line) == (str(tmp_path / ".lsp-llm.toml"), 2)


def test_a_root_that_is_no_folder_has_no_project_file(settings_file: Path) -> None:
    settings_file.touch()
    assert project_layer(settings_file).problems == ()


def test_a_named_file_that_is_missing_is_a_problem(settings_file: Path) -> None:
    (problem,) = named_layer(settings_file).problems
    assert str(problem) == f"{settings_file}: cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"preset = ", 1, "is not valid TOML: Invalid value at the end of the file"),
        (b'a = 1\npreset "x"', 2, "is not valid TOML: column 8: Expected '=' after a key in a key/value pair"),
        (b"a = 1\na = 2\n", 2, "is not valid TOML: column 6: Cannot overwrite a value"),
        (b"a = 1\n# \xff", 2, "is not UTF-8 text"),
        (b"a = " + b"[" * 100_000, None, "is nested too deeply"),
        (b"#" * (MAX_BYTES + 1), None, "cannot be read: it is larger than 262,144 bytes"),
    ],
)
def test_a_broken_file_is_left_out_and_told(
    settings_file: Path, content: bytes, line: int | None, message: str
) -> None:
    settings_file.write_bytes(content)
    layer = named_layer(settings_file)
    assert layer.values == {}
    (problem,) = layer.problems
    assert (problem.source, problem.line, problem.message) == (str(settings_file), line, message)


def test_a_byte_order_mark_and_windows_line_ends_are_read(settings_file: Path) -> None:
    settings_file.write_bytes(b'\xef\xbb\xbfpreset = "p"\r\ntools = 1\r\n')
    settings, (problem,) = merge([named_layer(settings_file)])
    assert (settings.preset, problem.line) == ("p", 2)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (problem,) = named_layer(tmp_path).problems
    assert problem.message == "cannot be read: it is not a file"


@pytest.mark.skipif(sys.platform == "win32", reason="named pipes in folders are POSIX")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".lsp-llm.toml")
    (problem,) = project_layer(tmp_path).problems
    assert problem.message == "cannot be read: it is not a file"


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_that_may_not_be_read_is_a_problem(settings_file: Path) -> None:
    settings_file.touch(mode=0o000)
    (problem,) = named_layer(settings_file).problems
    assert problem.message == "cannot be read: Permission denied"


def test_a_dangling_link_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / ".lsp-llm.toml").symlink_to(tmp_path / "nowhere")
    (problem,) = project_layer(tmp_path).problems
    assert problem.message == "cannot be read: No such file or directory"
