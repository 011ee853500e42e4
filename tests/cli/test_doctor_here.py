from __future__ import annotations

import os
from pathlib import Path

import pytest

from lsp_llm.cli import doctor_here
from lsp_llm.cli.configured import Configured
from lsp_llm.cli.doctor_here import certificates, chosen_preset, program, proxies, settings_files, state
from lsp_llm.cli.findings import Finding
from lsp_llm.config.problems import Problem
from lsp_llm.config.settings import Preset, Provider, Settings

SECRET = "sk-secret-of-the-test"
LOCAL = Settings(providers={"local": Provider(auth="none")}, presets={"local": Preset("local")})


def seen(findings: list[Finding]) -> list[tuple[str, str]]:
    assert all(finding.mark == "ok" or finding.advice for finding in findings)
    return [(finding.mark, finding.text) for finding in findings]


def test_the_program_says_what_it_is() -> None:
    ((mark, text),) = seen(list(program()))
    assert mark == "ok"
    assert "lsp-llm" in text
    assert "Python 3." in text


def test_files_that_are_there_and_problems_in_them(tmp_path: Path) -> None:
    there, gone = tmp_path / "config.toml", tmp_path / ".lsp-llm.toml"
    there.write_text("")
    found = Configured(Settings(), (Problem(str(there), 3, "edits.mode", "must be x"),), (there, gone), ())
    assert seen(list(settings_files(found))) == [
        ("ok", f"{there} was read"),
        ("ok", f"{gone} is not there, and need not be"),
        ("problem", f"{there}:3: edits.mode: must be x"),
    ]


def test_without_a_key_it_is_the_recital_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_here.importlib.util, "find_spec", lambda name: object())
    marks = seen(list(chosen_preset(LOCAL, {})))
    assert marks[1:] == [("note", "there is no model: a fixed text is recited")]


def test_llama_cpp_that_is_missing_and_a_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_here.importlib.util, "find_spec", lambda name: None)
    marks = seen(list(chosen_preset(LOCAL, {"LSP_LLM_GGUF": "/no/model.gguf"})))
    assert marks[1:] == [
        ("problem", "llama.cpp is not installed"),
        ("problem", "there is no GGUF file at /no/model.gguf"),
    ]


def test_what_a_preset_lacks_is_a_problem() -> None:
    settings = Settings(preset="a", providers={"azure": Provider()}, presets={"a": Preset("azure")})
    assert seen(list(chosen_preset(settings, {})))[1][0] == "problem"


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({}, [("ok", "no variable names one")]),
        ({"HTTPS_PROXY": ""}, [("ok", "no variable names one")]),
        ({"HTTPS_PROXY": f"http://user:{SECRET}@proxy:3128"}, [("ok", "HTTPS_PROXY: proxy:3128")]),
        ({"https_proxy": "proxy:3128"}, [("ok", "https_proxy: proxy:3128")]),
        ({"ALL_PROXY": "socks5://h"}, [("ok", "ALL_PROXY: h")]),
        ({"HTTP_PROXY": f"{SECRET}@"}, [("problem", "HTTP_PROXY is no address")]),
        ({"HTTP_PROXY": "http://h:port"}, [("problem", "HTTP_PROXY is no address")]),
        (
            {"NO_PROXY": "localhost,.corp", "HTTP_PROXY": "http://h:1"},
            [("ok", "HTTP_PROXY: h:1"), ("ok", "NO_PROXY: localhost,.corp")],
        ),
    ],
)
def test_proxies_are_named_without_their_passwords(environ: dict[str, str], found: list[tuple[str, str]]) -> None:
    assert seen(list(proxies(environ))) == found


def test_certificates(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate")
    good = Path(__file__).parents[1] / "fakes" / "loopback.pem"
    settings = Settings(providers={"a": Provider(ca_file=str(bad)), "b": Provider(ca_file=str(good))})
    marks = seen(list(certificates(settings, {"SSL_CERT_FILE": "/no/file", "SSL_CERT_DIR": str(tmp_path)})))
    assert marks[0] == ("problem", "SSL_CERT_FILE: there is no /no/file")
    assert [mark for mark, _ in marks] == ["problem", "ok", "problem", "ok"]
    assert marks[3] == ("ok", f"b: also those in {good}")


def test_a_state_folder_that_can_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_here, "state_folder", lambda: tmp_path / "state" / "lsp-llm")
    assert seen(list(state())) == [("ok", f"{tmp_path / 'state' / 'lsp-llm'} can be written")]
    (tmp_path / "state").write_text("")
    assert seen(list(state())) == [("problem", f"{tmp_path / 'state' / 'lsp-llm'} cannot be written")]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_state_folder_that_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o500)
    monkeypatch.setattr(doctor_here, "state_folder", lambda: tmp_path / "lsp-llm")
    assert seen(list(state()))[0][0] == "problem"
