from __future__ import annotations

from pathlib import Path

import pytest

import lsp_llm
from lsp_llm.cli.setup import sources
from lsp_llm.cli.setup.sources import folder, text_of, tree_of


def test_in_a_checkout_the_folder_is_beside_the_package() -> None:
    assert folder() == Path(lsp_llm.__file__).parents[1] / "editors"
    assert text_of("neovim", "init.lua").endswith("setup()\n")


def test_in_an_installation_it_is_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "editors").mkdir()
    monkeypatch.setattr(sources.lsp_llm, "__file__", str(tmp_path / "__init__.py"))
    assert folder() == tmp_path / "editors"


def test_a_tree_is_named_as_in_the_folder() -> None:
    tree = tree_of("neovim", ("lua", "plugin"))
    assert "plugin/lsp_llm.lua" in tree
    assert "lua/lsp_llm/init.lua" in tree
    assert not any(name.startswith("doc") for name in tree)
