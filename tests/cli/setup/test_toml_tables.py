from __future__ import annotations

import tomllib

import pytest

from lsp_llm.cli.setup.sources import text_of
from lsp_llm.cli.setup.toml_tables import with_tables, with_toml_block
from lsp_llm.cli.setup.values import Unmergeable

OURS = "[editor.lsp]\nprogress = true\n\n[keys.normal]\nA-a = 'x'\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        'theme = "a"  # mine\n',
        "[editor.lsp]  # mine\nhints = true\n\n[keys.normal]\nx = 'y'\n",
        "[ editor.lsp ]\nhints = true",
        "[editor.lsp]\nprogress = true\n[other]\na = 1\n",
        "[keys.normal]",
    ],
)
def test_what_was_there_stays_and_ours_comes_to_it(text: str) -> None:
    before = tomllib.loads(text)
    merged = with_tables(text, OURS)
    after = tomllib.loads(merged)
    assert after["editor"]["lsp"] == {**before.get("editor", {}).get("lsp", {}), "progress": True}
    assert after["keys"]["normal"] == {**before.get("keys", {}).get("normal", {}), "A-a": "x"}
    assert all(line in merged.splitlines() for line in text.splitlines())
    assert with_tables(merged, OURS) == merged


def test_ours_of_another_day_is_replaced() -> None:
    old = with_tables("[editor.lsp]\nhints = true\n", OURS.replace("'x'", "'old'"))
    assert with_tables(old, OURS) == with_tables("[editor.lsp]\nhints = true\n", OURS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[keys.normal]\nA-a = 'mine'\n", "keys.normal.A-a is set to something else"),
        ("[editor\n", "it is no TOML"),
        ("editor = {lsp = {hints = true}}\n", "it would be no TOML any more"),
        ("[editor]\nlsp.hints = true\n", "it would be no TOML any more"),
        ("note = '''\n[keys.normal]\n'''\n[keys.normal]\n", "written in a way that cannot be added to"),
    ],
)
def test_what_cannot_be_merged_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unmergeable, match=said):
        with_tables(text, OURS)


def test_a_block_goes_to_the_end_unless_that_says_a_thing_twice() -> None:
    ours = text_of("helix", "languages.toml")
    merged = with_toml_block('[[language]]\nname = "rust"\n', ours)
    assert [entry["name"] for entry in tomllib.loads(merged)["language"]] == ["rust", "markdown", "python"]
    assert with_toml_block(merged, ours) == merged
    with pytest.raises(Unmergeable, match="it would be no TOML any more"):
        with_toml_block('[language-server.lsp-llm]\ncommand = "elsewhere"\n', ours)
    with pytest.raises(Unmergeable, match="it is no TOML"):
        with_toml_block("[[language]\n", ours)
